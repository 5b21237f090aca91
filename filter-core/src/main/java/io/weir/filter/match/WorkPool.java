package io.weir.filter.match;

/**
 * Shares a count of steps among rules that are asked about one after the other: half is divided evenly, so that whatever
 * the earlier ones took there is a part for each, and half is for those that come first and need more. A count, no clock:
 * the answer is the same on every machine.
 */
final class WorkPool {
    private final long start;
    private final long total;
    private final int rules;
    private final long mostOfOne;

    /**
     * A pool.
     *
     * @param start steps done before
     * @param mostOfOne steps that one rule may take
     */
    WorkPool(long start, long total, int rules, long mostOfOne) {
        this.start = start;
        this.total = total;
        this.rules = rules;
        this.mostOfOne = mostOfOne;
    }

    /** Where the steps of a rule end, of those that were done when it is its turn. */
    long limit(int turn, long done) {
        long shared = start + total / 2 + (long) ((double) total / 2 * (turn + 1) / rules);
        return Math.min(done + mostOfOne, shared);
    }
}
