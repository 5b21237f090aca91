package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/** Hashes of captured bytes: 64 × 64 to 128 bit multiplications folded to 64, as in wyhash. Not keyed. */
final class ContentHash {
    private static final long FACTOR = 0x9e37_79b9_7f4a_7c15L;
    private static final long TAIL_FACTOR = 0xd6e8_feb8_6659_fd93L;

    private ContentHash() {}

    /** Adds a number to a hash. */
    static long add(long hash, long value) {
        return fold(hash ^ value, FACTOR);
    }

    /** Adds the bytes from {@code at} to {@code end - 1} to a hash. */
    static long add(long hash, MemorySegment frames, long at, long end) {
        long h = hash ^ (end - at) * TAIL_FACTOR;
        long next = at;
        for (; next + 8 <= end; next += 8) {
            h = fold(h ^ Bytes.i64(frames, next), FACTOR);
        }
        long tail = 0;
        for (; next < end; next++) {
            tail = tail << 8 | Bytes.u8(frames, next);
        }
        return fold(h ^ tail, TAIL_FACTOR);
    }

    /** One of {@code value} in a set, in whatever order the others come: to be summed. */
    static long member(long value) {
        return fold(value + FACTOR, TAIL_FACTOR);
    }

    static long nonZero(long hash) {
        return hash == 0 ? 1 : hash;
    }

    private static long fold(long a, long b) {
        // A zero factor would swallow what was hashed so far.
        long left = a == 0 ? TAIL_FACTOR : a;
        return left * b ^ Math.unsignedMultiplyHigh(left, b);
    }
}
