package io.weir.filter.match;

import static io.weir.filter.match.LookupScratch.ADDRESSES;
import static io.weir.filter.match.LookupScratch.ROWS;
import static io.weir.filter.match.LookupScratch.PLACE;
import static io.weir.filter.match.LookupScratch.BITS;
import static io.weir.filter.match.LookupScratch.BASE;

import io.weir.filter.match.PrefixClasses.Ranges;

/**
 * IPv4 addresses to rows in at most three steps of 16, 8 and 8 bits, all of it small enough for the second-level cache:
 * runs of equal entries are stored once and found by counting bits, and a stretch of at most seven ranges is two words of
 * boundaries instead of a table. {@link Ipv4IndexBuilder} writes what this class reads.
 *
 * <p>A word of a table has in its lower half a bit for each of 32 pieces that starts a run, and in its upper half the
 * place of the entry before its first. A word of boundaries has the last addresses, 16 bits of them, before three ranges
 * start, each with a bit above that subtraction may take; from bit 51 on half of the place of the first range's entry.
 *
 * <p>An entry is a row where it isn't negative. Else the last 30 bits are a place in the words: of a table where bit 30 is
 * 0, of boundaries where it is 1.
 */
final class Ipv4Index implements AddressIndex {
    static final int ROOT_WORDS = (1 << 16) / Integer.SIZE;
    static final int TABLE_WORDS = 256 / Integer.SIZE;
    static final int SMALL_RANGES = 7;
    static final int LANES = 3;
    static final int LANE_BITS = 17;
    static final int BASE_SHIFT = LANES * LANE_BITS;
    static final int BASE_BITS = Long.SIZE - BASE_SHIFT;
    /** Of an entry that is no row. */
    static final int TABLE = 1 << 31;

    static final int BOUNDARIES = 3 << 30;
    private static final int PLACE_MASK = (1 << 30) - 1;
    static final int TABLE_LIMIT = 1 << 30;
    /** A 1 in each lane: to multiply with. */
    private static final long EACH_LANE = 1L | 1L << LANE_BITS | 1L << 2 * LANE_BITS;
    /** The bit above the 16 of each lane. */
    static final long GUARDS = EACH_LANE << 16;
    /** Root and a table: word and entry; boundaries: two words and entry. */
    private static final int WORST_LOADS = 7;

    /** The sources' root, the destinations' root, then tables and boundaries as they come. */
    private final long[] words;

    private final int[] entries;

    Ipv4Index(long[] words, int[] entries) {
        this.words = words;
        this.entries = entries;
    }

    static Ipv4Index of(Ranges sources, Ranges destinations, RowTable rows) {
        Ipv4IndexBuilder builder = new Ipv4IndexBuilder();
        builder.add(0, sources, rows::sourceRow);
        builder.add(ROOT_WORDS, destinations, rows::destinationRow);
        return builder.finished();
    }

    @Override
    public void find(LookupScratch s) {
        int[] ints = s.ints;
        int end = LookupScratch.SIZE + s.count;
        placeInRoot(ints);
        fetch(s, end, 16);
        for (int shift = 8; shift >= 0; shift -= 8) {
            placeInTables(ints, shift);
            fetch(s, end, shift);
        }
        int smalls = listBoundaries(s);
        findInBoundaries(s, smalls);
    }

    private void fetch(LookupScratch s, int end, int shift) {
        int[] ints = s.ints;
        readWords(ints, 0, s.count);
        readWords(ints, LookupScratch.SIZE, end);
        placeEntries(ints, shift);
        if (shift == 16) {
            readRootEntries(ints, 0, s.count);
            readRootEntries(ints, LookupScratch.SIZE, end);
        } else {
            readEntries(ints, 0, s.count);
            readEntries(ints, LookupScratch.SIZE, end);
        }
    }

    private static void placeInRoot(int[] ints) {
        for (int i = 0; i < LookupScratch.SIZE; i++) {
            ints[PLACE + i] = ints[ADDRESSES + i] >>> 21;
        }
        for (int i = LookupScratch.SIZE; i < 2 * LookupScratch.SIZE; i++) {
            ints[PLACE + i] = (ints[ADDRESSES + i] >>> 21) + ROOT_WORDS;
        }
    }

    private static void placeInTables(int[] ints, int shift) {
        for (int i = 0; i < 2 * LookupScratch.SIZE; i++) {
            int entry = ints[ROWS + i];
            int isTable = entry + TABLE_LIMIT >> 31;
            ints[PLACE + i] = (entry & isTable >>> 2) + (ints[ADDRESSES + i] >>> shift + 5 & 7);
        }
    }

    private void readWords(int[] ints, int from, int to) {
        long[] allWords = words;
        for (int i = from; i < to; i++) {
            long word = allWords[ints[PLACE + i]];
            ints[BITS + i] = (int) word;
            ints[BASE + i] = (int) (word >>> 32);
        }
    }

    private static void placeEntries(int[] ints, int shift) {
        for (int i = 0; i < 2 * LookupScratch.SIZE; i++) {
            ints[PLACE + i] = ints[BASE + i]
                    + Integer.bitCount(ints[BITS + i] << (~ints[ADDRESSES + i] >>> shift & 31));
        }
    }

    private void readRootEntries(int[] ints, int from, int to) {
        int[] allEntries = entries;
        for (int i = from; i < to; i++) {
            ints[ROWS + i] = allEntries[ints[PLACE + i]];
        }
    }

    private void readEntries(int[] ints, int from, int to) {
        int[] allEntries = entries;
        for (int i = from; i < to; i++) {
            int entry = ints[ROWS + i];
            int isTable = entry + TABLE_LIMIT >> 31;
            ints[ROWS + i] = entry ^ (entry ^ allEntries[ints[PLACE + i]]) & isTable;
        }
    }

    private static int listBoundaries(LookupScratch s) {
        int[] ints = s.ints;
        int smalls = 0;
        for (int k = 0; k < s.count; k++) {
            ints[PLACE + smalls] = k;
            smalls += ints[ROWS + k] >>> 31;
        }
        for (int k = LookupScratch.SIZE; k < LookupScratch.SIZE + s.count; k++) {
            ints[PLACE + smalls] = k;
            smalls += ints[ROWS + k] >>> 31;
        }
        return smalls;
    }

    private void findInBoundaries(LookupScratch s, int count) {
        long[] allWords = words;
        int[] allEntries = entries;
        int[] ints = s.ints;
        for (int j = 0; j < count; j++) {
            int i = ints[PLACE + j];
            int at = ints[ROWS + i] & PLACE_MASK;
            long first = allWords[at];
            long second = allWords[at + 1];
            long low = (ints[ADDRESSES + i] & 0xffffL) * EACH_LANE;
            // A guard is left where the range starts above the address.
            long above = (first - low & GUARDS) >>> 1 | second - low & GUARDS;
            int base = (int) (first >>> BASE_SHIFT | second >>> BASE_SHIFT << BASE_BITS);
            ints[ROWS + i] = allEntries[base + SMALL_RANGES - 1 - Long.bitCount(above)];
        }
    }

    @Override
    public int worstLoads() {
        return WORST_LOADS;
    }

    @Override
    public long sizeBytes() {
        return 8L * words.length + 4L * entries.length;
    }
}
