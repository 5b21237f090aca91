package io.weir.capture.testing;

import io.weir.capture.pcap.CaptureInterface;
import io.weir.capture.source.CaptureException;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.filter.packet.PacketBatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A capture read to its end.
 *
 * @param failure message of the exception that ended it, or empty
 */
public record ReadCapture(List<ReadPacket> packets, List<CaptureInterface> interfaces, String failure) {
    /** The name that {@link #of(byte[])} gives its input. */
    public static final String NAME = "test.pcap";

    public static ReadCapture of(byte[] file) throws IOException {
        return of(Channels.newChannel(new ByteArrayInputStream(file)));
    }

    public static ReadCapture of(CaptureBytes file) throws IOException {
        return of(file.toArray());
    }

    public static ReadCapture of(ReadableByteChannel channel) throws IOException {
        try (CaptureFileSource source = CaptureFileSource.open(NAME, channel)) {
            return read(source);
        } catch (CaptureException e) {
            return new ReadCapture(List.of(), List.of(), message(e));
        }
    }

    public static ReadCapture of(Path... files) throws IOException {
        List<String> names = Arrays.stream(files).map(Path::toString).toList();
        try (CaptureFileSource source = CaptureFileSource.open(names)) {
            return read(source);
        } catch (CaptureException e) {
            return new ReadCapture(List.of(), List.of(), message(e));
        }
    }

    private static ReadCapture read(CaptureFileSource source) throws IOException {
        List<ReadPacket> packets = new ArrayList<>();
        String failure = "";
        try {
            packets = packets(source, packets);
        } catch (CaptureException e) {
            failure = message(e);
        }
        return new ReadCapture(packets, List.copyOf(source.interfaces()), failure);
    }

    /** Reads any source to its end. */
    public static List<ReadPacket> packets(PacketSource source, List<ReadPacket> packets) throws IOException {
        PacketBatch batch = new PacketBatch();
        while (source.fill(batch) != PacketSource.END) {
            for (int i = 0; i < batch.size; i++) {
                packets.add(ReadPacket.of(batch, i));
            }
        }
        return packets;
    }

    private static String message(CaptureException e) {
        return String.valueOf(e.getMessage());
    }
}
