package io.weir.detector.testing;

import io.weir.capture.source.CaptureException;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A capture seen by a flow tracker, every packet of it passed.
 *
 * @param segments that belong to tracked connections, or should
 * @param misfits of them those that didn't fit, each as a line of numbers
 * @param strangers segments of connections that nothing was known of
 */
public record TrackedCapture(long segments, List<String> misfits, long strangers) {
    private static final int PASS = Verdict.of(Reason.ACCEPTED);

    /** @param isBothWays whether the tracker is told that answers are to be seen */
    public static TrackedCapture of(Path file, boolean isBothWays) {
        FlowTracker flows = new FlowTracker(new FlowHash(1), 100_000, FlowTimeouts.DEFAULT);
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        List<String> misfits = new ArrayList<>();
        long[] counts = new long[2];
        long packets = 0;
        long nowNanos = Long.MIN_VALUE;
        try (CaptureFileSource source = CaptureFileSource.open(List.of(file.toString()))) {
            while (source.fill(batch) != PacketSource.END) {
                decoder.decode(batch);
                flows.prepare(batch, 0, batch.size);
                for (int i = 0; i < batch.size; i++) {
                    packets++;
                    nowNanos = Math.max(nowNanos, batch.timestampNanos[i]);
                    if (batch.ipVersion[i] == 0 || batch.outcome[i] != DecodeOutcome.OK.ordinal()) {
                        continue;
                    }
                    long before = flows.misfits();
                    int relation = flows.relate(batch, i, nowNanos, isBothWays);
                    flows.commit(batch, i, nowNanos, relation, PASS);
                    if (batch.protocol[i] == IpProtocol.TCP) {
                        counts[0] += relation == Relation.BELONGS || flows.misfits() > before ? 1 : 0;
                        counts[1] += relation == Relation.STRANGER ? 1 : 0;
                    }
                    if (flows.misfits() > before) {
                        misfits.add(line(packets, batch, i, relation));
                    }
                }
            }
        } catch (CaptureException damaged) {
            // What comes before the damage counts.
        }
        return new TrackedCapture(counts[0], misfits, counts[1]);
    }

    private static String line(long number, PacketBatch b, int i, int relation) {
        return "packet %d, ports %d to %d, flags %x, sequence %d, acknowledgment %d, %d bytes, relation %d"
                .formatted(
                        number,
                        b.sourcePort[i],
                        b.destinationPort[i],
                        b.tcpFlags[i],
                        b.tcpSequence[i] & 0xffff_ffffL,
                        b.tcpAcknowledgment[i] & 0xffff_ffffL,
                        b.payloadLength[i],
                        relation);
    }
}
