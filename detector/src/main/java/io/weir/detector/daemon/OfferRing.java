package io.weir.detector.daemon;

/**
 * Takes entries of a few longs from the thread that judges, without waiting and without an object each, for one that asks the kernel. Refuses them
 * while it is full.
 */
final class OfferRing {
    private final int longs;
    private final int capacity;
    private final long[] entries;
    private volatile int written;
    private volatile int read;

    /**
     * @param longs of an entry
     * @param capacity a power of two
     */
    OfferRing(int longs, int capacity) {
        this.longs = longs;
        this.capacity = capacity;
        this.entries = new long[longs * capacity];
    }

    /** Where the next entry is to be written, from there on; negative if there is no room. Then {@link #publish}. */
    int claim() {
        int at = written;
        return at - read >= capacity ? -1 : at(at);
    }

    private int at(int number) {
        return longs * (number & capacity - 1);
    }

    void put(int at, long value) {
        entries[at] = value;
    }

    void publish() {
        int next = written + 1;
        written = next;
    }

    boolean isEmpty() {
        return read == written;
    }

    /** Where the oldest entry stands. Then {@link #release}. */
    int oldest() {
        return at(read);
    }

    long get(int at) {
        return entries[at];
    }

    void release() {
        int next = read + 1;
        read = next;
    }
}
