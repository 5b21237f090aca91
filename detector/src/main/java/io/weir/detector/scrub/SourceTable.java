package io.weir.detector.scrub;

import io.weir.filter.fault.Fault;
import io.weir.filter.flow.FlowHash;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Sources and how they have behaved: a fixed number of entries of 32 bytes, in sets of four, by keyed hash. One worker's;
 * allocates nothing after construction but to save, restore and explain.
 *
 * <p>When a set is full, the least proven entry gives way, and of several the one that was seen last the longest ago, but
 * never to a source that is less proven itself:
 *
 * <ol start="0">
 *   <li>nothing, or an entry that has expired
 *   <li>seen, and no more: expires after two minutes
 *   <li>seen again over more than a second, from the same distance: expires after an hour
 *   <li>a completed handshake: expires after a week
 *   <li>two of them, a minute or more apart: expires after a week
 * </ol>
 *
 * So false addresses, however many, can't displace a source that has completed a handshake, nor robots that complete one
 * each a regular.
 */
public final class SourceTable {
    /** Entries that an engine has. */
    public static final int CAPACITY = 1 << 18;

    /** What {@link #find} answers for a source that isn't known. */
    static final int NONE = -1;

    private static final int WAYS = 4;
    private static final int STRIDE = 4;
    private static final int HIGH = 0;
    private static final int LOW = 1;
    private static final int TIMES = 2;
    private static final int DEEDS = 3;

    private static final long LOW_BITS = 0x0001_0001_0001_0001L;
    private static final long HIGH_BITS = 0x8000_8000_8000_8000L;

    private static final int SEEN = 1;
    private static final int FAMILIAR = 2;
    private static final int PROVEN = 3;
    private static final int REGULAR = 4;
    /** By rank, in seconds. */
    private static final double[] EXPIRES = {0, 120, 3600, 604_800, 604_800};

    private static final double FAMILIAR_SECONDS = 1;
    private static final double REGULAR_SECONDS = 60;

    /** By set: four tags, 0 for an empty way: most strangers cost this word alone. */
    private final long[] tags;

    private final long[] entries;
    private final int setMask;
    private final FlowHash hash;
    private long displaced;
    private long entered;

    /** @param capacity entries, a power of two, at least 4 */
    public SourceTable(int capacity, FlowHash hash) {
        this.tags = new long[capacity / WAYS];
        this.entries = new long[capacity * STRIDE];
        this.setMask = capacity / WAYS - 1;
        this.hash = hash;
    }

    /** The entry of an address, or {@link #NONE}. */
    int find(long high, long low, long addressHash) {
        int set = (int) (addressHash >>> 32) & setMask;
        long difference = tags[set] ^ tag(addressHash) * LOW_BITS;
        // Marks each zero tag; one above a zero tag may be marked too, which the comparison rules out.
        long matches = difference - LOW_BITS & ~difference & HIGH_BITS;
        while (matches != 0) {
            int at = (set * WAYS + (Long.numberOfTrailingZeros(matches) >>> 4)) * STRIDE;
            if (entries[at + LOW] == low && entries[at + HIGH] == high) {
                return at;
            }
            matches &= matches - 1;
        }
        return NONE;
    }

    /**
     * Asks for so many addresses at once: a loop so short that the processor fetches for dozens of them at a time.
     *
     * @param areStrangers of each: whether there is surely no entry, as long as {@link #entered} stays the same
     */
    void lookUp(long[] addressHashes, int count, boolean[] areStrangers) {
        for (int i = 0; i < count; i++) {
            long difference = tags[(int) (addressHashes[i] >>> 32) & setMask] ^ tag(addressHashes[i]) * LOW_BITS;
            areStrangers[i] = (difference - LOW_BITS & ~difference & HIGH_BITS) == 0;
        }
    }

    /** Entries made since the start. */
    long entered() {
        return entered;
    }

    /** Whether a packet comes from as far as its source is known to be, one hop more or less. */
    boolean isSameDistance(int entry, int timeToLive) {
        int difference = SourceWord.hopsOf(timeToLive) - SourceWord.hops(entries[entry + DEEDS]);
        return difference >= -1 && difference <= 1;
    }

    /** The score of {@link Credibility}. */
    int score(int entry, long nowNanos) {
        return CredibilityScore.of(entries[entry + TIMES], entries[entry + DEEDS], nowNanos);
    }

    /** Whether a source was seen at a time or before, and has done nothing since that speaks against it. */
    boolean isKnownSince(int entry, long timeNanos, long nowNanos) {
        double sinceSeconds = (nowNanos - timeNanos) / 1e9;
        return SourceWord.ageSeconds(entries[entry + TIMES], nowNanos) >= sinceSeconds
                && SourceWord.offences(entries[entry + DEEDS], nowNanos) == 0
                && !isExpired(entry, nowNanos);
    }

