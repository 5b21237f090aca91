package io.weir.capture.pcap;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.Arrays;

/**
 * pcapng, one little-endian section, nanoseconds; for its shape see {@link PcapngReader}. An interface is described
 * when its first packet comes, so that only those with packets stand in the file.
 */
final class PcapngWriter implements RecordWriter {
    private static final int SECTION_BYTES = 28;
    private static final int INTERFACE_BYTES = 32;
    private static final int OPTION_TIME_RESOLUTION = 9;
    private static final int NANOSECONDS = 9;
    private static final int NOT_DESCRIBED = -1;

    private final OutputBuffer output;
    /** Number in the output by number in the input. */
    private int[] described = new int[0];

    private int interfaces;

    PcapngWriter(OutputBuffer output) throws IOException {
        this.output = output;
        output.putInt(NgFields.SECTION_HEADER)
                .putInt(SECTION_BYTES)
                .putInt(NgFields.BYTE_ORDER_MAGIC)
                .putShort(1)
                .putShort(0)
                .putLong(-1)
                .putInt(SECTION_BYTES);
    }

    @Override
    public boolean write(PacketBatch batch, int i) throws IOException {
        int number = number(batch.interfaceIndex[i], batch.linkType[i]);
        int captured = batch.capturedLength[i];
        int padding = -captured & 3;
        int length = NgFields.ENHANCED_PACKET_BYTES + captured + padding;
        // Before 1970 there are no ticks.
        long nanos = Math.max(batch.timestampNanos[i], 0);
        output.putInt(NgFields.ENHANCED_PACKET)
                .putInt(length)
                .putInt(number)
                .putInt((int) (nanos >>> 32))
                .putInt((int) nanos)
                .putInt(captured)
                .putInt(batch.wireLength[i])
                .putBytes(batch.frames, batch.frameOffset[i], captured);
        for (int pad = 0; pad < padding; pad++) {
            output.putByte(0);
        }
        output.putInt(length);
        return true;
    }

    @Override
    public void finish() throws IOException {
        if (interfaces == 0) {
            describe(DEFAULT_LINK_TYPE);
        }
    }

    private int number(int inputIndex, int linkType) throws IOException {
        if (inputIndex >= described.length) {
            int before = described.length;
            described = Arrays.copyOf(described, Math.max(inputIndex + 1, before * 2));
            Arrays.fill(described, before, described.length, NOT_DESCRIBED);
        }
        if (described[inputIndex] == NOT_DESCRIBED) {
            described[inputIndex] = describe(linkType);
        }
        return described[inputIndex];
    }

    private int describe(int linkType) throws IOException {
        output.putInt(NgFields.INTERFACE_DESCRIPTION)
                .putInt(INTERFACE_BYTES)
                .putShort(linkType)
                .putShort(0)
                .putInt(RecordReader.maximumFrameBytes(linkType));
        // One byte of value, three of padding, and the end of options.
        output.putShort(OPTION_TIME_RESOLUTION).putShort(1).putInt(NANOSECONDS).putInt(0);
        output.putInt(INTERFACE_BYTES);
        return interfaces++;
    }
}
