package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.flood.TrafficClass;
import io.weir.detector.testing.Scene;
import io.weir.detector.window.SlowRequests;
import io.weir.filter.address.IpAddress;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a connection whose request was dropped. */
final class RequestStageTest {
    private static final int HTTP = TrafficClass.HTTP.ordinal();
    private static final int BOTS = 100;
    private static final int PORTS = 100;
    private static final int NETWORK = 0xc612_0000;
    private static final int TARGET = 1;
    private static final long NOW = 1_000_000_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private final RequestStage stage = new RequestStage(
            new Mitigation(Scene.SLOTS + 1), new FlowHash(7), new SlowRequests(Scene.SLOTS + 1), Scene.SLOTS + 1);
    private final PacketBatch batch = new PacketBatch();

    private void segment(int bot, int port) {
        batch.ipVersion[0] = 4;
        batch.protocol[0] = IpProtocol.TCP;
        batch.tcpFlags[0] = TcpFlags.ACK;
        batch.sourceLow[0] = IpAddress.mapped(NETWORK + bot);
        batch.sourcePort[0] = 20_000 + port;
    }

    /** Of bots of one network: their addresses and ports differ in a few bits. */
    private int followed(long nowNanos) {
        int followed = 0;
        for (int n = 0; n < BOTS * PORTS; n++) {
            segment(n % BOTS, n / BOTS);
            followed += stage.isFollowing(batch, 0, TARGET, Scene.PREFIX_TARGET, Relation.BELONGS, nowNanos) ? 1 : 0;
        }
        return followed;
    }

    @Test
    void whatFollowsOnAConnectionWhoseRequestWasCondemnedIsTheFloodsToo() {
        assertEquals(0, followed(NOW));
        for (int n = 0; n < BOTS * PORTS; n++) {
            segment(n % BOTS, n / BOTS);
            stage.noteCondemned(batch, 0, TARGET, Scene.PREFIX_TARGET, HTTP, Relation.BELONGS, NOW);
        }
        // A few may find no place in a table that is a sixth full.
        assertEquals(BOTS * PORTS, followed(NOW + SECOND), 20);
        assertEquals(0, followed(NOW + 60 * SECOND));
    }

    /** One segment with a user's address and port would take the connection away, with the address alone all of them. */
    @Test
    void whatAnybodyCanSendInAUsersNameTakesNothingFromIt() {
        request();
        segment(1, 1);
        stage.noteCondemned(batch, 0, TARGET, Scene.PREFIX_TARGET, HTTP, Relation.STRANGER, NOW);
        assertFalse(isFollowing(TcpFlags.ACK, 1, NOW));
        assertFalse(isFollowing(TcpFlags.SYN, 2, NOW));
    }

    @Test
    void otherConnectionsOfABotAreNotItsDroppedOne() {
        segment(1, 1);
        stage.noteCondemned(batch, 0, TARGET, Scene.PREFIX_TARGET, HTTP, Relation.BELONGS, NOW);
        segment(1, 2);
        assertFalse(stage.isFollowing(batch, 0, TARGET, Scene.PREFIX_TARGET, Relation.BELONGS, NOW));
    }

    private boolean isFollowing(int flags, int port, long nowNanos) {
        segment(1, port);
        batch.tcpFlags[0] = flags;
        return stage.isFollowing(batch, 0, TARGET, Scene.PREFIX_TARGET, Relation.BELONGS, nowNanos);
    }

