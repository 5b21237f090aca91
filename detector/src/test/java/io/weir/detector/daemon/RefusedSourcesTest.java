package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.linux.Refusals;
import io.weir.capture.linux.ShieldConnection;
import io.weir.detector.scrub.Offload;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusedSourcesTest {
    private static final long NANOS = 1_000_000_000L;

    private final RefusedSources sources = new RefusedSources();
    private final RefusedConnections connections = new RefusedConnections();
    private final Kernel kernel = new Kernel();

    /** Writes down what it is asked for, and has room for so many sources. */
    private static final class Kernel implements Refusals {
        private final List<String> asked = new ArrayList<>();
        private int room = Integer.MAX_VALUE;

        List<String> take() {
            List<String> taken = List.copyOf(asked);
            asked.clear();
            return taken;
        }

        @Override
        public boolean refuse(IpPrefix source) {
            if (room-- <= 0) {
                return false;
            }
            asked.add("refuse " + source);
            return true;
        }

        @Override
        public void hear(IpPrefix source) {
            asked.add("hear " + source);
        }

        @Override
        public void refuse(ShieldConnection connection, long nowNanos) {
            asked.add("refuse " + connection.sourcePort() + " to " + connection.destinationPort() + " from "
                    + connection.sourceLow() + " to " + connection.destinationLow());
        }

        @Override
        public void hearConnections() {
            asked.add("hear all");
        }
    }

    private boolean offer(int last) {
        return sources.offer(0, IpAddress.mapped(0xcb00_7100 | last));
    }

    @Test
    void refusesASourceUntilItsTimeIsOver() throws Exception {
        assertTrue(sources.isEmpty());
        assertFalse(sources.turn(kernel, false, 0));
        assertTrue(offer(9));
        assertFalse(sources.isEmpty());
        assertTrue(sources.turn(kernel, false, 0));
        assertEquals(List.of("refuse 203.0.113.9/32"), kernel.take());
        assertTrue(sources.turn(kernel, false, Offload.REFUSED_NANOS - 1));
        assertEquals(List.of(), kernel.take());
        assertTrue(sources.turn(kernel, false, Offload.REFUSED_NANOS), "what came last is still to be counted");
        assertEquals(List.of("hear 203.0.113.9/32"), kernel.take());
        assertTrue(sources.isEmpty());
    }

    @Test
    void oneThatIsOfferedAgainStaysForAsLongAgain() throws Exception {
        offer(9);
        sources.turn(kernel, false, 0);
        offer(8);
        sources.turn(kernel, false, 5 * NANOS);
        offer(9);
        sources.turn(kernel, false, 10 * NANOS);
        kernel.take();
        sources.turn(kernel, false, Offload.REFUSED_NANOS + 6 * NANOS);
        assertEquals(List.of("hear 203.0.113.8/32"), kernel.take());
        sources.turn(kernel, false, Offload.REFUSED_NANOS + 10 * NANOS);
        assertEquals(List.of("hear 203.0.113.9/32"), kernel.take());
    }

    @Test
    void refusesTheNetworkOfAnIpv6Address() throws Exception {
        sources.offer(0x2001_0db8_0000_0001L, 0);
        sources.turn(kernel, false, 0);
        assertEquals(List.of("refuse 2001:db8:0:1::/64"), kernel.take());
    }

    @Test
    void hearsAllAgainWhileItOnlyObserves() throws Exception {
        offer(9);
        sources.turn(kernel, false, 0);
        offer(8);
        kernel.take();
        sources.turn(kernel, true, 1);
        assertEquals(List.of("hear 203.0.113.9/32"), kernel.take());
        assertTrue(sources.isEmpty());
    }

    @Test
    void tellsThatTheKernelHasNoRoomAndRemembersNoneOfThose() throws Exception {
        kernel.room = 1;
        offer(9);
        offer(8);
        assertTrue(sources.turn(kernel, false, 0));
        assertTrue(sources.isFull());
        assertEquals(List.of("refuse 203.0.113.9/32"), kernel.take());
        sources.turn(kernel, false, Offload.REFUSED_NANOS);
        assertFalse(sources.isFull());
        assertEquals(List.of("hear 203.0.113.9/32"), kernel.take());
    }

    @Test
    void takesNoMoreThanThereIsRoomForUntilItsTurn() throws Exception {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < RefusedSources.MOST_OFFERED; i++) {
                assertTrue(sources.offer(0, IpAddress.mapped(0x0a00_0000 | i)));
            }
            assertFalse(offer(1));
            sources.turn(kernel, false, 0);
            List<String> refused = kernel.take();
            assertEquals(RefusedSources.MOST_OFFERED, refused.size());
            assertEquals("refuse 10.0.0.0/32", refused.getFirst());
            assertEquals("refuse 10.0.3.255/32", refused.getLast());
        }
    }

    @Test
    void refusesAConnectionByItsEndsUntilAllAreHeardAgain() throws Exception {
        PacketBatch batch = new PacketBatch();
        batch.sourceLow[3] = 11;
        batch.destinationLow[3] = 12;
        batch.sourcePort[3] = 65_535;
        batch.destinationPort[3] = 443;
        assertTrue(connections.isEmpty() && connections.offer(batch, 3) && !connections.isEmpty());
        assertTrue(connections.turn(kernel, false, 1));
        assertEquals(List.of("refuse 65535 to 443 from 11 to 12"), kernel.take());
        // While it only observes none is.
        connections.offer(batch, 3);
        assertTrue(connections.turn(kernel, true, 1), "what was dropped last is still to be counted");
        assertEquals(List.of("hear all"), kernel.take());
        connections.offer(batch, 3);
        connections.turn(kernel, true, 2);
        assertEquals(List.of(), kernel.take());
        // Nor when the flood is over.
        connections.offer(batch, 3);
        connections.turn(kernel, false, 3);
        kernel.take();
        connections.offer(batch, 3);
        connections.hear();
        assertFalse(connections.isEmpty());
        connections.turn(kernel, false, 4);
        assertEquals(List.of("hear all"), kernel.take());
        assertTrue(connections.isEmpty());
    }

    @Test
    void aConnectionThatFoundNoRoomIsTakenWhenItIsOfferedAgain() throws Exception {
        RefusedConnections one = new RefusedConnections(1);
        PacketBatch batch = new PacketBatch();
        batch.sourcePort[1] = 1;
        assertTrue(one.offer(batch, 0));
        assertFalse(one.offer(batch, 1));
        one.turn(kernel, false, 1);
        assertTrue(one.offer(batch, 1));
        assertFalse(one.offer(batch, 0));
        one.turn(kernel, false, 2);
        assertEquals(List.of("refuse 0 to 0 from 0 to 0", "refuse 1 to 0 from 0 to 0"), kernel.take());
    }

    @Test
    void tellsAProblemOnceInTenMinutes() {
        List<String> told = new ArrayList<>();
        long[] now = {5};
        SparseProblems problems = new SparseProblems(told::add, () -> now[0]);
        problems.accept("a");
        problems.accept("b");
        now[0] += SparseProblems.REPEAT_NANOS - 1;
        problems.accept("a");
        assertEquals(List.of("a", "b"), told);
        now[0]++;
        problems.accept("a");
        assertEquals(List.of("a", "b", "a"), told);
    }

    @Test
    void tellsAProblemOnceWhateverNumbersAreInIt() {
        List<String> told = new ArrayList<>();
        SparseProblems problems = new SparseProblems(told::add, () -> 5);
        problems.accept("no room for 1,017 of eth0, the last: udp length 60");
        problems.accept("no room for 9 of eth0, the last: udp length 1200");
        problems.accept("no room for 9 of eth1, the last: udp length 60");
        problems.accept("nobody at 192.0.2.1");
        problems.accept("nobody at 192.0.2.2");
        assertEquals(
                List.of(
                        "no room for 1,017 of eth0, the last: udp length 60",
                        "no room for 9 of eth1, the last: udp length 60",
                        "nobody at 192.0.2.1",
                        "nobody at 192.0.2.2"),
                told);
    }
}