    /** The same of an address, seen from the same distance; {@code isProofWanted}: only who has completed a handshake. */
    boolean isKnown(long high, long low, int timeToLive, boolean isProofWanted, long timeNanos, long nowNanos) {
        int entry = find(high, low, hash.address(high, low));
        return entry != NONE
                && isSameDistance(entry, timeToLive)
                && isKnownSince(entry, timeNanos, nowNanos)
                && (!isProofWanted || earnedRank(entry) >= PROVEN);
    }

    /** A source has completed a handshake: entered if it can be. */
    void noteHandshake(long high, long low, int timeToLive, boolean isOneSided, long nowNanos) {
        int entry = entry(high, low, timeToLive, PROVEN, nowNanos);
        if (entry == NONE) {
            return;
        }
        long deeds = entries[entry + DEEDS];
        long added = isOneSided ? SourceWord.withOneSided(deeds) : SourceWord.withHandshake(deeds);
        // What is proven may be farther than before: routes change.
        entries[entry + DEEDS] =
                isSameDistance(entry, timeToLive) ? added : SourceWord.withHops(added, SourceWord.hopsOf(timeToLive));
        noteSeen(entry, nowNanos);
    }

    /** A source goes on with an exchange that was answered: entered if it can be. */
    void noteExchange(long high, long low, int timeToLive, long nowNanos) {
        int entry = entry(high, low, timeToLive, SEEN, nowNanos);
        if (entry != NONE && isSameDistance(entry, timeToLive)) {
            entries[entry + DEEDS] = SourceWord.withExchange(entries[entry + DEEDS]);
            noteSeen(entry, nowNanos);
        }
    }

    /** A source has sent something that proves nothing, in peace: entered if it can be. */
    void noteSighting(long high, long low, int timeToLive, long nowNanos) {
        int entry = entry(high, low, timeToLive, SEEN, nowNanos);
        if (entry != NONE && isSameDistance(entry, timeToLive)) {
            if (SourceWord.silenceSeconds(entries[entry + TIMES], nowNanos) > 0) {
                entries[entry + DEEDS] = SourceWord.withSighting(entries[entry + DEEDS]);
            }
            noteSeen(entry, nowNanos);
        }
    }

    /** A source has taken more than many times its share, matched a signature, or repeated a frame as tools do. */
    void noteOffence(int entry, long nowNanos) {
        entries[entry + DEEDS] = SourceWord.withOffence(entries[entry + DEEDS], nowNanos);
    }

    private void noteSeen(int entry, long nowNanos) {
        entries[entry + TIMES] = SourceWord.seen(entries[entry + TIMES], nowNanos);
    }

    private int entry(long high, long low, int timeToLive, int rank, long nowNanos) {
        long addressHash = hash.address(high, low);
        int entry = find(high, low, addressHash);
        if (entry != NONE) {
            return entry;
        }
        int made = make(high, low, addressHash, rank, nowNanos);
        if (made != NONE) {
            entries[made + TIMES] = SourceWord.times(nowNanos, nowNanos);
            entries[made + DEEDS] = SourceWord.ofHops(SourceWord.hopsOf(timeToLive));
        }
        return made;
    }

    private int make(long high, long low, long addressHash, int rank, long nowNanos) {
        int set = (int) (addressHash >>> 32) & setMask;
        int victim = set * WAYS * STRIDE;
        int lowest = Integer.MAX_VALUE;
        double longest = -1;
        for (int at = victim; at < (set + 1) * WAYS * STRIDE; at += STRIDE) {
            int found = rank(at, nowNanos);
            double silence = SourceWord.silenceSeconds(entries[at + TIMES], nowNanos);
            if (found < lowest || found == lowest && silence > longest) {
                victim = at;
                lowest = found;
                longest = silence;
            }
        }
        displaced += Math.min(lowest, rank) >= PROVEN ? 1 : 0;
        if (lowest > rank) {
            return NONE;
        }
        entered++;
        int way = victim / STRIDE & WAYS - 1;
        tags[set] = tags[set] & ~(0xffffL << way * 16) | tag(addressHash) << way * 16;
        entries[victim + HIGH] = high;
        entries[victim + LOW] = low;
        return victim;
    }

    /** How well an entry is proven, 0 for an empty or expired one: see the class. */
    private int rank(int entry, long nowNanos) {
        int set = entry / STRIDE / WAYS;
        int way = entry / STRIDE & WAYS - 1;
        if ((tags[set] >>> way * 16 & 0xffff) == 0 || isExpired(entry, nowNanos)) {
            return 0;
        }
        return earnedRank(entry);
    }