    private void request() {
        byte[] request = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        batch.frames = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, request);
        batch.payloadCaptured[0] = request.length;
        batch.application[0] = (byte) Application.HTTP_REQUEST.ordinal();
    }

    @Test
    void whatFollowsOnARefusedSynIsRefusedUntilAnotherSynPasses() {
        request();
        segment(1, 1);
        stage.noteCondemned(batch, 0, TARGET, Scene.PREFIX_TARGET, HTTP, Relation.BELONGS, NOW);

        assertFalse(isFollowing(TcpFlags.ACK, 2, NOW), "a connection that was there before");
        assertTrue(isFollowing(TcpFlags.SYN, 3, NOW));
        assertTrue(isFollowing(TcpFlags.ACK, 3, NOW + SECOND), "the recorded client goes on");
        assertFalse(isFollowing(TcpFlags.SYN, 3, NOW + 16 * SECOND), "refused for longer than its offence lasts");
        assertFalse(isFollowing(TcpFlags.ACK, 3, NOW + 16 * SECOND));
    }

    /** Writes down which connections it is asked to drop. */
    private static final class LoneKernel implements Offload {
        private final List<String> asked = new ArrayList<>();
        private boolean isAlone = true;

        @Override
        public boolean isPossible(Offloaded wanted) {
            return false;
        }

        @Override
        public void drop(List<Offloaded> wanted) {
            throw new AssertionError("nothing is possible");
        }

        @Override
        public boolean isAlone() {
            return isAlone;
        }

        @Override
        public void refuse(long high, long low) {
            // All that it sent was the flood's.
        }

        @Override
        public void refuseConnection(PacketBatch batch, int i) {
            asked.add(batch.sourcePort[i] + " to " + batch.destinationLow[i]);
        }

        @Override
        public void hearConnections() {
            throw new AssertionError("the control step's to say");
        }

        @Override
        public long refusedPackets() {
            return 0;
        }

        @Override
        public long refusedBytes() {
            return 0;
        }

        @Override
        public long bannedPackets() {
            return 0;
        }

        @Override
        public long bannedBytes() {
            return 0;
        }
    }

    private void condemn(int port) {
        segment(1, port);
        stage.noteCondemned(batch, 0, TARGET, Scene.PREFIX_TARGET, HTTP, Relation.BELONGS, NOW);
    }

    private LoneKernel lone() {
        LoneKernel kernel = new LoneKernel();
        stage.use(kernel);
        request();
        return kernel;
    }

    /** What it has no room for, or forgot for others, it lets through: seeing it tells. */
    @Test
    void aKernelThatAloneDropsIsAskedAgainWithAllThatItLetsThroughOfARefusedConnection() {
        LoneKernel kernel = lone();
        segment(1, 1);
        stage.noteCondemned(batch, 0, TARGET, Scene.PREFIX_TARGET, HTTP, Relation.STRANGER, NOW);
        assertEquals(List.of(), kernel.asked, "anybody can send that");
        condemn(1);
        assertEquals(List.of("20001 to 0"), kernel.asked);
        batch.payloadLength[0] = 9;
        assertTrue(isFollowing(TcpFlags.ACK, 1, NOW + SECOND));
        assertEquals(List.of("20001 to 0", "20001 to 0"), kernel.asked);
        assertFalse(isFollowing(TcpFlags.ACK, 2, NOW + SECOND));
        assertEquals(2, kernel.asked.size());
    }

    /** What a server needs to be done with a connection. */
    @Test
    void ofARefusedConnectionAKernelThatAloneDropsLetsThroughWhatCarriesNothing() {
        LoneKernel kernel = lone();
        condemn(1);
        kernel.asked.clear();
        assertFalse(isFollowing(TcpFlags.ACK, 1, NOW + SECOND));
        assertFalse(isFollowing(TcpFlags.FIN, 1, NOW + SECOND));
        assertFalse(isFollowing(TcpFlags.RST, 1, NOW + SECOND));
        assertEquals(List.of(), kernel.asked);
    }

    @Test
    void aSynOfTheSameEndsBeginsAConnectionThatIsJudgedByItself() {
        LoneKernel kernel = lone();
        condemn(1);
        batch.payloadLength[0] = 9;
        assertTrue(isFollowing(TcpFlags.ACK, 1, NOW + SECOND));
        batch.payloadLength[0] = 0;
        assertFalse(isFollowing(TcpFlags.SYN, 1, NOW + SECOND), "the kernel lets it through");
        batch.payloadLength[0] = 9;
        assertFalse(isFollowing(TcpFlags.ACK, 1, NOW + SECOND));
        assertEquals(2, kernel.asked.size());
    }

    /** Of a source whose only request was condemned: forged SYNs would take the room of connections that are there. */
    @Test
    void aConnectionOfARefusedSourceIsOfferedWhenItIsOpenNotWhenItIsAskedFor() {
        LoneKernel kernel = lone();
        condemn(1);
        kernel.asked.clear();
        for (int port = 2; port < 100; port++) {
            assertFalse(isFollowing(TcpFlags.SYN, port, NOW + SECOND));
        }
        assertEquals(List.of(), kernel.asked);
        segment(1, 2);
        assertFalse(stage.isFollowing(batch, 0, TARGET, Scene.PREFIX_TARGET, Relation.COMPLETES, NOW + SECOND));
        assertEquals(List.of("20002 to 0"), kernel.asked);
    }

    @Test
    void aClientsPortTowardAnotherServerIsAnotherConnection() {
        LoneKernel kernel = lone();
        condemn(1);
        kernel.asked.clear();
        batch.destinationLow[0] = 7;
        batch.payloadLength[0] = 9;
        assertFalse(isFollowing(TcpFlags.ACK, 1, NOW + SECOND));
        assertFalse(isFollowing(TcpFlags.SYN, 1, NOW + SECOND));
        assertEquals(List.of(), kernel.asked);
        batch.destinationLow[0] = 0;
        assertTrue(isFollowing(TcpFlags.ACK, 1, NOW + SECOND));
        assertEquals(List.of("20001 to 0"), kernel.asked);
    }

    @Test
    void aKernelThatWeirStandsBehindIsAskedForNoConnection() {
        LoneKernel kernel = lone();
        kernel.isAlone = false;
        condemn(1);
        assertTrue(isFollowing(TcpFlags.ACK, 1, NOW + SECOND), "weir drops what follows itself, whatever it carries");
        assertEquals(List.of(), kernel.asked);
    }
}
