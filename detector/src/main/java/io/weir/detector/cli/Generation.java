package io.weir.detector.cli;

import io.weir.capture.load.Label;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.sink.CaptureFileSink;
import io.weir.capture.source.PacketSource;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * A capture that was made.
 *
 * @param packets in it, {@code attackPackets} of them sent by attackers or because of them
 */
record Generation(long packets, long bytes, long attackPackets) {
    /**
     * Simulates a profile into a capture file.
     *
     * @throws CommandException if the file can't be written
     */
    static Generation write(LoadProfile profile, long seed, String out, PrintWriter err) {
        Progress progress = new Progress(err, Terminal.isErrorShown());
        PacketBatch batch = new PacketBatch();
        long packets = 0;
        long attackPackets = 0;
        try (SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, seed));
                CaptureFileSink sink = CaptureFileSink.ofPassed(out)) {
            while (source.fill(batch) != PacketSource.END) {
                sink.accept(batch);
                packets += batch.size;
                for (int i = 0; i < batch.size; i++) {
                    attackPackets += Label.isAttack(source.label(i)) ? 1 : 0;
                }
                progress.update(packets, source.bytesRead(), -1);
            }
            return new Generation(packets, source.bytesRead(), attackPackets);
        } catch (IOException failure) {
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        } finally {
            progress.done();
        }
    }

    String text(String out, long seed) {
        return String.format(
                Locale.ROOT,
                "Wrote %s: %,d packets, %.1f MB, %,d of them of the attack and what answers it (seed %d).",
                out.equals("-") ? "to standard output" : out,
                packets,
                bytes / 1e6,
                attackPackets,
                seed);
    }
}