    private int earnedRank(int entry) {
        long deeds = entries[entry + DEEDS];
        int handshakes = SourceWord.handshakes(deeds) + SourceWord.oneSided(deeds);
        double span = SourceWord.spanSeconds(entries[entry + TIMES]);
        if (handshakes > 0) {
            return handshakes > 1 && span >= REGULAR_SECONDS ? REGULAR : PROVEN;
        }
        boolean isAgain = SourceWord.sightings(deeds) + SourceWord.exchanges(deeds) > 0;
        return isAgain && span >= FAMILIAR_SECONDS ? FAMILIAR : SEEN;
    }

    private boolean isExpired(int entry, long nowNanos) {
        return SourceWord.silenceSeconds(entries[entry + TIMES], nowNanos) > EXPIRES[earnedRank(entry)];
    }

    private static long tag(long addressHash) {
        return addressHash & 0x7fff | 0x8000;
    }

    /** What is known of an address, explained. May be slow. */
    public Credibility credibility(long high, long low, long nowNanos) {
        int entry = find(high, low, hash.address(high, low));
        return entry == NONE || isExpired(entry, nowNanos)
                ? Credibility.NONE
                : CredibilityScore.explain(entries[entry + TIMES], entries[entry + DEEDS], nowNanos);
    }

    /**
     * Adds live sources to a list until it has {@code most}.
     *
     * @param from first entry looked at, {@code to} the one after the last
     * @param minimumScore of those that are added
     * @return the first entry that wasn't looked at
     */
    public int list(int from, int to, int minimumScore, int most, long nowNanos, List<KnownSource> list) {
        int n = from;
        for (; n < to && list.size() < most; n++) {
            int at = n * STRIDE;
            if (rank(at, nowNanos) > 0
                    && CredibilityScore.of(entries[at + TIMES], entries[at + DEEDS], nowNanos) >= minimumScore) {
                list.add(new KnownSource(
                        entries[at + HIGH],
                        entries[at + LOW],
                        CredibilityScore.explain(entries[at + TIMES], entries[at + DEEDS], nowNanos)));
            }
        }
        return n;
    }

    /** Sources that had completed a handshake and gave way or found no entry, since the start. */
    public long displaced() {
        return displaced;
    }

    public int capacity() {
        return entries.length / STRIDE;
    }

    /** Memory in bytes, fixed at construction. */
    public long sizeBytes() {
        return (tags.length + (long) entries.length) * 8;
    }

    /** Every live entry that is worth keeping. */
    void forEach(long nowNanos, SourceFile.Entries consumer) throws IOException {
        forEach(0, slots(), nowNanos, consumer);
    }

    /** Places for entries, taken or not. */
    int slots() {
        return entries.length / STRIDE;
    }

    /** The same of some of its places. */
    void forEach(int from, int to, long nowNanos, SourceFile.Entries consumer) throws IOException {
        for (int at = from * STRIDE; at < to * STRIDE; at += STRIDE) {
            if (rank(at, nowNanos) >= FAMILIAR) {
                consumer.accept(entries[at + HIGH], entries[at + LOW], entries[at + TIMES], entries[at + DEEDS]);
            }
        }
    }

    /** Enters a source as it was saved, where nothing better proven is in its place. */
    void restore(long high, long low, long times, long deeds, long nowNanos) {
        long addressHash = hash.address(high, low);
        int known = find(high, low, addressHash);
        int handshakes = SourceWord.handshakes(deeds) + SourceWord.oneSided(deeds);
        int entry = known != NONE
                ? known
                : make(
                        high,
                        low,
                        addressHash,
                        handshakes == 0 ? FAMILIAR : handshakes == 1 ? PROVEN : REGULAR,
                        nowNanos);
        if (entry != NONE) {
            entries[entry + TIMES] = times;
            entries[entry + DEEDS] = deeds;
        }
    }

    /**
     * Saves what is known: every source that was seen more than once, in a format of its own that {@link #read} reads, on
     * this machine or another.
     *
     * @param out not closed
     * @param nowNanos what has expired by then is left out
     */
    public void write(OutputStream out, long nowNanos) throws IOException {
        SourceFile.write(this, out, nowNanos);
    }

    /**
     * Adds what was saved. Nothing is added unless all of it can be read.
     *
     * @param name of the file, for the faults
     * @param in not closed
     * @return what is wrong with it, empty if nothing is
     */
    public List<Fault> read(String name, InputStream in) throws IOException {
        return SourceFile.read(this, name, in);
    }
}
