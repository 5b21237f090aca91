package io.weir.filter.match;

import static io.weir.filter.match.Ipv4Index.BOUNDARIES;
import static io.weir.filter.match.Ipv4Index.ROOT_WORDS;
import static io.weir.filter.match.Ipv4Index.SMALL_RANGES;
import static io.weir.filter.match.Ipv4Index.TABLE;
import static io.weir.filter.match.Ipv4Index.TABLE_WORDS;

import io.weir.filter.match.PrefixClasses.Ranges;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Writes an {@link Ipv4Index}: one column of ranges after the other. */
final class Ipv4IndexBuilder {
    private long[] words = new long[4 * ROOT_WORDS];
    private int wordCount = 2 * ROOT_WORDS;
    private int[] entries = new int[1024];
    private int entryCount;

    /** Of the current column, the first address of each range, and its row. */
    private int[] starts = {};

    private int[] rows = {};

    /**
     * Adds a column.
     *
     * @param root where its root stands
     * @param rowOf by class
     */
    void add(int root, Ranges ranges, IntUnaryOperator rowOf) {
        starts = new int[ranges.size];
        rows = new int[ranges.size];
        Arrays.setAll(starts, i -> (int) ranges.lows[i]);
        Arrays.setAll(rows, i -> rowOf.applyAsInt(ranges.classes[i]));
        int[] pieces = new int[1 << 16];
        int range = 0;
        for (int i = 0; i < pieces.length; i++) {
            int first = covering(range, (long) i << 16);
            range = lastBelow(first, (i + 1L) << 16);
            pieces[i] = stretch(first, range, i << 16, 16);
        }
        writeRuns(root, pieces);
    }

    Ipv4Index finished() {
        return new Ipv4Index(Arrays.copyOf(words, wordCount), Arrays.copyOf(entries, entryCount));
    }

    /** The last range that starts below {@code end}, from {@code first} on. */
    private int lastBelow(int first, long end) {
        int last = first;
        while (last + 1 < starts.length && Integer.toUnsignedLong(starts[last + 1]) < end) {
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
            return rows[first];
        }
        if (bits == 16 && last - first < SMALL_RANGES) {
            return BOUNDARIES | addBoundaries(first, last);
        }
        int[] pieces = new int[256];
        int range = first;
        int step = bits - 8;
        for (int i = 0; i < pieces.length; i++) {
            long pieceStart = Integer.toUnsignedLong(start) + ((long) i << step);
            int pieceFirst = Math.min(last, covering(range, pieceStart));
            range = Math.min(last, lastBelow(pieceFirst, pieceStart + (1L << step)));
            pieces[i] = stretch(pieceFirst, range, (int) pieceStart, step);
        }
        int at = addWords(TABLE_WORDS);
        writeRuns(at, pieces);
        return TABLE | at;
    }

    private int addBoundaries(int first, int last) {
        int at = addWords(2);
        words[at + 1] = (long) entryCount << 32;
        for (int i = 1; i < SMALL_RANGES; i++) {
            // Behind no address where there is no such range.
            long before = first + i <= last ? starts[first + i] - 1 & 0xffff : 0xffff;
            words[at + (i - 1) / 4] |= before << (i - 1) % 4 * 16;
        }
        for (int i = first; i <= last; i++) {
            addEntry(rows[i]);
        }
        return at;
    }

    private int addWords(int count) {
        int at = wordCount;
        wordCount += count;
        if (wordCount > words.length) {
            words = Arrays.copyOf(words, 2 * wordCount);
        }
        return at;
    }

    private void writeRuns(int at, int[] pieces) {
        for (int i = 0; i < pieces.length; i++) {
            int word = at + i / Integer.SIZE;
            if (i % Integer.SIZE == 0) {
                words[word] = (long) (entryCount - 1) << 32;
            }
            if (i == 0 || pieces[i] != pieces[i - 1]) {
                words[word] |= 1L << i % Integer.SIZE;
                addEntry(pieces[i]);
            }
        }
    }

    private void addEntry(int entry) {
        if (entryCount == entries.length) {
            entries = Arrays.copyOf(entries, 2 * entryCount);
        }
        entries[entryCount++] = entry;
    }
}
