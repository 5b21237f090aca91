package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpAddress;
import io.weir.filter.fault.Fault;
import io.weir.filter.flow.FlowHash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is remembered of sources, who gives way to whom, and what is saved. */
final class SourceTableTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 20_000L * 86_400 * SECOND;
    private static final int USER = 0xc000_0201;
    private static final int TTL = 52;
    private static final int CAPACITY = 1 << 10;

    private final FlowHash hash = new FlowHash(7);
    private final SourceTable table = new SourceTable(CAPACITY, hash);

    private void handshake(int address, long nowNanos) {
        table.noteHandshake(0, IpAddress.mapped(address), TTL, false, nowNanos);
    }

    private void sighting(int address, int timeToLive, long nowNanos) {
        table.noteSighting(0, IpAddress.mapped(address), timeToLive, nowNanos);
    }

    private int find(int address) {
        long low = IpAddress.mapped(address);
        return table.find(0, low, hash.address(0, low));
    }

    private int score(int address, long nowNanos) {
        return table.credibility(0, IpAddress.mapped(address), nowNanos).score();
    }

    @Test
    void aCompletedHandshakeMakesASourceCredible() {
        handshake(USER, START);
        assertTrue(table.credibility(0, IpAddress.mapped(USER), START).isCredible());
        assertEquals(Credibility.NONE, table.credibility(0, IpAddress.mapped(USER + 1), START));
    }

    @Test
    void aHandshakeSeenFromOneSideEarnsLess() {
        table.noteHandshake(0, IpAddress.mapped(USER), TTL, true, START);
        assertFalse(table.credibility(0, IpAddress.mapped(USER), START).isCredible());
        assertTrue(score(USER, START) > 0);
    }

    @Test
    void nothingThatCanBeDoneBlindMakesASourceCredible() {
        for (int second = 0; second < 10_000; second++) {
            long now = START + second * SECOND;
            sighting(USER, TTL, now);
            table.noteExchange(0, IpAddress.mapped(USER), TTL, now);
            table.noteHandshake(0, IpAddress.mapped(USER), TTL, true, now);
        }
        Credibility credibility = table.credibility(0, IpAddress.mapped(USER), START + 10_000 * SECOND);
        assertFalse(credibility.isCredible(), credibility::toString);
        assertEquals(Credibility.CREDIBLE - 1, credibility.score());
    }

    @Test
    void theScoreIsTheSumOfItsParts() {
        for (int visit = 0; visit < 20; visit++) {
            handshake(USER, START + visit * (60 * SECOND));
            long now = START + visit * (60 * SECOND);
            int parts = table.credibility(0, IpAddress.mapped(USER), now).parts().stream()
                    .mapToInt(Credibility.Part::points)
                    .sum();
            assertEquals(score(USER, now), Math.clamp((long) parts, 0, Credibility.MAXIMUM));
            assertEquals(score(USER, now), table.score(find(USER), now), "as the hot path sees it");
        }
    }

    @Test
    void offencesCostTheLaneUntilTheyAreForgiven() {
        handshake(USER, START);
        int entry = find(USER);
        table.noteOffence(entry, START);
        table.noteOffence(entry, START);
        assertFalse(table.credibility(0, IpAddress.mapped(USER), START).isCredible());
        long later = START + 21 * 60 * SECOND;
        assertTrue(table.credibility(0, IpAddress.mapped(USER), later).isCredible());
    }

    @Test
    void anotherDistanceIsAnotherSender() {
        handshake(USER, START);
        assertTrue(table.isSameDistance(find(USER), TTL));
        assertTrue(table.isSameDistance(find(USER), TTL - 1), "routes differ by a hop");
        assertTrue(table.isSameDistance(find(USER), TTL + 64), "as near, behind another initial hop limit");
        assertFalse(table.isSameDistance(find(USER), TTL - 2));
        assertFalse(table.isSameDistance(find(USER), TTL + 2));
    }

    @Test
    void aSightingFromAnotherDistanceTeachesNothing() {
        sighting(USER, TTL, START);
        int before = score(USER, START + 100 * SECOND);
        for (int second = 1; second <= 100; second++) {
            sighting(USER, TTL - 9, START + second * SECOND);
        }
        assertEquals(before, score(USER, START + 100 * SECOND));
    }

    @Test
    void whoeverWasSeenBeforeIsKnownSinceThen() {
        sighting(USER, TTL, START);
        assertTrue(table.isKnownSince(find(USER), START, START + 5 * SECOND));
        assertFalse(table.isKnownSince(find(USER), START - SECOND, START + 5 * SECOND));
    }

    @Test
    void falseAddressesDisplaceNobodyWhoHasProvenHimself() {
        for (int user = 0; user < 200; user++) {
            handshake(USER + user, START);
        }
        for (int n = 0; n < 1_000_000; n++) {
            sighting(0x0a00_0000 + n * 2_654_435, TTL, START + SECOND + n * 1_000L);
        }
        for (int user = 0; user < 200; user++) {
            assertNotEquals(SourceTable.NONE, find(USER + user), "user " + user);
        }
        assertEquals(0, table.displaced());
    }

    @Test
    void falseAddressesDisplaceNobodyWhoWasSeenAgain() {
        for (int user = 0; user < 100; user++) {
            sighting(USER + user, TTL, START);
            sighting(USER + user, TTL, START + 2 * SECOND);
        }
        for (int n = 0; n < 100_000; n++) {
            sighting(0x0a00_0000 + n * 2_654_435, TTL, START + 3 * SECOND);
        }
        for (int user = 0; user < 100; user++) {
            assertNotEquals(SourceTable.NONE, find(USER + user), "user " + user);
        }
    }

    @Test
    void robotsThatCompleteAHandshakeEachDisplaceNoRegular() {
        for (int user = 0; user < 100; user++) {
            handshake(USER + user, START);
            handshake(USER + user, START + 70 * SECOND);
        }
        for (int n = 0; n < 100_000; n++) {
            handshake(0x0a00_0000 + n * 2_654_435, START + 80 * SECOND);
        }
        for (int user = 0; user < 100; user++) {
            assertNotEquals(SourceTable.NONE, find(USER + user), "regular " + user);
        }
        assertTrue(table.displaced() > 0, "which is told");
    }

    @Test
    void whatIsSavedIsRestoredUnderAnotherKey() throws IOException {
        handshake(USER, START);
        sighting(USER + 1, TTL, START);
        sighting(USER + 1, TTL, START + 5 * SECOND);
        sighting(USER + 2, TTL, START);
        byte[] saved = save(START + 6 * SECOND);
        SourceTable other = new SourceTable(CAPACITY, new FlowHash(8));
        assertEquals(List.of(), other.read("sources", new ByteArrayInputStream(saved)));
        for (int user = USER; user <= USER + 1; user++) {
            assertEquals(
                    table.credibility(0, IpAddress.mapped(user), START + 6 * SECOND),
                    other.credibility(0, IpAddress.mapped(user), START + 6 * SECOND));
        }
        long once = IpAddress.mapped(USER + 2);
        assertEquals(Credibility.NONE, other.credibility(0, once, START + 6 * SECOND), "seen once: not worth it");
    }

    /** In parts, between which packets are judged, so that a daemon that is killed loses little. */
    @Test
    void aCopyInPartsHoldsWhatTheWholeHolds() throws IOException {
        for (int user = 0; user < 10_000; user++) {
            handshake(USER + user * 31, START);
        }
        SourceCopy copy = new SourceCopy(table);
        int parts = 0;
        while (copy.take(START)) {
            copy.keep();
            parts++;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        copy.write(out);
        assertTrue(parts > 1 || table.slots() <= 2_048, parts + " parts");
        assertArrayEquals(save(START), out.toByteArray());
    }

    private byte[] save(long nowNanos) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        table.write(out, nowNanos);
        return out.toByteArray();
    }

    @Test
    void aCutFileIsAFaultAtEveryLengthAndAddsNothing() throws IOException {
        handshake(USER, START);
        handshake(USER + 1, START);
        byte[] saved = save(START);
        for (int length = 0; length < saved.length; length++) {
            SourceTable other = new SourceTable(CAPACITY, hash);
            List<Fault> faults = other.read("s", new ByteArrayInputStream(Arrays.copyOf(saved, length)));
            assertEquals(1, faults.size(), "at " + length);
            assertEquals(Credibility.NONE, other.credibility(0, IpAddress.mapped(USER), START), "at " + length);
        }
    }

    @Test
    void aDamagedFileIsAFault() throws IOException {
        handshake(USER, START);
        byte[] saved = save(START);
        assertArrayEquals(saved, save(START));
        for (int at = 0; at < saved.length; at++) {
            if (at >= 8 && at < 16) {
                continue; // the time it was saved: a number like any other
            }
            byte[] damaged = saved.clone();
            damaged[at] ^= 1;
            List<Fault> faults = new SourceTable(CAPACITY, hash).read("s", new ByteArrayInputStream(damaged));
            assertEquals(1, faults.size(), "at " + at);
            assertFalse(faults.getFirst().problem().isEmpty());
        }
    }
}
