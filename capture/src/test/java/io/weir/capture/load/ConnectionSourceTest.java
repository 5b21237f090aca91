package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.source.PacketSource;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ConnectionSourceTest {
    private static final int CONNECTIONS = 300;
    private static final int SEGMENTS = 7;
    private static final int PACKETS_PER_SECOND = 1_000;

    private final ConnectionSource source = new ConnectionSource(CONNECTIONS, SEGMENTS, PACKETS_PER_SECOND);
    private final FrameDecoder decoder = new FrameDecoder();
    private final PacketBatch batch = new PacketBatch();

    /** What the connection table makes of it, which is held against real stacks elsewhere. */
    @Test
    void everySegmentBelongsToItsConnection() throws IOException {
        FlowTracker flows = new FlowTracker(new FlowHash(1), 10_000, FlowTimeouts.DEFAULT);
        int packets = 0;
        int sentBytes = 0;
        while (source.fill(batch) != PacketSource.END) {
            decoder.decode(batch);
            flows.prepare(batch, 0, batch.size);
            for (int i = 0; i < batch.size; i++) {
                assertEquals(DecodeOutcome.OK.ordinal(), batch.outcome[i]);
                int relation = flows.relate(batch, i, batch.timestampNanos[i], true);
                assertEquals(expected(packets / CONNECTIONS), relation, "packet " + packets);
                flows.commit(batch, i, batch.timestampNanos[i], relation, Verdict.of(Reason.ACCEPTED));
                assertFalse(flows.isRepeated(), "each brings its connection further");
                sentBytes += batch.payloadLength[i];
                packets++;
            }
        }
        assertEquals(CONNECTIONS * (3 + SEGMENTS), packets);
        assertEquals(0, flows.misfits());
        assertEquals(CONNECTIONS * ((SEGMENTS + 1) / 2) * 6, sentBytes);
    }

    private static int expected(int turn) {
        return switch (turn) {
            case 0 -> Relation.OPENS;
            case 1 -> Relation.ANSWERS;
            case 2 -> Relation.COMPLETES;
            default -> Relation.BELONGS;
        };
    }

    @Test
    void packetsAreTheSmallestOfEthernetAndComeEvenly() throws IOException {
        long last = Long.MIN_VALUE;
        Set<Long> clients = new HashSet<>();
        while (source.fill(batch) != PacketSource.END) {
            decoder.decode(batch);
            for (int i = 0; i < batch.size; i++) {
                assertEquals(FrameBuilder.MINIMUM_ON_WIRE, batch.wireLength[i]);
                assertTrue(last == Long.MIN_VALUE || batch.timestampNanos[i] - last == 1_000_000);
                last = batch.timestampNanos[i];
                if ((batch.tcpFlags[i] & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN) {
                    clients.add(batch.sourceLow[i] << 16 | batch.sourcePort[i]);
                }
            }
        }
        assertEquals(CONNECTIONS, clients.size(), "connections that differ");
        assertEquals(source.bytesTotal(), source.bytesRead());
    }
}
