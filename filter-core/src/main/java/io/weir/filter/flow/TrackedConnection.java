package io.weir.filter.flow;

/**
 * A connection or exchange as it stands in the table.
 *
 * @param initiatorHigh of who began it, as far as that was seen: of one that was met in its middle, the higher port
 * @param protocol IANA number
 * @param openedNanos when it was entered: a connection that was met in its middle is older
 * @param lastSeenNanos when a packet of it last passed
 */
public record TrackedConnection(
        long initiatorHigh,
        long initiatorLow,
        int initiatorPort,
        long responderHigh,
        long responderLow,
        int responderPort,
        int protocol,
        State state,
        long openedNanos,
        long lastSeenNanos) {
    /** What was seen of it. */
    public enum State {
        OPEN,
        /** One side has said all it will. */
        CLOSING,
        /** Ended; what still comes belongs, for a while. */
        CLOSED,
        /** Only the side that began it was heard. */
        ONE_SIDED,
        /** Met in its middle, and only one side was heard since. */
        MIDSTREAM,
        /** Of a protocol without connections: packets went both ways. */
        EXCHANGE;

        private static final State[] BY_NUMBER = values();

        /** @param number of {@link FlowState}, which has the same order and one more */
        static State of(int number) {
            return number == FlowState.ONE_SIDED_EXCHANGE ? ONE_SIDED : BY_NUMBER[number];
        }
    }
}
