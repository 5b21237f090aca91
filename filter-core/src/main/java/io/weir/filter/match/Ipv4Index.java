package io.weir.filter.match;

import static io.weir.filter.match.LookupScratch.ADDRESSES;
import static io.weir.filter.match.LookupScratch.ROWS;
import static io.weir.filter.match.LookupScratch.SMALLS;
import static io.weir.filter.match.LookupScratch.TABLES;

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
        s.smallCount = 0;
        s.tableCount = 0;
        findInRoot(s, 0, 0, s.count);
        findInRoot(s, ROOT_WORDS, LookupScratch.SIZE, LookupScratch.SIZE + s.count);
        int open = findInTables(s, s.tableCount);
        findInLastTables(s, open);
        findInBoundaries(s, s.smallCount);
    }

    /** Lists what is still to be found: entry (32 bits), place (16) and the complement of the address's last 16. */
    private void findInRoot(LookupScratch s, int root, int from, int to) {
        long[] allWords = words;
        int[] allEntries = entries;
        int[] ints = s.ints;
        long[] longs = s.longs;
        int smalls = s.smallCount;
        int tables = s.tableCount;
        for (int i = from; i < to; i++) {
            int address = ints[ADDRESSES + i];
            long word = allWords[root + (address >>> 21)];
            // A shift takes the last five bits.
            int entry = allEntries[(int) (word >> 32) + Integer.bitCount((int) word << (~address >>> 16))];
            ints[ROWS + i] = entry;
            long item = (long) entry << 32 | i << 16 | ~address & 0xffff;
            longs[SMALLS + smalls] = item;
            smalls += isSmall(entry);
            longs[TABLES + tables] = item;
            tables += isTable(entry);
        }
        s.smallCount = smalls;
        s.tableCount = tables;
    }

    /** By the third byte. Finds rows, or tables of the last one. */
    private int findInTables(LookupScratch s, int count) {
        long[] allWords = words;
        int[] allEntries = entries;
        int[] ints = s.ints;
        long[] longs = s.longs;
        int open = 0;
        for (int j = 0; j < count; j++) {
            long item = longs[TABLES + j];
            int rest = (int) item;
            long word = allWords[((int) (item >>> 32) & PLACE_MASK) + (~rest >>> 13 & 7)];
            int entry = allEntries[(int) (word >> 32) + Integer.bitCount((int) word << (rest >>> 8))];
            ints[ROWS + (rest >>> 16)] = entry;
            longs[TABLES + open] = (long) entry << 32 | rest;
            open += entry >>> 31;
        }
        return open;
    }

    private void findInLastTables(LookupScratch s, int count) {
        long[] allWords = words;
        int[] allEntries = entries;
        int[] ints = s.ints;
        long[] longs = s.longs;
        for (int j = 0; j < count; j++) {
            long item = longs[TABLES + j];
            int rest = (int) item;
            long word = allWords[((int) (item >>> 32) & PLACE_MASK) + (~rest >>> 5 & 7)];
            ints[ROWS + (rest >>> 16)] = allEntries[(int) (word >> 32) + Integer.bitCount((int) word << rest)];
        }
    }

    private void findInBoundaries(LookupScratch s, int count) {
        long[] allWords = words;
        int[] allEntries = entries;
        int[] ints = s.ints;
        long[] longs = s.longs;
        for (int j = 0; j < count; j++) {
            long item = longs[SMALLS + j];
            int at = (int) (item >>> 32) & PLACE_MASK;
            long first = allWords[at];
            long second = allWords[at + 1];
            long low = (~item & 0xffff) * EACH_LANE;
            // A guard is left where the range starts above the address.
            long above = (first - low & GUARDS) >>> 1 | second - low & GUARDS;
            int base = (int) (first >>> BASE_SHIFT | second >>> BASE_SHIFT << BASE_BITS);
            ints[ROWS + ((int) item >>> 16)] = allEntries[base + SMALL_RANGES - 1 - Long.bitCount(above)];
        }
    }

    /** 1 or 0. */
    private static int isSmall(int entry) {
        return entry >>> 31 & entry >>> 30;
    }

    /** 1 or 0. */
    private static int isTable(int entry) {
        return entry >>> 31 & ~entry >>> 30;
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
