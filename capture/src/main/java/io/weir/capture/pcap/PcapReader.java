package io.weir.capture.pcap;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Classic pcap (draft-ietf-opsawg-pcap).
 *
 * <pre>
 *   file:    magic 4 | major 2 | minor 2 | reserved 8 | snap length 4 | link type 4      (24 bytes)
 *   record:  seconds 4 | fraction 4 | captured length 4 | length on the wire 4 | frame   (16 bytes and the frame)
 * </pre>
 *
 * <p>Seconds are unsigned. A fraction beyond its second is added as it stands. Bits of the link type field above the
 * 16th (they tell of a frame check sequence, which then is part of the frame) are ignored.
 */
final class PcapReader implements RecordReader {
    static final int MAGIC_MICROSECONDS = 0xa1b2c3d4;
    static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    /** Linux 2.0's tcpdump with a longer record header: interface, protocol and packet type follow the lengths. */
    static final int MAGIC_MODIFIED = 0xa1b2cd34;

    static final int FILE_HEADER_BYTES = 24;
    static final int RECORD_HEADER_BYTES = 16;
    private static final int MODIFIED_RECORD_HEADER_BYTES = 24;
    private static final int RESERVED_LINK_BITS = 0x03ff_0000;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_HALF = 0xffff_ffffL;

    private final ByteWindow window;
    private final boolean bigEndian;
    private final long nanosPerUnit;
    private final int headerBytes;
    private final LengthOrder lengthOrder;
    private final int linkType;
    private final int interfaceIndex;
    private final int maximumFrameBytes;

    /** Reads the file header, whose magic stands at the window's position, and adds the file's one interface. */
    PcapReader(ByteWindow window, List<CaptureInterface> interfaces) throws IOException {
        if (!window.need(FILE_HEADER_BYTES)) {
            throw new Damage("truncated: a pcap file starts with a header of " + FILE_HEADER_BYTES
                    + " bytes, the file ends after " + window.available());
        }
        this.window = window;
        MemorySegment memory = window.memory();
        long start = window.position();
        bigEndian = !isMagic(memory.get(INT, start));
        int magic = order(memory.get(INT, start));
        nanosPerUnit = magic == MAGIC_NANOSECONDS ? 1 : 1_000;
        headerBytes = magic == MAGIC_MODIFIED ? MODIFIED_RECORD_HEADER_BYTES : RECORD_HEADER_BYTES;
        int version = order(memory.get(INT, start + 4));
        lengthOrder = bigEndian
                ? LengthOrder.ofVersion(version >>> 16, version & 0xffff)
                : LengthOrder.ofVersion(version & 0xffff, version >>> 16);
        int snapLength = order(memory.get(INT, start + 16));
        int link = order(memory.get(INT, start + 20));
        if ((link & RESERVED_LINK_BITS) != 0) {
            throw new Damage("damaged: the pcap header at offset " + window.offset() + " has the link type field 0x"
                    + Integer.toHexString(link) + ", in which reserved bits are set");
        }
        linkType = link & 0xffff;
        maximumFrameBytes = RecordReader.maximumFrameBytes(linkType);
        interfaceIndex = interfaces.size();
        interfaces.add(new CaptureInterface(interfaceIndex, linkType, Math.max(snapLength, 0), ""));
        window.position(start + FILE_HEADER_BYTES);
    }

    /** Whether these four bytes, read as a little-endian number, start a pcap file of either byte order. */
    static boolean isStart(int littleEndian) {
        return isMagic(littleEndian) || isMagic(Integer.reverseBytes(littleEndian));
    }

    private static boolean isMagic(int value) {
        return value == MAGIC_MICROSECONDS || value == MAGIC_NANOSECONDS || value == MAGIC_MODIFIED;
    }

    @Override
    public boolean fill(PacketBatch batch) throws IOException {
        if (!wholeRecord(window.position(), window.limit()) && !readRecord()) {
            return false;
        }
        MemorySegment memory = window.memory();
        long limit = window.limit();
        long at = window.position();
        int size = 0;
        while (size < PacketBatch.CAPACITY && limit - at >= headerBytes) {
            long lengths = lengths(memory.get(LONG, at + 8));
            int captured = (int) lengths;
            long next = at + headerBytes + captured;
            // One comparison for too large and, as unsigned, for negative; the next fill says which and where.
            if (Integer.compareUnsigned(captured, maximumFrameBytes) > 0 || next > limit) {
                break;
            }
            long time = halves(memory.get(LONG, at));
            batch.timestampNanos[size] = (time & LOW_HALF) * 1_000_000_000L + (time >>> 32) * nanosPerUnit;
            batch.frameOffset[size] = at + headerBytes;
            batch.capturedLength[size] = captured;
            batch.wireLength[size] = RecordReader.wireLength((int) (lengths >>> 32), captured);
            size++;
            at = next;
        }
        window.position(at);
        batch.frames = memory;
        batch.size = size;
        Arrays.fill(batch.linkType, 0, size, linkType);
        Arrays.fill(batch.interfaceIndex, 0, size, interfaceIndex);
        return true;
    }

    private boolean wholeRecord(long at, long limit) {
        return limit - at >= headerBytes
                && Integer.compareUnsigned(announced(at), maximumFrameBytes) <= 0
                && limit - at - headerBytes >= announced(at);
    }

    /** Makes the next record whole in memory; false at the end of the file. */
    private boolean readRecord() throws IOException {
        if (!window.need(headerBytes)) {
            if (window.available() == 0) {
                return false;
            }
            throw new Damage("truncated: the record header at offset " + window.offset() + " has " + headerBytes
                    + " bytes, the file ends after " + window.available());
        }
        int captured = announced(window.position());
        if (Integer.compareUnsigned(captured, maximumFrameBytes) > 0) {
            throw new Damage("damaged: the packet record at offset " + window.offset() + " announces "
                    + Integer.toUnsignedString(captured) + " bytes, allowed are up to " + maximumFrameBytes);
        }
        if (!window.need((long) headerBytes + captured)) {
            throw new Damage("truncated: the packet record at offset " + window.offset() + " announces " + captured
                    + " bytes, the file ends after " + (window.available() - headerBytes));
        }
        return true;
    }

    private int announced(long at) {
        return (int) lengths(window.memory().get(LONG, at + 8));
    }

    /** Captured length in the low half, wire length in the high one. */
    private long lengths(long littleEndian) {
        long lengths = halves(littleEndian);
        return lengthOrder == LengthOrder.CAPTURED_FIRST ? lengths : lengthOrder.captureFirst(lengths);
    }

    /** Two fields read as one little-endian number: the first in the low half, in either byte order. */
    private long halves(long littleEndian) {
        return bigEndian ? Long.rotateLeft(Long.reverseBytes(littleEndian), 32) : littleEndian;
    }

    private int order(int littleEndian) {
        return bigEndian ? Integer.reverseBytes(littleEndian) : littleEndian;
    }
}
