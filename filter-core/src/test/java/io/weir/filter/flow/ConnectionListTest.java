package io.weir.filter.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.flow.TrackedConnection.State;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is connected to whom, as people ask. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
class ConnectionListTest {
    private static final int SYN_ACK = TcpFlags.SYN | TcpFlags.ACK;

    private final Wire wire;
    private final Wire.Host client;
    private final Wire.Host server;

    ConnectionListTest(Wire.Version version) {
        wire = new Wire(version, 512);
        client = wire.host(1);
        server = wire.host(2);
    }

    private List<TrackedConnection> all() {
        return list(1, Integer.MAX_VALUE);
    }

    /** A page after the other. */
    private List<TrackedConnection> list(int piece, int most) {
        ConnectionList list = wire.flows().list();
        List<TrackedConnection> found = new ArrayList<>();
        for (int at = 0; at < list.places(); ) {
            at = list.list(at, Math.min(at + piece, list.places()), one -> true, most, wire.nowNanos(), found);
        }
        return found;
    }

    private void open(Wire.Host from, int port) {
        wire.tcp(from, port, server, 443, TcpFlags.SYN, 100, 0, 0);
        wire.tcp(server, 443, from, port, SYN_ACK, 500, 101, 0);
        wire.afterMillis(1).tcp(from, port, server, 443, TcpFlags.ACK, 101, 501, 0);
    }

    @Test
    void namesBothEndsWhoeverSentThePacketThatProvedIt() {
        open(client, 40_001);
        long openedNanos = wire.nowNanos();
        wire.afterMillis(7).tcp(server, 443, client, 40_001, TcpFlags.ACK, 501, 101, 30);
        assertEquals(
                List.of(new TrackedConnection(
                        client.high(),
                        client.low(),
                        40_001,
                        server.high(),
                        server.low(),
                        443,
                        IpProtocol.TCP,
                        State.OPEN,
                        openedNanos,
                        wire.nowNanos())),
                all());
    }

    @Test
    void tellsExchangesAndWhatWasMetInItsMiddle() {
        wire.udp(client, 5_000, server, 53);
        wire.udp(server, 53, client, 5_000);
        assertEquals(List.of(), all(), "a question and its answer are no connection yet");
        wire.udp(client, 5_000, server, 53);
        wire.tcp(server, 80, client, 6_000, TcpFlags.ACK, 1_000, 2_000, 100);
        wire.tcp(server, 80, client, 6_000, TcpFlags.ACK, 1_100, 2_000, 100);
        List<TrackedConnection> found = all();
        found.sort(Comparator.comparing(TrackedConnection::state));
        assertEquals(
                List.of(State.MIDSTREAM, State.EXCHANGE),
                found.stream().map(TrackedConnection::state).toList());
        // The lower port serves.
        assertEquals(6_000, found.getFirst().initiatorPort());
        assertEquals(client.low(), found.getFirst().initiatorLow());
        assertEquals(IpProtocol.UDP, found.getLast().protocol());
        assertEquals(5_000, found.getLast().initiatorPort());
    }

    @Test
    void floodsOfOpeningsAreInNoList() {
        for (int port = 1; port < 2_000; port++) {
            wire.tcp(client, port, server, 443, TcpFlags.SYN, 100, 0, 0);
        }
        assertEquals(List.of(), all());
    }

    @Test
    void pagesOfAnySizeHoldEachConnectionOnce() {
        Set<Integer> ports = new HashSet<>();
        for (int port = 10_000; port < 10_400; port++) {
            open(client, port);
            ports.add(port);
        }
        for (int piece : new int[] {1, 7, 64, 100_000}) {
            List<TrackedConnection> found = list(piece, Integer.MAX_VALUE);
            assertEquals(400, found.size());
            Set<Integer> listed = new HashSet<>();
            found.forEach(one -> listed.add(one.initiatorPort()));
            assertEquals(ports, listed);
        }
    }

    @Test
    void whoeverTakesTheirPlaceIsNamedAnew() {
        for (int port = 1; port <= 5_000; port++) {
            open(client, port);
            wire.afterMillis(1);
        }
        List<TrackedConnection> found = all();
        assertTrue(found.size() >= 512, () -> found.size() + " of 512");
        assertEquals(
                found.size(),
                found.stream().map(TrackedConnection::initiatorPort).distinct().count());
        long newest = found.stream().filter(one -> one.initiatorPort() > 4_000).count();
        assertTrue(newest > found.size() / 2, () -> newest + " of " + found.size() + " are new");
    }

    @Test
    void whatIsOverIsNotListed() {
        open(client, 40_001);
        wire.afterMinutes(125);
        assertEquals(List.of(), all());
    }

    @Test
    void whoNamesNothingListsNothing() {
        FlowTracker unnamed = new FlowTracker(new FlowHash(1), 512, FlowTimeouts.DEFAULT);
        assertEquals(0, unnamed.list().places());
        assertTrue(wire.flows().sizeBytes() > unnamed.sizeBytes());
    }
}
