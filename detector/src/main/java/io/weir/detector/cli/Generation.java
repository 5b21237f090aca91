package io.weir.detector.cli;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.TrafficGenerator;
import io.weir.capture.sink.CaptureFileSink;
import io.weir.capture.sink.PacketSink;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/** Makes a capture and tells of it. */
final class Generation {
    private Generation() {}

    /**
     * Simulates a profile into a capture file.
     *
     * @param most packets at the most
     * @return what was made, for people
     * @throws CommandException if the file can't be written
     */
    static String write(LoadProfile profile, long seed, long most, String out, PrintWriter err) {
        Progress progress = new Progress(err, Terminal.isErrorShown());
        try (CaptureFileSink file = CaptureFileSink.ofPassed(out)) {
            return text(TrafficGenerator.generate(profile, seed, most, new Watched(file, progress)), seed);
        } catch (IOException failure) {
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        } finally {
            progress.done();
        }
    }

    private static String text(TrafficGenerator.Summary made, long seed) {
        return String.format(
                Locale.ROOT,
                "Made %,d packets, %.1f MB (seed %d): %,d of attackers, %,d that answer them, %,d of users.",
                made.packets(),
                made.bytes() / 1e6,
                seed,
                made.attackPackets(),
                made.answerPackets(),
                made.packets() - made.attackPackets() - made.answerPackets());
    }

    /** A file whose filling is watched. */
    private static final class Watched implements PacketSink {
        private final PacketSink file;
        private final Progress progress;
        private long packets;
        private long bytes;

        Watched(PacketSink file, Progress progress) {
            this.file = file;
            this.progress = progress;
        }

        @Override
        public void accept(PacketBatch batch) throws IOException {
            file.accept(batch);
            packets += batch.size;
            for (int i = 0; i < batch.size; i++) {
                bytes += batch.capturedLength[i];
            }
            progress.update(packets, bytes, -1);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
