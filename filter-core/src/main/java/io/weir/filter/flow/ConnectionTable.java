package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;
import org.jspecify.annotations.Nullable;

/**
 * Proven connections and exchanges: entries of 64 bytes and a tag of one, IPv4 and IPv6 alike. A flow is known by its
 * 64-bit keyed hash; its addresses are kept where somebody may ask for them, in {@link ConnectionNames}.
 *
 * <p>Sets of eight. A flow's entry lies in one of two sets that its hash names; a new one goes to the emptier. There is
 * a sixth more places than the capacity says: so all but two in a thousand flows find a free one in a table that holds
 * as many as it was made for. A look-up that misses reads two tag words and, one time in sixteen, an entry.
 *
 * <p>Where both sets are full, an entry past its time-out gives way; else, of those proven worst, the one idle longest,
 * unless all are proven better than the newcomer: then the newcomer is refused. Both are counted.
 */
final class ConnectionTable {
    /** What {@link #find} answers for a flow that isn't there, and {@link #put} for one that was refused. */
    static final int NONE = -1;

    private static final int WAYS = 8;
    /** Longs of an entry: one cache line, where the array begins with one. */
    private static final int STRIDE = 8;
    /** Longs before the first entry: with the array's header of two they fill a cache line. */
    private static final int LEAD = 6;

    private static final int HASH = 0;
    private static final int LAST_SEEN = 2;
    /** Largest windows (16 bits each), then unanswered packets (16 bits each). */
    private static final int WINDOWS = 7;

    /** Places for each 100 connections. */
    private static final int PLACES_PERCENT = 117;
    /** Sets that {@link #fill} looks at, at the most. */
    private static final int SAMPLED_SETS = 1024;

    private static final long HALF = 0xffff_ffffL;
    private static final int MOST_UNANSWERED = 0xffff;

    /** By set: eight tags, 0 for an empty place. */
    private final long[] tags;

    private final long[] entries;
    private final int capacity;
    private final long[] timeoutNanos;
    private final @Nullable ConnectionNames names;
    private long evictions;
    private long refusals;

    /**
     * @param capacity connections, at least 1 and at most 200 million
     * @param isNamed whether they can be listed: 48 bytes a place more
     */
    ConnectionTable(int capacity, FlowTimeouts timeouts, boolean isNamed) {
        int sets = (int) Math.max(2, Math.ceilDiv((long) capacity * PLACES_PERCENT, 100L * WAYS));
        this.capacity = capacity;
        this.tags = new long[sets];
        this.entries = new long[LEAD + sets * WAYS * STRIDE];
        this.timeoutNanos = timeouts.byState();
        this.names = isNamed ? new ConnectionNames(sets * WAYS) : null;
    }

    /** The live entry of a flow, or {@link #NONE}. */
    int find(long hash, long nowNanos) {
        int at = likely(hash);
        if (at != NONE && entries[at + HASH] != hash) {
            at = entry(hash);
        }
        return at != NONE && isLive(at, nowNanos) ? at : NONE;
    }

    /**
     * The first entry with the flow's tag, or {@link #NONE}. Without a branch on which of its two sets that is: nobody
     * can foretell it, and a wrong guess would keep the processor from fetching for the flows behind it.
     */
    private int likely(long hash) {
        int first = firstSet(hash);
        int second = secondSet(hash);
        long firstMatches = TagWord.matches(tags[first], hash);
        long secondMatches = TagWord.matches(tags[second], hash);
        if ((firstMatches | secondMatches) == 0) {
            return NONE;
        }
        long isFirst = (firstMatches | -firstMatches) >> 63;
        int set = second ^ (first ^ second) & (int) isFirst;
        return place(set, firstMatches | secondMatches & ~isFirst);
    }

    /** The entry of a flow, live or not, or {@link #NONE}. */
    private int entry(long hash) {
        int at = entry(firstSet(hash), hash);
        return at == NONE ? entry(secondSet(hash), hash) : at;
    }

    private int entry(int set, long hash) {
        long matches = TagWord.matches(tags[set], hash);
        while (matches != 0) {
            int at = place(set, matches);
            if (entries[at + HASH] == hash) {
                return at;
            }
            matches &= matches - 1;
        }
        return NONE;
    }

