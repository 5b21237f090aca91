package io.weir.detector.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Which connections hold a server up, and which are only large, late or over. */
final class SlowRequestsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int TARGET = 3;
    private static final int GROUP = 5;
    private static final int ROOM = 64_240;
    private static final String HEAD = "GET / HTTP/1.1\r\nHost: a\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n";

    private final SlowRequests slow = new SlowRequests(8);
    private final FlowHash hash = new FlowHash(1);
    private final PacketBatch batch = new PacketBatch();
    private final MemorySegment memory = Arena.ofAuto().allocate(1 << 16);
    private int room = ROOM;
    private int source;
    private long nowNanos = 1_000 * SECOND;

    private void packet(String payload, int flags) {
        byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        batch.frames = memory;
        batch.payloadCaptured[0] = bytes.length;
        batch.payloadLength[0] = bytes.length;
        batch.tcpFlags[0] = flags;
        batch.application[0] = (byte) Application.HTTP_REQUEST.ordinal();
    }

    private int begin(int connection, String payload) {
        packet(payload, TcpFlags.ACK);
        return slow.begin(batch, 0, key(connection), key(source), TARGET, GROUP, room, nowNanos);
    }

    private void takes(int connection, int lengthBytes, int windowBytes) {
        packet("", TcpFlags.ACK);
        batch.tcpAcknowledgment[0] += lengthBytes;
        slow.goOn(batch, 0, key(connection), TARGET, GROUP, windowBytes, nowNanos);
    }

    private void goOn(int connection, String payload) {
        packet(payload, TcpFlags.ACK);
        slow.goOn(batch, 0, key(connection), TARGET, GROUP, ROOM, nowNanos);
    }

    private long key(int connection) {
        return hash.address(connection, 77);
    }

    private void pass(double seconds) {
        long end = nowNanos + (long) (seconds * SECOND);
        while (nowNanos < end) {
            nowNanos += 8_000_000;
            slow.tick(nowNanos);
        }
    }

    @Test
    void headsThatDontEndHoldTheServerUp() {
        for (int n = 0; n < 200; n++) {
            begin(n, HEAD);
        }
        pass(0.25);
        assertEquals(0, slow.count(TARGET));
        pass(0.3);
        assertEquals(200, slow.count(TARGET));
        assertEquals(200, slow.count(GROUP));
        assertEquals(200, slow.countOfSource(key(0)));
        assertTrue(slow.isStalling(key(7)));
        assertFalse(slow.isSlow(key(7)));
        pass(1.7);
        assertTrue(slow.isSlow(key(7)));
        assertEquals(0, slow.countOfReaders(TARGET));
        assertEquals(1_000 * SECOND, slow.onsetNanos(TARGET));
    }

    @Test
    void aHeadThatComesLineByLineOverAFarLinkDoesNot() {
        begin(1, HEAD);
        for (int n = 0; n < 6; n++) {
            pass(0.28);
            goOn(1, "X-a: " + n + "\r\n");
            assertEquals(0, slow.count(TARGET));
        }
        goOn(1, "\r\n");
        assertFalse(slow.isTracking());
    }

    @Test
    void whatABreakingOffHeadIsKnownByIsSaidAtOnce() {
        assertEquals(SlowRequests.SUSPECT, begin(1, HEAD));
        assertEquals(SlowRequests.UNFINISHED, begin(2, HEAD + "Cookie: " + "c".repeat(1_380)));
        assertEquals(SlowRequests.UNFINISHED, begin(3, POST));
        assertEquals(SlowRequests.WHOLE, begin(4, HEAD + "\r\n"));
        room = 1_152;
        assertEquals(SlowRequests.SUSPECT, begin(5, HEAD + "\r\n"));
    }

    @Test
    void whoAsksWithoutRoomAndTakesNoAnswerHoldsTheServerUp() {
        room = 1_152;
        begin(1, HEAD + "\r\n");
        takes(1, 1_152, 0);
        pass(0.4);
        assertEquals(0, slow.count(TARGET));
        pass(0.3);
        assertEquals(1, slow.count(TARGET));
        assertEquals(1, slow.countOfReaders(TARGET));
        for (int n = 0; n < 4; n++) {
            pass(0.5);
            takes(1, 0, 0);
        }
        assertTrue(slow.isSlow(key(1)));
    }

    @Test
    void sipsOfAFewBytesNowAndThenDontHelp() {
        room = 256;
        begin(1, HEAD + "\r\n");
        for (int n = 0; n < 10; n++) {
            pass(0.3);
            takes(1, 10, 256);
        }
        assertEquals(1, slow.countOfReaders(TARGET));
        assertTrue(slow.isSlow(key(1)));
    }

    @Test
    void aSmallDeviceThatReadsDoesNotNorOneThatHasRead() {
        room = 1_460;
        begin(1, HEAD + "\r\n");
        for (int n = 0; n < 4; n++) {
            takes(1, 1_460, 0);
            pass(0.1);
            takes(1, 0, 1_460);
            pass(0.3);
            assertEquals(0, slow.count(TARGET));
        }
        pass(100);
        assertEquals(0, slow.count(TARGET));
    }

    @Test
    void aPlayerThatPausesDoesNot() {
        begin(1, HEAD + "\r\n");
        takes(1, 60_000, 0);
        pass(60);
        assertFalse(slow.isTracking());
    }

    @Test
    void onlyTheConnectionsOfASourceAreItsOwn() {
        for (int n = 0; n < 5_000; n++) {
            source = n;
            begin(n, HEAD);
        }
        pass(0.6);
        for (int n = 0; n < 20_000; n++) {
            assertTrue(slow.countOfSource(key(n)) <= (n < 5_000 ? 1 : 0), "source " + n);
        }
    }

    @Test
    void aFurtherHeaderNowAndThenDoesNotHelp() {
        begin(1, HEAD);
        for (int n = 0; n < 8; n++) {
            pass(15);
            goOn(1, "X-a: " + n + "\r\n");
        }
        assertEquals(1, slow.count(TARGET));
    }

    @Test
    void aHeadThatEndsIsOver() {
        begin(1, HEAD);
        begin(2, HEAD);
        pass(12);
        assertEquals(2, slow.count(TARGET));
        goOn(1, "Accept: */*\r\n\r\n");
        assertEquals(1, slow.count(TARGET));
        goOn(2, "\r\n");
        assertEquals(0, slow.count(TARGET));
    }

    @Test
    void aHeadThatIsAnsweredIsOverWhateverWasSeenOfIt() {
        begin(1, HEAD);
        begin(2, POST);
        pass(12);
        slow.answer(key(1));
        slow.answer(key(2));
        assertFalse(slow.isSlow(key(1)));
        assertTrue(slow.isSlow(key(2)), "an answer to a body may come before its end");
    }

    @Test
    void aLargeHeadHasTimeForASegmentThatWasLost() {
        for (int n = 0; n < 200; n++) {
            begin(n, HEAD + "Cookie: " + "c".repeat(1_380));
        }
        pass(2.5);
        assertEquals(0, slow.count(TARGET));
    }

    @Test
    void aBodyThatTricklesHoldsTheServerUp() {
        begin(1, POST);
        for (int n = 0; n < 20; n++) {
            pass(1);
            goOn(1, "x");
        }
        assertEquals(1, slow.count(TARGET));
    }

    @Test
    void anUploadOverASlowLineDoesNot() {
        begin(1, POST);
        for (int n = 0; n < 60; n++) {
            goOn(1, "x".repeat(1_000));
            pass(1);
            assertEquals(0, slow.count(TARGET));
        }
    }

    @Test
    void aBodyThatIsThereIsOver() {
        begin(1, POST);
        for (int n = 0; n < 100; n++) {
            goOn(1, "x".repeat(1_000));
        }
        pass(60);
        assertEquals(0, slow.count(TARGET));
        assertFalse(slow.isTracking());
    }

    @Test
    void whoWaitsForAnAnswerHoldsNothingUp() {
        begin(1, HEAD + "\r\n");
        pass(100);
        assertEquals(0, slow.count(TARGET));
        assertFalse(slow.isTracking());
    }

    @Test
    void aConnectionThatEndsIsForgotten() {
        begin(1, HEAD);
        begin(2, HEAD);
        begin(3, HEAD);
        pass(12);
        slow.end(key(1));
        packet("", TcpFlags.RST);
        slow.goOn(batch, 0, key(2), TARGET, GROUP, ROOM, nowNanos);
        begin(3, HEAD + "\r\n");
        assertEquals(0, slow.count(TARGET));
    }

    @Test
    void oneThatFallsSilentIsForgotten() {
        begin(1, HEAD);
        pass(140);
        assertEquals(1, slow.count(TARGET));
        pass(12);
        assertEquals(0, slow.count(TARGET));
    }

    @Test
    void aQuietCaptureHasFewTicks() {
        begin(1, HEAD);
        nowNanos += 30 * SECOND;
        slow.tick(nowNanos);
        assertEquals(1, slow.count(TARGET));
    }

    @Test
    void moreThanThereIsRoomForAreCountedAside() {
        for (int n = 0; n < 100_000; n++) {
            begin(n, HEAD);
        }
        pass(12);
        assertTrue(slow.count(TARGET) > 15_000);
        assertEquals(100_000, slow.count(TARGET) + slow.untracked());
    }

    @Test
    void aNewStreamBeginsEmpty() {
        begin(1, HEAD);
        pass(12);
        slow.restart();
        pass(12);
        assertEquals(0, slow.count(TARGET));
        assertEquals(0, slow.countOfSource(key(0)));
    }

    @Test
    void twentyAbusesWithinASecondAreAnAlarmUntilTheyEnd() {
        for (int n = 0; n < 19; n++) {
            slow.noteAbuse(TARGET, nowNanos);
        }
        assertFalse(slow.isAbused(TARGET, nowNanos));
        slow.noteAbuse(TARGET, nowNanos);
        assertTrue(slow.isAbused(TARGET, nowNanos + SECOND));
        assertFalse(slow.isAbused(GROUP, nowNanos));
        assertFalse(slow.isAbused(TARGET, nowNanos + 2 * SECOND));
    }

    @Test
    void whoseIndexChangesHandsIsBlamedForNothingOfTheOldOwner() {
        for (int n = 0; n < 30; n++) {
            begin(n, HEAD);
            slow.noteAbuse(TARGET, nowNanos);
        }
        nowNanos += SECOND;
        slow.tick(nowNanos);
        assertEquals(30, slow.count(TARGET));
        assertTrue(slow.isAbused(TARGET, nowNanos));
        slow.forgetTarget(TARGET);
        assertEquals(0, slow.count(TARGET));
        assertEquals(30, slow.count(GROUP));
        assertFalse(slow.isAbused(TARGET, nowNanos));
        nowNanos += SECOND;
        slow.tick(nowNanos);
        assertEquals(0, slow.count(TARGET));
    }

    @Test
    void ofATargetThatIsWatchedAgainConnectionsCountAsSoonAsTheyGoOn() {
        for (int connection = 0; connection < 30; connection++) {
            begin(connection, HEAD);
        }
        nowNanos += 3 * SECOND;
        slow.tick(nowNanos);
        slow.forgetTarget(TARGET);
        for (int connection = 0; connection < 10; connection++) {
            goOn(connection, "X-a: 1\r\n");
        }
        assertEquals(10, slow.count(TARGET));
        assertEquals(30, slow.count(GROUP));
        for (int connection = 0; connection < 30; connection++) {
            slow.end(key(connection));
        }
        assertEquals(0, slow.count(TARGET));
        assertEquals(0, slow.count(GROUP));
    }

    @Test
    void abusesBeganWithTheFirstOfTheSecondsThatTheyAreCountedIn() {
        long first = nowNanos;
        for (int n = 0; n < 30; n++) {
            slow.noteAbuse(TARGET, nowNanos);
            nowNanos += SECOND / 20;
        }
        assertTrue(slow.isAbused(TARGET, nowNanos));
        assertEquals(first, slow.abusedNanos(TARGET));
    }

    @Test
    void anAbuseNowAndThenIsNone() {
        for (int n = 0; n < 100; n++) {
            slow.noteAbuse(TARGET, nowNanos);
            nowNanos += SECOND / 10;
            assertFalse(slow.isAbused(TARGET, nowNanos));
        }
    }

    @Test
    void whoWaitsForTheServerToAskForABodyDoesntStallYet() {
        begin(1, "PUT / HTTP/1.1\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n");
        nowNanos += SECOND;
        slow.tick(nowNanos);
        assertEquals(0, slow.count(TARGET));
        nowNanos += 5 * SECOND;
        slow.tick(nowNanos);
        assertEquals(1, slow.count(TARGET));
    }
}
