package io.weir.filter.match;

import static io.weir.filter.match.LookupScratch.ADDRESSES;
import static io.weir.filter.match.LookupScratch.LOWER;
import static io.weir.filter.match.LookupScratch.LOWER_2;
import static io.weir.filter.match.LookupScratch.NEXT;
import static io.weir.filter.match.LookupScratch.PIECES;
import static io.weir.filter.match.LookupScratch.ROWS;
import static io.weir.filter.match.LookupScratch.SIZE;
import static io.weir.filter.match.LookupScratch.SMALLS;
import static io.weir.filter.match.LookupScratch.UPPER;
import static io.weir.filter.match.LookupScratch.UPPER_2;

import io.weir.filter.match.PrefixClasses.Ranges;

/**
 * IPv4 addresses to rows in at most three steps of 16, 8 and 8 bits, all of it small enough for the second-level cache:
 * runs of equal entries are stored once and found by counting bits, and a stretch of at most seven ranges is two words of
 * boundaries instead of a table. {@link Ipv4IndexBuilder} writes what this class reads.
 *
 * <p>A word of a table has in its lower half a bit for each of 32 pieces that starts a run, and in its upper half the
 * place of the entry before its first. Two words of boundaries have the last addresses, 16 bits of them, before six ranges
 * start, and in the upper half of the second the place of the first range's entry.
 *
 * <p>An entry is a row where it isn't negative. Else the last 30 bits are a place in the words: of a table where bit 30 is
 * 0, of boundaries where it is 1.
 */
final class Ipv4Index implements AddressIndex {
    static final int ROOT_WORDS = (1 << 16) / Integer.SIZE;
    static final int TABLE_WORDS = 256 / Integer.SIZE;
    static final int SMALL_RANGES = 7;
    /** Of an entry that is no row. */
    static final int TABLE = 1 << 31;

    static final int BOUNDARIES = 3 << 30;
    private static final int PLACE_MASK = (1 << 30) - 1;
    /** Entries below its negative are tables. */
    private static final int TABLE_LIMIT = 1 << 30;
    /** Three steps: word and entry; boundaries: two words and entry. */
    private static final int WORST_LOADS = 9;

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

    /**
     * Takes all three steps with every address: one that is found sooner reads some word of the root, and keeps what it
     * has. So what to read, and what that means, are computed for many addresses at once, and what is read waits for
     * nothing but its place.
     */
    @Override
    public void find(LookupScratch s) {
        int[] ints = s.ints;
        int count = s.count;
        startInRoots(ints);
        for (int shift = 16; shift >= 0; shift -= 8) {
            if (shift < 16) {
                startInTables(ints, shift);
            }
            readWords(ints, 0, count);
            readWords(ints, SIZE, SIZE + count);
            toEntries(ints);
            readEntries(ints, 0, count);
            readEntries(ints, SIZE, SIZE + count);
            if (shift == 16) {
                System.arraycopy(ints, NEXT, ints, ROWS, 2 * SIZE);
            } else {
                keepFound(ints);
            }
        }
        findSmalls(ints, count);
    }

    private static void startInRoots(int[] ints) {
        for (int i = 0; i < SIZE; i++) {
            ints[NEXT + i] = ints[ADDRESSES + i] >>> 21;
        }
        for (int i = SIZE; i < 2 * SIZE; i++) {
            ints[NEXT + i] = ROOT_WORDS + (ints[ADDRESSES + i] >>> 21);
        }
        shiftBehind(ints, 16);
    }

    private static void startInTables(int[] ints, int shift) {
        for (int i = 0; i < 2 * SIZE; i++) {
            int entry = ints[ROWS + i];
            int isTable = entry + TABLE_LIMIT >> 31;
            ints[NEXT + i] = (entry & isTable >>> 2) + (ints[ADDRESSES + i] >>> shift + 5 & 7);
        }
        shiftBehind(ints, shift);
    }

    /** How many pieces of a word are behind the address's, in the last five bits. */
    private static void shiftBehind(int[] ints, int shift) {
        for (int i = 0; i < 2 * SIZE; i++) {
            ints[PIECES + i] = ~ints[ADDRESSES + i] >>> shift;
        }
    }

    private void readWords(int[] ints, int from, int to) {
        long[] all = words;
        for (int i = from; i < to; i++) {
            long word = all[ints[NEXT + i]];
            ints[LOWER + i] = (int) word << ints[PIECES + i];
            ints[UPPER + i] = (int) (word >>> 32);
        }
    }

    private static void toEntries(int[] ints) {
        for (int i = 0; i < 2 * SIZE; i++) {
            ints[NEXT + i] = ints[UPPER + i] + Integer.bitCount(ints[LOWER + i]);
        }
    }

    private void readEntries(int[] ints, int from, int to) {
        int[] all = entries;
        for (int i = from; i < to; i++) {
            ints[NEXT + i] = all[ints[NEXT + i]];
        }
    }

    private static void keepFound(int[] ints) {
        for (int i = 0; i < 2 * SIZE; i++) {
            int entry = ints[ROWS + i];
            int isTable = entry + TABLE_LIMIT >> 31;
            ints[ROWS + i] = entry ^ (entry ^ ints[NEXT + i]) & isTable;
        }
    }

    private void findSmalls(int[] ints, int count) {
        if (hasSmalls(ints, 0, count) || hasSmalls(ints, SIZE, SIZE + count)) {
            int smalls = listSmalls(ints, 0, count, 0);
            findInBoundaries(ints, listSmalls(ints, SIZE, SIZE + count, smalls));
        }
    }

    private static boolean hasSmalls(int[] ints, int from, int to) {
        int all = 0;
        for (int i = from; i < to; i++) {
            all |= ints[ROWS + i];
        }
        return all < 0;
    }

    private static int listSmalls(int[] ints, int from, int to, int before) {
        int smalls = before;
        for (int i = from; i < to; i++) {
            ints[SMALLS + smalls] = i;
            smalls += ints[ROWS + i] >>> 31;
        }
        return smalls;
    }

    private void findInBoundaries(int[] ints, int count) {
        readBoundaries(ints, count);
        passBoundaries(ints, LOWER, count);
        passBoundaries(ints, UPPER, count);
        passBoundaries(ints, LOWER_2, count);
        int[] all = entries;
        for (int j = 0; j < count; j++) {
            ints[ROWS + ints[SMALLS + j]] = all[ints[UPPER_2 + j]];
        }
    }

    private void readBoundaries(int[] ints, int count) {
        long[] all = words;
        for (int j = 0; j < count; j++) {
            int i = ints[SMALLS + j];
            int at = ints[ROWS + i] & PLACE_MASK;
            long first = all[at];
            long second = all[at + 1];
            ints[PIECES + j] = ints[ADDRESSES + i] & 0xffff;
            ints[LOWER + j] = (int) first;
            ints[UPPER + j] = (int) (first >>> 32);
            ints[LOWER_2 + j] = (int) second;
            ints[UPPER_2 + j] = (int) (second >>> 32);
        }
    }

    /** One entry further for each range before which the last address is below this one. */
    private static void passBoundaries(int[] ints, int at, int count) {
        for (int j = 0; j < count; j++) {
            int piece = ints[PIECES + j];
            ints[UPPER_2 + j] += ((ints[at + j] & 0xffff) - piece >>> 31) + ((ints[at + j] >>> 16) - piece >>> 31);
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
