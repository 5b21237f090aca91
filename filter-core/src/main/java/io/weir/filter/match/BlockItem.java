package io.weir.filter.match;

/**
 * A packet and a plane in which both its rows have a block, in one {@code long}: the packet's place in the batch (8 bits),
 * the plane (2), and for source and destination (27 each) where the plane's head stands in {@link RowTable#words}.
 */
final class BlockItem {
    private static final int PLACE_BITS = 8;
    private static final int PLANE_BITS = 2;
    private static final int ROW_BITS = 27;
    private static final int SOURCE_SHIFT = PLACE_BITS + PLANE_BITS;
    private static final int DESTINATION_SHIFT = SOURCE_SHIFT + ROW_BITS;

    /** What rows may need: 134 million words. */
    static final int MOST_ROW_WORDS = 1 << ROW_BITS;

    private BlockItem() {}

    static long of(int place, int plane, int source, int destination) {
        return place | plane << PLACE_BITS | (long) source << SOURCE_SHIFT | (long) destination << DESTINATION_SHIFT;
    }

    static int place(long item) {
        return (int) item & (1 << PLACE_BITS) - 1;
    }

    static int plane(long item) {
        return (int) item >>> PLACE_BITS & (1 << PLANE_BITS) - 1;
    }

    static int source(long item) {
        return (int) (item >>> SOURCE_SHIFT) & MOST_ROW_WORDS - 1;
    }

    static int destination(long item) {
        return (int) (item >>> DESTINATION_SHIFT);
    }
}
