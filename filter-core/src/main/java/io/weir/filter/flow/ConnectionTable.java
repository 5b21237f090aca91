package io.weir.filter.flow;

/**
 * Proven connections and exchanges: a fixed number of entries of 80 bytes, IPv4 and IPv6 alike, plus a tag byte each.
 *
 * <p>Sets of eight, one tag word a set: a look-up that misses reads that word and, one time in sixteen, an entry. When
 * a set is full, an entry past its time-out gives way, then the one idle longest of those closing, else of
 * those met in midstream, else of all; these are counted, because they may still be needed.
 */
final class ConnectionTable {
    /** What {@link #find} answers for a flow that isn't there. */
    static final int NONE = -1;

    private static final int WAYS = 8;
    private static final int STRIDE = 10;
    private static final int HASH = 0;
    private static final int INITIATOR_HIGH = 1;
    private static final int INITIATOR_LOW = 2;
    private static final int RESPONDER_HIGH = 3;
    private static final int RESPONDER_LOW = 4;
    /** Initiator's port in bits 48 to 63, responder's in 32 to 47, protocol in 24 to 31, {@link FlowState} in 16 to 23. */
    private static final int IDENTITY = 5;

    private static final int LAST_SEEN = 6;
    /** The initiator's next sequence number in the high half, the responder's in the low. */
    private static final int NEXT_SEQUENCES = 7;
    /** Packets of the initiator since the responder's last in the high half, and the other way round in the low. */
    private static final int UNANSWERED = 8;

    private static final int CREATED = 9;

    /** Rank of a place that costs nobody anything. */
    private static final long FREE = Long.MAX_VALUE;

    private static final long LOW_BYTES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private final long[] tags;
    private final long[] entries;
    private final int setMask;
    private final FlowTimeouts timeouts;
    private long evictions;

    /** @param capacity entries, rounded up to a power of two, at least 8 */
    ConnectionTable(int capacity, FlowTimeouts timeouts) {
        int sets = Math.max(1, Integer.highestOneBit(Math.max(capacity - 1, 1)) * 2 / WAYS);
        this.tags = new long[sets];
        this.entries = new long[sets * WAYS * STRIDE];
        this.setMask = sets - 1;
        this.timeouts = timeouts;
    }

    /** The live entry of a flow, or {@link #NONE}. */
    int find(long hash, long nowNanos) {
        int set = (int) (hash >>> 32) & setMask;
        long difference = tags[set] ^ tag(hash) * LOW_BYTES;
        // Marks each zero byte; a byte above a zero one may be marked too, which the hash comparison rules out.
        long matches = difference - LOW_BYTES & ~difference & HIGH_BITS;
        while (matches != 0) {
            int at = (set * WAYS + (Long.numberOfTrailingZeros(matches) >>> 3)) * STRIDE;
            if (entries[at + HASH] == hash) {
                return isLive(at, nowNanos) ? at : NONE;
            }
            matches &= matches - 1;
        }
        return NONE;
    }

    /** Enters a connection, in place of an older entry of its own or of another's. */
    int put(
            long hash,
            long initiatorHigh,
            long initiatorLow,
            long responderHigh,
            long responderLow,
            long identity,
            long nowNanos) {
        int set = (int) (hash >>> 32) & setMask;
        int way = wayFor(set, hash, nowNanos);
        tags[set] = tags[set] & ~(0xffL << way * 8) | tag(hash) << way * 8;
        int at = (set * WAYS + way) * STRIDE;
        entries[at + HASH] = hash;
        entries[at + INITIATOR_HIGH] = initiatorHigh;
        entries[at + INITIATOR_LOW] = initiatorLow;
        entries[at + RESPONDER_HIGH] = responderHigh;
        entries[at + RESPONDER_LOW] = responderLow;
        entries[at + IDENTITY] = identity;
        entries[at + LAST_SEEN] = nowNanos;
        entries[at + NEXT_SEQUENCES] = 0;
        entries[at + UNANSWERED] = 0;
        entries[at + CREATED] = nowNanos;
        return at;
    }

