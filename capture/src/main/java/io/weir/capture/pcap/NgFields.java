package io.weir.capture.pcap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers of the pcapng format, and its fields in the byte order of the current section. */
final class NgFields {
    static final int SECTION_HEADER = 0x0a0d0d0a;
    static final int INTERFACE_DESCRIPTION = 1;
    static final int OBSOLETE_PACKET = 2;
    static final int SIMPLE_PACKET = 3;
    static final int ENHANCED_PACKET = 6;
    static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;

    static final int BLOCK_HEADER_BYTES = 8;
    static final int MINIMUM_BLOCK_BYTES = 12;
    /** Of a block that is kept in memory: where libpcap stops believing a length. */
    static final long MAXIMUM_KEPT_BYTES = 16 << 20;
    /** Of a block that is skipped: what its field can say. */
    static final long MAXIMUM_SKIPPED_BYTES = 0xffff_fffcL;
    /** Least whole lengths, trailer included. */
    static final int SECTION_HEADER_BYTES = 28;

    static final int INTERFACE_BYTES = 20;
    static final int SIMPLE_PACKET_BYTES = 16;
    static final int ENHANCED_PACKET_BYTES = 32;

    /** A bound of memory for hostile files; real ones have at most a few thousand. */
    static final int MAXIMUM_INTERFACES = 65_536;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private boolean bigEndian;

    /** Takes the byte order of the section header here; false if it states none. */
    boolean section(MemorySegment memory, long at) {
        int magic = memory.get(INT, at + 8);
        bigEndian = magic == Integer.reverseBytes(BYTE_ORDER_MAGIC);
        return bigEndian || magic == BYTE_ORDER_MAGIC;
    }

    /** Whether a block of this type is read; the others are skipped. */
    static boolean isKept(int type) {
        return switch (type) {
            case ENHANCED_PACKET, SIMPLE_PACKET, OBSOLETE_PACKET, INTERFACE_DESCRIPTION -> true;
            default -> false;
        };
    }

    int intAt(MemorySegment memory, long at) {
        int value = memory.get(INT, at);
        return bigEndian ? Integer.reverseBytes(value) : value;
    }

    long unsignedAt(MemorySegment memory, long at) {
        return intAt(memory, at) & 0xffff_ffffL;
    }

    /** Unsigned. */
    int shortAt(MemorySegment memory, long at) {
        short value = memory.get(SHORT, at);
        return (bigEndian ? Short.reverseBytes(value) : value) & 0xffff;
    }

    /** Upper half first, in either byte order. */
    long timestampAt(MemorySegment memory, long at) {
        return unsignedAt(memory, at) << 32 | unsignedAt(memory, at + 4);
    }

    /** An option of 64 bits, stored as one number of the section's byte order. */
    long longAt(MemorySegment memory, long at) {
        long first = unsignedAt(memory, at);
        long second = unsignedAt(memory, at + 4);
        return bigEndian ? first << 32 | second : second << 32 | first;
    }
}
