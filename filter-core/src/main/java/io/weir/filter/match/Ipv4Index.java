package io.weir.filter.match;

import io.weir.filter.match.PrefixClasses.Ranges;
import java.util.Arrays;

/**
 * IPv4 addresses to classes in at most three steps of 16, 8 and 8 bits, all of it small enough for the second-level
 * cache: runs of equal entries are stored once and found by counting bits, and a stretch of at most four ranges is one
 * {@code long} of boundaries instead of a table.
 *
 * <p>An entry is a class where it isn't negative. Else its complement is twice a number, and even for a table of 256
 * runs, odd for boundaries.
 */
final class Ipv4Index implements AddressIndex {
    private static final int ROOT_WORDS = (1 << 16) / Long.SIZE;
    private static final int TABLE_WORDS = 256 / Long.SIZE;
    private static final int SMALL_RANGES = 4;
    /** Root: bits, base, entry. A table or boundaries: three more at most, twice. */
    private static final int WORST_LOADS = 9;

    /** Where runs start, one bit an entry: the root's words, then those of the tables. */
    private long[] starts = new long[ROOT_WORDS + 64];
    /** For each word of {@link #starts}: the place of the run before its first. */
    private int[] bases = new int[ROOT_WORDS + 64];

    private int[] entries = new int[256];
    /** The lower halves of addresses at which the second, third and fourth range start, 16 bits each. */
    private long[] boundaries = new long[16];

    private int[] boundaryClasses = new int[SMALL_RANGES * 16];

    private int words;
    private int entryCount;
    private int smallCount;

    private final int[] rangeStarts;
    private final int[] rangeClasses;

    private Ipv4Index(Ranges ranges) {
        rangeStarts = new int[ranges.size];
        Arrays.setAll(rangeStarts, i -> (int) ranges.lows[i]);
        rangeClasses = Arrays.copyOf(ranges.classes, ranges.size);
    }

    static Ipv4Index of(Ranges ranges) {
        Ipv4Index index = new Ipv4Index(ranges);
        index.build();
        return index;
    }

    private void build() {
        int[] root = new int[1 << 16];
        int range = 0;
        for (int i = 0; i < root.length; i++) {
            int first = covering(range, (long) i << 16);
            range = lastBelow(first, (i + 1L) << 16);
            root[i] = stretch(first, range, i << 16, 16);
        }
        // Tables were numbered as they came, behind the root's words.
        int tables = words;
        long[] tableStarts = Arrays.copyOf(starts, tables);
        int[] tableBases = Arrays.copyOf(bases, tables);
        starts = new long[ROOT_WORDS + tables];
        bases = new int[ROOT_WORDS + tables];
        System.arraycopy(tableStarts, 0, starts, ROOT_WORDS, tables);
        System.arraycopy(tableBases, 0, bases, ROOT_WORDS, tables);
        words = 0;
        addRuns(root);
        entries = Arrays.copyOf(entries, entryCount);
        boundaries = Arrays.copyOf(boundaries, smallCount);
        boundaryClasses = Arrays.copyOf(boundaryClasses, SMALL_RANGES * smallCount);
    }

    /** The last range that starts below {@code end}, from {@code first} on. */
    private int lastBelow(int first, long end) {
        int last = first;
        while (last + 1 < rangeStarts.length && Integer.toUnsignedLong(rangeStarts[last + 1]) < end) {
            last++;
        }
        return last;
    }

    private int covering(int first, long address) {
        return lastBelow(first, address + 1);
    }

    /** The entry for the {@code 2^bits} addresses from {@code start}, which the ranges {@code first..last} cover. */
    private int stretch(int first, int last, int start, int bits) {
        if (first == last) {
            return rangeClasses[first];
        }
        if (last - first < SMALL_RANGES) {
            return ~(addSmall(first, last) << 1 | 1);
        }
        int[] table = new int[256];
        int range = first;
        int step = bits - 8;
        for (int i = 0; i < table.length; i++) {
            long pieceStart = Integer.toUnsignedLong(start) + ((long) i << step);
            int pieceFirst = Math.min(last, covering(range, pieceStart));
            range = Math.min(last, lastBelow(pieceFirst, pieceStart + (1L << step)));
            table[i] = stretch(pieceFirst, range, (int) pieceStart, step);
        }
        return ~(addRuns(table) / TABLE_WORDS << 1);
    }