    /** The identity word of {@link #put}. */
    static long identity(int initiatorPort, int responderPort, int protocol, int state) {
        return (long) initiatorPort << 48 | (long) responderPort << 32 | (long) protocol << 24 | (long) state << 16;
    }

    private int wayFor(int set, long hash, long nowNanos) {
        long word = tags[set];
        int best = 0;
        long bestRank = Long.MIN_VALUE;
        for (int way = 0; way < WAYS; way++) {
            int at = (set * WAYS + way) * STRIDE;
            boolean isTaken = (word >>> way * 8 & 0xff) != 0;
            if (isTaken && entries[at + HASH] == hash) {
                // Before any free place: a connection with two entries would come back from the older one.
                return way;
            }
            long rank = isTaken && isLive(at, nowNanos) ? rank(at, nowNanos) : FREE;
            if (rank > bestRank) {
                bestRank = rank;
                best = way;
            }
        }
        if (bestRank != FREE) {
            evictions++;
        }
        return best;
    }

    /** Closing entries go first, then those met in midstream: idle times stay far below 2^61. */
    private long rank(int entry, long nowNanos) {
        long idleNanos = nowNanos - entries[entry + LAST_SEEN];
        return switch (state(entry)) {
            case FlowState.TCP_CLOSING -> idleNanos + (1L << 62);
            case FlowState.TCP_MIDSTREAM -> idleNanos + (1L << 61);
            default -> idleNanos;
        };
    }

    private boolean isLive(int entry, long nowNanos) {
        return nowNanos - entries[entry + LAST_SEEN] <= timeouts.of(state(entry));
    }

    private static long tag(long hash) {
        return hash & 0x7f | 0x80;
    }

    /** Brings the flow's tag word into the cache; the value means nothing. */
    long touch(long hash) {
        return tags[(int) (hash >>> 32) & setMask];
    }

    boolean isFromInitiator(int entry, long sourceHigh, long sourceLow, int sourcePort) {
        return entries[entry + INITIATOR_LOW] == sourceLow
                && entries[entry + IDENTITY] >>> 48 == sourcePort
                && entries[entry + INITIATOR_HIGH] == sourceHigh;
    }

    int state(int entry) {
        return (int) (entries[entry + IDENTITY] >>> 16) & 0xff;
    }

    void setState(int entry, int state) {
        entries[entry + IDENTITY] = entries[entry + IDENTITY] & ~0xff_0000L | (long) state << 16;
    }

    void setLastSeenNanos(int entry, long nowNanos) {
        entries[entry + LAST_SEEN] = nowNanos;
    }

    int nextSequence(int entry, boolean ofInitiator) {
        return (int) (entries[entry + NEXT_SEQUENCES] >>> (ofInitiator ? 32 : 0));
    }

    void setNextSequence(int entry, boolean ofInitiator, int sequence) {
        long word = entries[entry + NEXT_SEQUENCES];
        entries[entry + NEXT_SEQUENCES] = ofInitiator
                ? word & 0xffff_ffffL | (long) sequence << 32
                : word & ~0xffff_ffffL | sequence & 0xffff_ffffL;
    }

    /** Packets of one side since the other's last; of TCP, repeated segments of one side since either made progress. */
    int unanswered(int entry, boolean ofInitiator) {
        return (int) (entries[entry + UNANSWERED] >>> (ofInitiator ? 32 : 0));
    }

    void clearUnanswered(int entry) {
        entries[entry + UNANSWERED] = 0;
    }

    /** Counts a packet of one side, which answers all of the other's. */
    void countPacket(int entry, boolean fromInitiator) {
        long own = Math.min(unanswered(entry, fromInitiator) + 1L, Integer.MAX_VALUE);
        entries[entry + UNANSWERED] = fromInitiator ? own << 32 : own;
    }

    int capacity() {
        return tags.length * WAYS;
    }

    /** Live entries that had to give way since the start. */
    long evictions() {
        return evictions;
    }

    long sizeBytes() {
        return (tags.length + (long) entries.length) * 8L;
    }
}
