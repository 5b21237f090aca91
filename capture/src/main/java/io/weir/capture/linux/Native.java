package io.weir.capture.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Fields of kernel structures: in the machine's byte order, and {@code net…} in the network's. */
final class Native {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final ValueLayout.OfInt NET_INT = INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort NET_SHORT = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NET_LONG = LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private Native() {}

    static int u8(MemorySegment memory, long at) {
        return memory.get(BYTE, at) & 0xff;
    }

    static int u16(MemorySegment memory, long at) {
        return memory.get(SHORT, at) & 0xffff;
    }

    static int i32(MemorySegment memory, long at) {
        return memory.get(INT, at);
    }

    static int netU16(MemorySegment memory, long at) {
        return memory.get(NET_SHORT, at) & 0xffff;
    }

    static int netI32(MemorySegment memory, long at) {
        return memory.get(NET_INT, at);
    }

    static long netI64(MemorySegment memory, long at) {
        return memory.get(NET_LONG, at);
    }

    static void putNetU16(MemorySegment memory, long at, int value) {
        memory.set(NET_SHORT, at, (short) value);
    }

    static void putNetI32(MemorySegment memory, long at, int value) {
        memory.set(NET_INT, at, value);
    }

    static void putNetI64(MemorySegment memory, long at, long value) {
        memory.set(NET_LONG, at, value);
    }

    /** An ASCII text and zeros to the end of its field, one of them at least. */
    static void putText(MemorySegment memory, long at, String text, int fieldBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length >= fieldBytes) {
            throw new IllegalArgumentException("'" + text + "' is longer than " + (fieldBytes - 1) + " bytes");
        }
        MemorySegment field = memory.asSlice(at, fieldBytes);
        field.fill((byte) 0).asByteBuffer().put(bytes);
    }

    /** A text that ends with a zero. */
    static String text(MemorySegment memory, long at) {
        return memory.getString(at, StandardCharsets.US_ASCII);
    }
}