    /**
     * Enters a flow, in place of an older entry of its own or of another's; of the new entry all but the hash, the
     * initiator's end, the state and the time is 0.
     *
     * @return {@link #NONE} where every entry that could give way is proven better
     */
    int put(long hash, int initiatorEnd, int state, long nowNanos) {
        int at = placeFor(hash, state, nowNanos);
        if (at != NONE) {
            entries[at + HASH] = hash;
            entries[at + EntryWord.CUT] = 0;
            entries[at + LAST_SEEN] = nowNanos;
            entries[at + EntryWord.META] = EntryWord.meta(state, initiatorEnd);
            entries[at + EntryWord.ENDS] = 0;
            entries[at + EntryWord.LIMITS] = 0;
            entries[at + EntryWord.ACKNOWLEDGED] = 0;
            entries[at + WINDOWS] = 0;
        }
        return at;
    }

    /** Says between whom a connection is, after it was put; by one of its packets. */
    void name(int entry, PacketBatch batch, int i, boolean isOfInitiator, long nowNanos) {
        if (names != null) {
            names.set((entry - LEAD) / STRIDE, batch, i, isOfInitiator, nowNanos);
        }
    }

    @Nullable
    ConnectionNames names() {
        return names;
    }

    int places() {
        return tags.length * WAYS;
    }

    /** The live entry at a place, or {@link #NONE}. */
    int entryAt(int place, long nowNanos) {
        int at = LEAD + place * STRIDE;
        boolean isTaken = (TagWord.taken(tags[place / WAYS]) >>> place % WAYS * Byte.SIZE & 0xff) != 0;
        return isTaken && isLive(at, nowNanos) ? at : NONE;
    }

    private int placeFor(long hash, int state, long nowNanos) {
        int first = firstSet(hash);
        int second = secondSet(hash);
        int known = entry(hash);
        if (known != NONE) {
            // Before any free place: a connection with two entries would come back from the older one.
            return known;
        }
        long firstFree = TagWord.empty(tags[first]);
        long secondFree = TagWord.empty(tags[second]);
        int set = Long.bitCount(secondFree) > Long.bitCount(firstFree) ? second : first;
        long free = set == first ? firstFree : secondFree;
        int at = free != 0 ? place(set, free) : yielding(first, second, state, nowNanos);
        if (at != NONE) {
            int place = (at - LEAD) / STRIDE;
            tags[place / WAYS] = TagWord.with(tags[place / WAYS], place % WAYS, hash);
        }
        return at;
    }

    /** The entry of two full sets that gives way to a newcomer of {@code state}, or {@link #NONE}. */
    private int yielding(int first, int second, int state, long nowNanos) {
        int best = NONE;
        int bestStrength = FlowState.strength(state) + 1;
        long bestIdleNanos = Long.MIN_VALUE;
        for (int n = 0; n < 2 * WAYS; n++) {
            int at = LEAD + ((n < WAYS ? first : second) * WAYS + n % WAYS) * STRIDE;
            if (!isLive(at, nowNanos)) {
                return at;
            }
            int strength = FlowState.strength(state(at));
            long idleNanos = nowNanos - entries[at + LAST_SEEN];
            if (strength < bestStrength || strength == bestStrength && best != NONE && idleNanos > bestIdleNanos) {
                best = at;
                bestStrength = strength;
                bestIdleNanos = idleNanos;
            }
        }
        if (best == NONE) {
            refusals++;
        } else {
            evictions++;
        }
        return best;
    }

    private boolean isLive(int entry, long nowNanos) {
        // Of a clock that was set back, what lies as far ahead as a time-out is as good as gone, too.
        return Math.abs(nowNanos - entries[entry + LAST_SEEN]) <= timeoutNanos[state(entry)];
    }

    /** The entry that the lowest mark stands for. */
    private static int place(int set, long marks) {
        return LEAD + (set * WAYS + TagWord.place(marks)) * STRIDE;
    }

    private int firstSet(long hash) {
        return (int) ((hash >>> 32) * tags.length >>> 32);
    }

    private int secondSet(long hash) {
        return (int) ((hash & HALF) * tags.length >>> 32);
    }

