package io.weir.filter.flow;

/** Eight tags of a byte each in a long, 0 for an empty place. Marks are the highest bits of the bytes they stand for. */
final class TagWord {
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private TagWord() {}

    /** Marks the tags of a hash; a place above such a one may be marked too, which a comparison of hashes rules out. */
    static long matches(long word, long hash) {
        long difference = word ^ tag(hash) * LOW_BITS;
        return difference - LOW_BITS & ~difference & HIGH_BITS;
    }

    /** Marks the empty places and no other. */
    static long empty(long word) {
        return ~((word & ~HIGH_BITS) + ~HIGH_BITS | word) & HIGH_BITS;
    }

    /** Marks the places that aren't empty. */
    static long taken(long word) {
        return ~empty(word) & HIGH_BITS;
    }

    /** The place, 0 to 7, that the lowest mark stands for. */
    static int place(long marks) {
        return Long.numberOfTrailingZeros(marks) >>> 3;
    }

    /** The word with a hash's tag in a place. */
    static long with(long word, int place, long hash) {
        return word & ~(0xffL << place * 8) | tag(hash) << place * 8;
    }

    /** 1 to 255. */
    private static long tag(long hash) {
        long bits = hash & 0xff;
        return bits == 0 ? 1 : bits;
    }
}
