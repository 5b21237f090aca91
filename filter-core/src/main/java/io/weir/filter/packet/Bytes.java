package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Unaligned reads in network byte order from the native segment of a batch. */
final class Bytes {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    /** One byte, 0 to 255. */
    static int u8(MemorySegment frames, long at) {
        return frames.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    /** Two bytes, 0 to 65,535. */
    static int u16(MemorySegment frames, long at) {
        return frames.get(SHORT, at) & 0xffff;
    }

    static int i32(MemorySegment frames, long at) {
        return frames.get(INT, at);
    }

    static long i64(MemorySegment frames, long at) {
        return frames.get(LONG, at);
    }

    /**
     * Whether the bytes from {@code at} are the first {@code count} characters of an ASCII text. The caller has checked
     * that they were captured.
     */
    static boolean matches(MemorySegment frames, long at, String text, int count) {
        for (int k = 0; k < count; k++) {
            if (u8(frames, at + k) != text.charAt(k)) {
                return false;
            }
        }
        return true;
    }
}