    /**
     * Brings the tag words and entries of so many flows into the cache. Three loops, each so short that the processor
     * fetches for dozens of flows at once.
     *
     * @param places takes for each flow where it lies, if it lies anywhere; {@link #NONE} is certain
     * @return a number without meaning
     */
    long touch(long[] hashes, int count, int[] places) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += tags[firstSet(hashes[i])] + tags[secondSet(hashes[i])];
        }
        for (int i = 0; i < count; i++) {
            places[i] = likely(hashes[i]);
        }
        for (int i = 0; i < count; i++) {
            int at = Math.max(0, places[i]);
            sum += entries[at] + entries[at + WINDOWS];
        }
        return sum;
    }

    /** As {@link #find(long, long)}, for a flow of which {@link #touch} said the place, however long ago. */
    int find(long hash, int place, long nowNanos) {
        return place != NONE && entries[place + HASH] == hash && isLive(place, nowNanos) ? place : find(hash, nowNanos);
    }

    /** The side that is this end of the flow. */
    int side(int entry, int end) {
        return EntryWord.side(entries[entry + EntryWord.META], end);
    }

    int state(int entry) {
        return EntryWord.state(entries[entry + EntryWord.META]);
    }

    void setState(int entry, int state) {
        entries[entry + EntryWord.META] = EntryWord.withState(entries[entry + EntryWord.META], state);
    }

    long lastSeenNanos(int entry) {
        return entries[entry + LAST_SEEN];
    }

    void setLastSeenNanos(int entry, long nowNanos) {
        entries[entry + LAST_SEEN] = nowNanos;
    }

    /** A word that {@link EntryWord} has the index of. */
    long word(int entry, int index) {
        return entries[entry + index];
    }

    void setWord(int entry, int index, long word) {
        entries[entry + index] = word;
    }

    /** The largest window field that a side has sent, unscaled. */
    int largestWindow(int entry, int side) {
        return (int) (entries[entry + WINDOWS] >>> 32 + (side >>> 1)) & 0xffff;
    }

    void setLargestWindow(int entry, int side, int window) {
        int shift = 32 + (side >>> 1);
        entries[entry + WINDOWS] = entries[entry + WINDOWS] & ~(0xffffL << shift) | (long) window << shift;
    }

    /** Packets of one side since the other's last; of TCP, repeated segments of one side since either made progress. */
    int unanswered(int entry, int side) {
        return (int) (entries[entry + WINDOWS] >>> (side >>> 1)) & MOST_UNANSWERED;
    }

    void clearUnanswered(int entry) {
        entries[entry + WINDOWS] &= ~HALF;
    }

    /** Counts a packet of one side, which answers all of the other's. */
    void countPacket(int entry, int side) {
        long own = Math.min(unanswered(entry, side) + 1, MOST_UNANSWERED);
        entries[entry + WINDOWS] = entries[entry + WINDOWS] & ~HALF | own << (side >>> 1);
    }

    int capacity() {
        return capacity;
    }

    /** Live entries that had to give way since the start. */
    long evictions() {
        return evictions;
    }

    /** Newcomers that found no place since the start. */
    long refusals() {
        return refusals;
    }

    /**
     * Live entries as a share of the capacity, above 1 in the places to spare: each asked while few are taken, else those of a
     * sample of the sets.
     */
    double fill(long nowNanos) {
        int sampled = isSparse() ? tags.length : Math.min(SAMPLED_SETS, tags.length);
        int live = 0;
        for (int n = 0; n < sampled; n++) {
            int set = (int) ((long) n * tags.length / sampled);
            long taken = TagWord.taken(tags[set]);
            for (; taken != 0; taken &= taken - 1) {
                live += isLive(place(set, taken), nowNanos) ? 1 : 0;
            }
        }
        return (double) live / sampled * tags.length / capacity;
    }

    /** Whether no more places are taken than a sample has: of so few a sample says little. */
    private boolean isSparse() {
        int left = SAMPLED_SETS * WAYS;
        for (int set = 0; set < tags.length && left >= 0; set++) {
            left -= Long.bitCount(TagWord.taken(tags[set]));
        }
        return left >= 0;
    }

    long sizeBytes() {
        return (tags.length + (long) entries.length) * Long.BYTES + (names == null ? 0 : names.sizeBytes());
    }
}
