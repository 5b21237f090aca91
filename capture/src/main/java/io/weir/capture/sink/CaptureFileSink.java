package io.weir.capture.sink;

import io.weir.capture.pcap.CaptureWriter;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;

/**
 * Writes the packets that passed, or those that were dropped, to a capture file: bytes, lengths and timestamps as they
 * came. {@code .pcap} holds one link type, that of the first packet written; {@code .pcapng} holds all. The file exists
 * from the start and is a valid capture once closed, with or without packets.
 */
public final class CaptureFileSink implements PacketSink {
    private final CaptureWriter writer;
    private final boolean dropped;
    private long writtenPackets;
    private long otherLinkTypePackets;

    private CaptureFileSink(CaptureWriter writer, boolean dropped) {
        this.writer = writer;
        this.dropped = dropped;
    }

    /**
     * Takes the packets that pass.
     *
     * @param name path, or {@code -} for standard output; {@code .pcap} or {@code .pcapng}, either with {@code .gz}
     * @throws IOException if the file can't be created; the message names it
     */
    public static CaptureFileSink ofPassed(String name) throws IOException {
        return new CaptureFileSink(CaptureWriter.create(name), false);
    }

    /** Takes the packets that are dropped; see {@link #ofPassed}. */
    public static CaptureFileSink ofDropped(String name) throws IOException {
        return new CaptureFileSink(CaptureWriter.create(name), true);
    }

    @Override
    public void accept(PacketBatch batch) throws IOException {
        for (int i = 0; i < batch.size; i++) {
            if (Verdict.isDrop(batch.verdict[i]) != dropped) {
                continue;
            }
            if (writer.write(batch, i)) {
                writtenPackets++;
            } else {
                otherLinkTypePackets++;
            }
        }
    }

    /** Packets handed to the file so far. */
    public long writtenPackets() {
        return writtenPackets;
    }

    /** Packets that a {@code .pcap} couldn't hold, because their link type isn't the first one's. */
    public long otherLinkTypePackets() {
        return otherLinkTypePackets;
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
