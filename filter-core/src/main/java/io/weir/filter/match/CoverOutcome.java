package io.weir.filter.match;

/** Whether a box lies inside the union of others. */
enum CoverOutcome {
    /** No: some packet of it lies outside. */
    OPEN,
    COVERED,
    /** The budget was too small for an answer. */
    UNDECIDED
}
