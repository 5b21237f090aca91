package io.weir.capture.load;

import io.weir.capture.sink.PacketSink;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/** Sends all traffic of a profile to a sink: what {@code weir generate} does. */
public final class TrafficGenerator {
    /**
     * What was made.
     *
     * @param attackPackets those that attackers sent, of {@code packets}
     * @param answerPackets those that the target sent to attackers, of {@code packets}
     * @param refusedArrivals see {@link TrafficSimulator#refusedArrivals}
     */
    public record Summary(
            long packets,
            long bytes,
            long attackPackets,
            long attackBytes,
            long answerPackets,
            long answerBytes,
            long refusedArrivals) {}

    private long packets;
    private long bytes;
    private long attackPackets;
    private long attackBytes;
    private long answerPackets;
    private long answerBytes;

    private TrafficGenerator() {}

    /**
     * Makes the traffic; the sink stays open.
     *
     * @throws IllegalArgumentException if the profile has faults; ask {@link LoadProfile#faults} before
     * @throws IOException if the sink can't take it
     */
    public static Summary generate(LoadProfile profile, long seed, PacketSink sink) throws IOException {
        return generate(profile, seed, Long.MAX_VALUE, sink);
    }

    /** The same, of so many packets at the most. */
    public static Summary generate(LoadProfile profile, long seed, long most, PacketSink sink) throws IOException {
        TrafficGenerator totals = new TrafficGenerator();
        TrafficSimulator simulator = new TrafficSimulator(profile, seed);
        try (SyntheticSource source = new SyntheticSource(simulator)) {
            PacketBatch batch = new PacketBatch();
            while (totals.packets < most && source.fill(batch) != SyntheticSource.END) {
                batch.size = (int) Math.min(batch.size, most - totals.packets);
                totals.count(batch, source);
                sink.accept(batch);
            }
        }
        return totals.summary(simulator.refusedArrivals());
    }

    private void count(PacketBatch batch, SyntheticSource source) {
        for (int i = 0; i < batch.size; i++) {
            int label = source.label(i);
            int length = batch.wireLength[i];
            packets++;
            bytes += length;
            if (!Label.isAttack(label)) {
                continue;
            }
            if (Label.isAnswer(label)) {
                answerPackets++;
                answerBytes += length;
            } else {
                attackPackets++;
                attackBytes += length;
            }
        }
    }

    private Summary summary(long refusedArrivals) {
        return new Summary(packets, bytes, attackPackets, attackBytes, answerPackets, answerBytes, refusedArrivals);
    }
}
