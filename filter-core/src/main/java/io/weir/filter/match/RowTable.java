package io.weir.filter.match;

import java.util.Arrays;

/**
 * For each class of both address columns, which boxes it matches, packed into one array so that a lookup has one base and
 * one length to keep. A row says for each plane of 64 blocks, one bit each, which of its blocks aren't all zero, and where
 * its run of those blocks starts. Where a block is one word, a run holds the words themselves; else for each block, in the
 * upper 16 bits, one bit for each word that isn't zero, and below them where those words stand. Runs and blocks that are
 * equal are stored once.
 *
 * <p>A row has its parent's boxes and its prefix's own, so rows come out of one walk down the prefixes.
 */
final class RowTable {
    /** Words of a block at most. */
    static final int MOST_BLOCK_WORDS = 16;

    private static final int AGGREGATE_SHIFT = Long.SIZE - MOST_BLOCK_WORDS;

    final int planes;
    /** Words of a block. */
    final int blockWords;
    /** Of a row, by plane: head, and pointer in the lower half of a word; above the first pointer the row's cell. */
    private final int stride;

    private final int sourceCount;
    private final SharedRuns runs;
    /** The rows, those of sources first, then runs and blocks. */
    final long[] words;

    private RowTable(PrefixClasses sources, PrefixClasses destinations, Layout layout) {
        planes = Math.max(1, layout.planes());
        blockWords = layout.blockWords;
        stride = 2 * planes;
        sourceCount = sources.count();
        runs = new SharedRuns((sourceCount + destinations.count()) * stride);
        build(sources, 0, layout);
        build(destinations, sourceCount, layout);
        words = runs.finished();
    }

    static RowTable of(PrefixClasses sources, PrefixClasses destinations, Layout layout) {
        return new RowTable(sources, destinations, layout);
    }

    private void build(PrefixClasses classes, int firstRow, Layout layout) {
        int[] firstOf = new int[classes.count()];
        int[] nextOf = new int[layout.boxAt.length];
        Arrays.fill(firstOf, -1);
        for (int at = 0; at < layout.boxAt.length; at++) {
            if (layout.boxAt[at] >= 0) {
                int owner = classes.classOf(layout.boxAt[at]);
                nextOf[at] = firstOf[owner];
                firstOf[owner] = at;
            }
        }
        // The rows from the top down to the current prefix: at most 130, one for each length.
        long[][] open = new long[130][];
        int[] depths = new int[classes.count()];
        // Whole blocks.
        int size = planes * Long.SIZE * blockWords;
        open[0] = new long[size];
        writeRow(firstRow * stride, open[0]);
        for (int row = 1; row < depths.length; row++) {
            int parent = classes.parent(row);
            int depth = depths[parent] + 1;
            depths[row] = depth;
            if (open[depth] == null) {
                open[depth] = new long[size];
            }
            System.arraycopy(open[depth - 1], 0, open[depth], 0, size);
            for (int at = firstOf[row]; at >= 0; at = nextOf[at]) {
                open[depth][at >>> 6] |= 1L << at;
            }
            writeRow((firstRow + row) * stride, open[depth]);
        }
    }

    private void writeRow(int row, long[] bits) {
        long[] run = new long[Long.SIZE];
        for (int plane = 0; plane < planes; plane++) {
            long head = 0;
            int size = 0;
            for (int block = 0; block < Long.SIZE; block++) {
                long element = element(bits, (plane * Long.SIZE + block) * blockWords);
                if (element != 0) {
                    head |= 1L << block;
                    run[size++] = element;
                }
            }
            int at = size == 0 ? 0 : runs.add(run, size);
            runs.words[row + 2 * plane] = head;
            runs.words[row + 2 * plane + 1] = at;
        }
    }

    /** 0 where all of the block's words are. */
    private long element(long[] bits, int from) {
        if (blockWords == 1) {
            return bits[from];
        }
        long[] block = new long[blockWords];
        int size = 0;
        long aggregate = 0;
        for (int i = 0; i < blockWords; i++) {
            if (bits[from + i] != 0) {
                aggregate |= 1L << i;
                block[size++] = bits[from + i];
            }
        }
        return size == 0 ? 0 : aggregate << AGGREGATE_SHIFT | runs.add(block, size);
    }

    int sourceRow(int sourceClass) {
        return sourceClass * stride;
    }

    int destinationRow(int destinationClass) {
        return (sourceCount + destinationClass) * stride;
    }

    int sourceClass(int row) {
        return row / stride;
    }

    int destinationClass(int row) {
        return row / stride - sourceCount;
    }

    int stride() {
        return stride;
    }

    /** Keeps a number with a row: what {@link WildTable} adds for it. */
    void setCell(int row, int cell) {
        words[row + 1] |= (long) cell << 32;
    }

    /** The row's blocks in a plane, a bit each. */
    long head(int row, int plane) {
        return words[row + 2 * plane];
    }

    /** Where the row's run for a plane starts. */
    int pointer(int row, int plane) {
        return (int) words[row + 2 * plane + 1];
    }

    /** The element of the row's run that stands for the block with this bit. */
    long element(int row, int plane, long bit) {
        return words[pointer(row, plane) + Long.bitCount(head(row, plane) & bit - 1)];
    }

    /** A bit for each word that may decide where two elements of one block meet. */
    long common(long element, long other) {
        return blockWords == 1 ? 1 : (element & other) >>> AGGREGATE_SHIFT;
    }

    /** The place of the word that stands for this bit of the element's. */
    static int wordAt(long element, long below) {
        return (int) element + Long.bitCount(element >>> AGGREGATE_SHIFT & below);
    }

    long sizeBytes() {
        return 8L * words.length;
    }

    /** An array that runs are appended to, unless the same one is there. */
    private static final class SharedRuns {
        long[] words;
        private int end;
        private int[] known = new int[1024];
        private int[] lengths = new int[1024];
        private int knownCount;

        SharedRuns(int reserved) {
            words = new long[reserved + 1024];
            end = reserved;
        }

        int add(long[] run, int size) {
            int slot = slot(run, 0, size, known.length - 1);
            while (lengths[slot] != 0) {
                int at = known[slot];
                if (lengths[slot] == size && Arrays.equals(words, at, at + size, run, 0, size)) {
                    return at;
                }
                slot = slot + 1 & known.length - 1;
            }
            if (end + size > words.length) {
                words = Arrays.copyOf(words, 2 * words.length + size);
            }
            System.arraycopy(run, 0, words, end, size);
            known[slot] = end;
            lengths[slot] = size;
            end += size;
            if (++knownCount * 2 > known.length) {
                rehash();
            }
            return end - size;
        }

        private static int slot(long[] run, int from, int size, int mask) {
            long hash = size;
            for (int i = from; i < from + size; i++) {
                hash = (hash ^ run[i]) * 0x9e37_79b9_7f4a_7c15L;
                hash ^= hash >>> 32;
            }
            return (int) hash & mask;
        }

        private void rehash() {
            int[] oldKnown = known;
            int[] oldLengths = lengths;
            known = new int[2 * oldKnown.length];
            lengths = new int[known.length];
            for (int i = 0; i < oldKnown.length; i++) {
                if (oldLengths[i] != 0) {
                    int slot = slot(words, oldKnown[i], oldLengths[i], known.length - 1);
                    while (lengths[slot] != 0) {
                        slot = slot + 1 & known.length - 1;
                    }
                    known[slot] = oldKnown[i];
                    lengths[slot] = oldLengths[i];
                }
            }
        }

        long[] finished() {
            return Arrays.copyOf(words, end);
        }
    }
}
