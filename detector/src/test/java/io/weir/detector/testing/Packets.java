package io.weir.detector.testing;

import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The packets of a capture file. */
public final class Packets {
    /** A packet; equal if all of it is. */
    public record Packet(long timestampNanos, int wireLength, int linkType, ByteBuffer frame) {}

    private Packets() {}

    /** Reads a file to its end. */
    public static List<Packet> of(Path file) throws IOException {
        List<Packet> packets = new ArrayList<>();
        read(file, packets);
        return packets;
    }

    /** Adds the packets of a file to a list, also those that stand before damage. */
    public static void read(Path file, List<Packet> packets) throws IOException {
        PacketBatch batch = new PacketBatch();
        try (CaptureFileSource source = CaptureFileSource.open(List.of(file.toString()))) {
            while (source.fill(batch) != PacketSource.END) {
                for (int i = 0; i < batch.size; i++) {
                    byte[] frame = batch.frames
                            .asSlice(batch.frameOffset[i], batch.capturedLength[i])
                            .toArray(ValueLayout.JAVA_BYTE);
                    packets.add(new Packet(
                            batch.timestampNanos[i], batch.wireLength[i], batch.linkType[i], ByteBuffer.wrap(frame)));
                }
            }
        }
    }
}
