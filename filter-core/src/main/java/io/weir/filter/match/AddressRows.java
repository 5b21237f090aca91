package io.weir.filter.match;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * For each class of one address column, which boxes it matches, packed. A row has a head with a bit for each block of
 * {@link Layout#blockWords} words that isn't all zero; for each of those a pointer; and there the block's aggregate,
 * one bit for each word that isn't zero, followed by those words. Equal blocks are stored once, compared word by word.
 *
 * <p>A row has its parent's boxes and its prefix's own, so rows come out of one walk down the prefixes.
 */
final class AddressRows {
    /** By class. */
    final long[] heads;
    /** By class, the place of its first pointer. */
    final int[] firstPointer;

    int[] pointers = new int[256];
    long[] blocks = new long[1024];

    private final int blockWords;
    private final int firstWord;
    private final int endWord;
    private int pointerCount;
    private int blockEnd;
    private int[] known = new int[1024];
    private int knownCount;
    private final Map<Integer, Integer> rowOfHash = new HashMap<>();

    private AddressRows(PrefixClasses classes, Layout layout, int firstWord) {
        this.firstWord = firstWord;
        endWord = Math.min(layout.words(), firstWord + Long.SIZE * layout.blockWords);
        blockWords = layout.blockWords;
        heads = new long[classes.count()];
        firstPointer = new int[classes.count()];
        Arrays.fill(known, -1);
        build(classes, layout);
        pointers = Arrays.copyOf(pointers, pointerCount);
        blocks = Arrays.copyOf(blocks, blockEnd);
        known = new int[0];
        rowOfHash.clear();
    }

    /** The rows' parts from {@code firstWord} on, as many blocks as a head has bits. */
    static AddressRows of(PrefixClasses classes, Layout layout, int firstWord) {
        return new AddressRows(classes, layout, firstWord);
    }

    private void build(PrefixClasses classes, Layout layout) {
        int[] firstOf = new int[classes.count()];
        int[] nextOf = new int[layout.boxAt.length];
        Arrays.fill(firstOf, -1);
        for (int at = firstWord * Long.SIZE; at < endWord * Long.SIZE; at++) {
            if (layout.boxAt[at] >= 0) {
                int owner = classes.classOf(layout.boxAt[at]);
                nextOf[at] = firstOf[owner];
                firstOf[owner] = at;
            }
        }
        // The rows from the top down to the current prefix: at most 130, one for each length.
        long[][] open = new long[130][];
        int[] depths = new int[classes.count()];
        int words = endWord - firstWord;
        open[0] = new long[words];
        addRow(0, open[0]);
        for (int row = 1; row < heads.length; row++) {
            int parent = classes.parent(row);
            int depth = depths[parent] + 1;
            depths[row] = depth;
            if (open[depth] == null) {
                open[depth] = new long[words];
            }
            System.arraycopy(open[depth - 1], 0, open[depth], 0, words);
            for (int at = firstOf[row]; at >= 0; at = nextOf[at]) {
                open[depth][(at >>> 6) - firstWord] |= 1L << at;
            }
            addRow(row, open[depth]);
        }
    }

    private void addRow(int row, long[] bits) {
        firstPointer[row] = pointerCount;
        for (int from = 0; from < bits.length; from += blockWords) {
            int end = Math.min(bits.length, from + blockWords);
            long aggregate = 0;
            for (int word = from; word < end; word++) {
                aggregate |= (bits[word] | -bits[word]) >>> 63 << word - from;
            }
            if (aggregate != 0) {
                heads[row] |= 1L << from / blockWords;
                addPointer(addBlock(bits, from, aggregate));
            }
        }
        sharePointers(row);
    }

    /** Rows that differ only where other planes look have the same pointers here: they are kept once. */
    private void sharePointers(int row) {
        int first = firstPointer[row];
        int hash = 0;
        for (int i = first; i < pointerCount; i++) {
            hash = 31 * hash + pointers[i];
        }
        Integer like = rowOfHash.put(hash, row);
        if (like != null
                && heads[like] == heads[row]
                && Arrays.equals(
                        pointers,
                        firstPointer[like],
                        firstPointer[like] + pointerCount - first,
                        pointers,
                        first,
                        pointerCount)) {
            firstPointer[row] = firstPointer[like];
            pointerCount = first;
        }
    }

    private void addPointer(int block) {
        if (pointerCount == pointers.length) {
            pointers = Arrays.copyOf(pointers, 2 * pointerCount);
        }
        pointers[pointerCount++] = block;
    }

    /** Appends the block, and takes it back if the same one is there. */
    private int addBlock(long[] bits, int from, long aggregate) {
        int size = 1 + Long.bitCount(aggregate);
        if (blockEnd + size > blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * blocks.length + size);
        }
        int at = blockEnd;
        blocks[at] = aggregate;
        long hash = aggregate * 0x9e37_79b9_7f4a_7c15L;
        int next = at + 1;
        for (long rest = aggregate; rest != 0; rest &= rest - 1) {
            long word = bits[from + Long.numberOfTrailingZeros(rest)];
            blocks[next++] = word;
            hash = (hash ^ word) * 0x9e37_79b9_7f4a_7c15L;
        }
        int slot = (int) (hash >>> 32) & known.length - 1;
        while (known[slot] >= 0) {
            int other = known[slot];
            if (blocks[other] == aggregate && Arrays.equals(blocks, other, other + size, blocks, at, next)) {
                return other;
            }
            slot = slot + 1 & known.length - 1;
        }
        known[slot] = at;
        blockEnd = next;
        if (++knownCount * 2 > known.length) {
            rehash();
        }
        return at;
    }

    private void rehash() {
        int[] old = known;
        known = new int[2 * old.length];
        Arrays.fill(known, -1);
        for (int at : old) {
            if (at >= 0) {
                long hash = 0;
                int end = at + 1 + Long.bitCount(blocks[at]);
                for (int i = at; i < end; i++) {
                    hash = (hash ^ blocks[i]) * 0x9e37_79b9_7f4a_7c15L;
                }
                int slot = (int) (hash >>> 32) & known.length - 1;
                while (known[slot] >= 0) {
                    slot = slot + 1 & known.length - 1;
                }
                known[slot] = at;
            }
        }
    }

    /**
     * Where the block of this row stands that has as many of the row's blocks before it as {@code below} has bits in
     * common with its head.
     */
    int block(int row, long below) {
        return pointers[firstPointer[row] + Long.bitCount(heads[row] & below)];
    }

    long sizeBytes() {
        return 8L * (heads.length + blocks.length) + 4L * (firstPointer.length + pointers.length);
    }
}
