package io.weir.capture.pcap;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/** Classic pcap, little-endian, nanoseconds; for its shape see {@link PcapReader}. Holds one link type: the first met. */
final class PcapWriter implements RecordWriter {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long LATEST_SECOND = 0xffff_ffffL;
    private static final int NO_LINK_TYPE = -1;

    private final OutputBuffer output;
    private int linkType = NO_LINK_TYPE;

    PcapWriter(OutputBuffer output) {
        this.output = output;
    }

    @Override
    public boolean write(PacketBatch batch, int i) throws IOException {
        if (linkType == NO_LINK_TYPE) {
            start(batch.linkType[i]);
        }
        if (batch.linkType[i] != linkType) {
            return false;
        }
        long nanos = batch.timestampNanos[i];
        // The format holds seconds from 1970 to 2106.
        long seconds = Math.clamp(Math.floorDiv(nanos, NANOS_PER_SECOND), 0, LATEST_SECOND);
        output.putInt((int) seconds)
                .putInt((int) Math.floorMod(nanos, NANOS_PER_SECOND))
                .putInt(batch.capturedLength[i])
                .putInt(batch.wireLength[i])
                .putBytes(batch.frames, batch.frameOffset[i], batch.capturedLength[i]);
        return true;
    }

    @Override
    public void finish() throws IOException {
        if (linkType == NO_LINK_TYPE) {
            start(DEFAULT_LINK_TYPE);
        }
    }

    private void start(int firstLinkType) throws IOException {
        linkType = firstLinkType;
        output.putInt(PcapReader.MAGIC_NANOSECONDS)
                .putShort(2)
                .putShort(4)
                .putLong(0)
                .putInt(RecordReader.maximumFrameBytes(linkType))
                .putInt(linkType);
    }
}