    private int addSmall(int first, int last) {
        if (smallCount == boundaries.length) {
            boundaries = Arrays.copyOf(boundaries, 2 * smallCount);
            boundaryClasses = Arrays.copyOf(boundaryClasses, SMALL_RANGES * 2 * smallCount);
        }
        long packed = 0;
        for (int i = 1; i < SMALL_RANGES; i++) {
            packed |= (rangeStarts[Math.min(first + i, last)] & 0xffffL) << 16 * (i - 1);
        }
        boundaries[smallCount] = packed;
        boundaryClasses[SMALL_RANGES * smallCount] = rangeClasses[first];
        for (int i = 1; i < SMALL_RANGES; i++) {
            boundaryClasses[SMALL_RANGES * smallCount + i] = rangeClasses[Math.min(first + i, last)];
        }
        return smallCount++;
    }

    /** Stores a table as runs; returns its first word. */
    private int addRuns(int[] table) {
        int first = words;
        words += table.length / Long.SIZE;
        if (words > starts.length) {
            starts = Arrays.copyOf(starts, 2 * words);
            bases = Arrays.copyOf(bases, 2 * words);
        }
        for (int i = 0; i < table.length; i++) {
            int word = first + i / Long.SIZE;
            if (i % Long.SIZE == 0) {
                bases[word] = entryCount - 1;
            }
            if (i == 0 || table[i] != table[i - 1]) {
                starts[word] |= 1L << i;
                addEntry(table[i]);
            }
        }
        return first;
    }

    private void addEntry(int entry) {
        if (entryCount == entries.length) {
            entries = Arrays.copyOf(entries, 2 * entryCount);
        }
        entries[entryCount++] = entry;
    }

    @Override
    public void find(long[] highs, long[] lows, int count, int[] classes, int[][] work) {
        int[] smalls = work[0];
        int[] tables = work[1];
        int smallCount = 0;
        int tableCount = 0;
        for (int k = 0; k < count; k++) {
            int address = (int) lows[k];
            int entry = run(address >>> 22, address >>> 16);
            classes[k] = entry;
            smalls[smallCount] = k;
            smallCount += isSmall(entry);
            tables[tableCount] = k;
            tableCount += isTable(entry);
        }
        for (int shift = 8; tableCount > 0; shift -= 8) {
            int deeper = 0;
            for (int j = 0; j < tableCount; j++) {
                int k = tables[j];
                int piece = (int) lows[k] >>> shift & 0xff;
                int entry = run(ROOT_WORDS + (~classes[k] >> 1) * TABLE_WORDS + (piece >>> 6), piece);
                classes[k] = entry;
                smalls[smallCount] = k;
                smallCount += isSmall(entry);
                tables[deeper] = k;
                deeper += isTable(entry);
            }
            tableCount = deeper;
        }
        for (int j = 0; j < smallCount; j++) {
            int k = smalls[j];
            classes[k] = bounded(~classes[k] >> 1, (int) lows[k] & 0xffff);
        }
    }

    /** 1 or 0: negative, and the complement odd. */
    private static int isSmall(int entry) {
        return entry >>> 31 & ~entry;
    }

    /** 1 or 0: negative, and the complement even. */
    private static int isTable(int entry) {
        return entry >>> 31 & entry;
    }

    /** The entry of the run that holds the bit of this word. */
    private int run(int word, int bit) {
        return entries[bases[word] + Long.bitCount(starts[word] & -1L >>> ~bit)];
    }

    private int bounded(int small, int low) {
        long packed = boundaries[small];
        // Each difference is negative, so -1 after the shift, where the range starts above the address.
        int range = SMALL_RANGES
                - 1
                + (low - (int) (packed & 0xffff) >> 31)
                + (low - (int) (packed >>> 16 & 0xffff) >> 31)
                + (low - (int) (packed >>> 32) >> 31);
        return boundaryClasses[SMALL_RANGES * small + range];
    }

    @Override
    public int worstLoads() {
        return WORST_LOADS;
    }

    @Override
    public long sizeBytes() {
        return 8L * (starts.length + boundaries.length) + 4L * (bases.length + entries.length + boundaryClasses.length);
    }
}
