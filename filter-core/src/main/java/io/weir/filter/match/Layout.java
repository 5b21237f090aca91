package io.weir.filter.match;

import java.util.Arrays;

/**
 * Which box stands at which bit. The place isn't the priority: boxes are placed so that those that one address can match
 * stand in few words, and so that the words that every source (every destination) needs are the same ones, stored once.
 *
 * <p>Four parts: boxes specific in both addresses; those with a wide source, in the order of their destinations; those
 * with a wide destination, in the order of their sources; those wide in both. A prefix is wide if it holds a good part
 * of all the column's prefixes. Inside a word the lower bit decides first.
 */
final class Layout {
    /** Blocks of one plane: the bits of a row's head. */
    private static final int BLOCKS = Long.SIZE;
    /** Planes at most: each is looked at for every packet. */
    static final int MOST_PLANES = 4;

    /** A prefix is wide from this part of the column's prefixes on. */
    private static final int WIDE_PART = 32;

    private static final int KEY_BITS = 20;

    /** By bit, the box there, or -1. */
    final int[] boxAt;
    /** Words of one block of rows, as few as the heads' bits allow: what one aggregate covers. */
    final int blockWords;

    private Layout(int[] boxAt, int blockWords) {
        this.boxAt = boxAt;
        this.blockWords = blockWords;
    }

    /** @param boxes those to place, in the order in which they decide */
    static Layout of(int[] boxes, PrefixClasses sources, PrefixClasses destinations) {
        int[] sourceBoxes = new int[sources.count()];
        int[] destinationBoxes = new int[destinations.count()];
        for (int box : boxes) {
            sourceBoxes[sources.classOf(box)]++;
            destinationBoxes[destinations.classOf(box)]++;
        }
        boolean[] wideSources = wide(sources);
        boolean[] wideDestinations = wide(destinations);
        int[] sourceTotals = sources.totals(sourceBoxes);
        int[] destinationTotals = destinations.totals(destinationBoxes);
        long[][] keys = new long[4][boxes.length];
        int[] sizes = new int[4];
        for (int box : boxes) {
            int source = sources.classOf(box);
            int destination = destinations.classOf(box);
            int part = (wideSources[source] ? 1 : 0) + (wideDestinations[destination] ? 2 : 0);
            boolean bySource = part == 2 || part != 1 && sourceTotals[source] <= destinationTotals[destination];
            long first = bySource ? source : (part == 0 ? sources.count() : 0) + (long) destination;
            long second = bySource ? destination : source;
            keys[part][sizes[part]++] = (first << KEY_BITS | second) << KEY_BITS | box;
        }
        return place(keys, sizes);
    }

    private static boolean[] wide(PrefixClasses classes) {
        int[] ones = new int[classes.count()];
        Arrays.fill(ones, 1);
        int[] totals = classes.totals(ones);
        boolean[] wide = new boolean[totals.length];
        for (int i = 1; i < totals.length; i++) {
            wide[i] = classes.prefix(i).length() == 0 || totals[i] > Math.max(4, totals.length / WIDE_PART);
        }
        return wide;
    }

    private static Layout place(long[][] keys, int[] sizes) {
        int boxes = Arrays.stream(sizes).sum();
        // Each part may leave a block half empty.
        int words = boxes / Long.SIZE + 1;
        int planes = Math.min(MOST_PLANES, words / (BLOCKS - sizes.length) + 1);
        int block = Long.SIZE * (words / (planes * BLOCKS - sizes.length) + 1);
        int[] boxAt = new int[boxes + 2 * sizes.length * block];
        Arrays.fill(boxAt, -1);
        int end = 0;
        for (int part = 0; part < keys.length; part++) {
            int size = sizes[part];
            Arrays.sort(keys[part], 0, size);
            int start = (end + block - 1) / block * block;
            for (int i = 0; i < size; i++) {
                boxAt[start + i] = (int) (keys[part][i] & (1 << KEY_BITS) - 1);
            }
            end = size == 0 ? end : start + size;
        }
        int[] placed = Arrays.copyOf(boxAt, (end + Long.SIZE - 1) / Long.SIZE * Long.SIZE);
        sortWords(placed);
        return new Layout(placed, block / Long.SIZE);
    }

    /** As unsigned numbers, so that what is empty comes last. */
    private static void sortWords(int[] boxAt) {
        for (int word = 0; word < boxAt.length; word += Long.SIZE) {
            int end = word + Long.SIZE;
            for (int i = word; i < end; i++) {
                boxAt[i] ^= Integer.MIN_VALUE;
            }
            Arrays.sort(boxAt, word, end);
            for (int i = word; i < end; i++) {
                boxAt[i] ^= Integer.MIN_VALUE;
            }
        }
    }

    int planes() {
        return (words() + BLOCKS * blockWords - 1) / (BLOCKS * blockWords);
    }

    int words() {
        return boxAt.length / Long.SIZE;
    }
}
