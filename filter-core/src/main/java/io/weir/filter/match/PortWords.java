package io.weir.filter.match;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * For each class of ports and each word of the layout, which of the word's boxes match. A word has few different
 * answers, so that a byte names one in the word's own list.
 */
final class PortWords {
    private static final int MOST_ANSWERS = 256;
    /** Up to this size the answers themselves stand in the table: one load instead of three. */
    private static final int MOST_DIRECT = 1 << 15;

    /** By class times {@link #stride} plus word. */
    private final byte[] names;

    private final int stride;
    /** By word, where its list starts. */
    private final int[] firstAnswer;

    private long[] answers = new long[256];
    private int answerCount;
    private int known;

    private PortWords(int classes, int words) {
        stride = words;
        names = new byte[Math.multiplyExact(classes, words)];
        firstAnswer = new int[words];
    }

    /** Over folded classes; empty where a word has too many answers. */
    static Optional<PortWords> of(PortClasses classes, int[] boxAt) {
        PortWords tables = new PortWords(classes.count(), boxAt.length / Long.SIZE);
        int[] pairs = new int[Long.SIZE];
        long[] bits = new long[Long.SIZE];
        for (int word = 0; word < tables.stride; word++) {
            int different = 0;
            for (int i = 0; i < Long.SIZE; i++) {
                int box = boxAt[word * Long.SIZE + i];
                if (box >= 0) {
                    int pair = classes.pairOf[box];
                    int at = indexOf(pairs, different, pair);
                    if (at == different) {
                        pairs[different] = pair;
                        bits[different++] = 0;
                    }
                    bits[at] |= 1L << i;
                }
            }
            if (!tables.fill(word, classes.pairsOf, pairs, bits, different)) {
                return Optional.empty();
            }
        }
        tables.trim();
        return Optional.of(tables);
    }

    private static int indexOf(int[] values, int count, int value) {
        int i = 0;
        while (i < count && values[i] != value) {
            i++;
        }
        return i;
    }

    private boolean fill(int word, List<BitSet> pairsOf, int[] pairs, long[] bits, int different) {
        startWord(word);
        for (int portClass = 0; portClass < pairsOf.size(); portClass++) {
            BitSet matching = pairsOf.get(portClass);
            long answer = 0;
            for (int i = 0; i < different; i++) {
                answer |= matching.get(pairs[i]) ? bits[i] : 0;
            }
            int name = nameOf(word, answer);
            if (name == MOST_ANSWERS) {
                return false;
            }
            names[portClass * stride + word] = (byte) name;
        }
        return true;
    }

    /**
     * Over one axis alone: at most 129 answers a word, because 64 ranges cut an axis into no more.
     *
     * @param firsts by box, the first value that it matches
     */
    static PortWords of(PortAxis axis, int[] firsts, int[] lasts, int[] boxAt) {
        PortWords tables = new PortWords(axis.count(), boxAt.length / Long.SIZE);
        long[] turns = new long[axis.count() + 1];
        for (int word = 0; word < tables.stride; word++) {
            Arrays.fill(turns, 0);
            for (int i = 0; i < Long.SIZE; i++) {
                int box = boxAt[word * Long.SIZE + i];
                if (box >= 0) {
                    turns[axis.classOf(firsts[box])] ^= 1L << i;
                    turns[axis.classOf(lasts[box]) + 1] ^= 1L << i;
                }
            }
            tables.startWord(word);
            long answer = 0;
            int name = 0;
            for (int portClass = 0; portClass < axis.count(); portClass++) {
                if (portClass == 0 || turns[portClass] != 0) {
                    answer ^= turns[portClass];
                    name = tables.nameOf(word, answer);
                }
                tables.names[portClass * tables.stride + word] = (byte) name;
            }
        }
        tables.trim();
        return tables;
    }

    private void startWord(int word) {
        firstAnswer[word] = answerCount;
        known = 0;
    }

    private int nameOf(int word, long answer) {
        int first = firstAnswer[word];
        // Neighbouring classes often have the answer just given.
        for (int i = known - 1; i >= 0; i--) {
            if (answers[first + i] == answer) {
                return i;
            }
        }
        if (known == MOST_ANSWERS) {
            return MOST_ANSWERS;
        }
        if (answerCount == answers.length) {
            answers = Arrays.copyOf(answers, 2 * answerCount);
        }
        answers[answerCount++] = answer;
        return known++;
    }

    private void trim() {
        answers = Arrays.copyOf(answers, answerCount);
    }

    /** Whether the words themselves may stand side by side. */
    boolean isSmall() {
        return names.length <= MOST_DIRECT;
    }

    /** By class times {@link #stride} plus word. */
    long[] all() {
        long[] all = new long[names.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = answers[firstAnswer[i % stride] + (names[i] & 0xff)];
        }
        return all;
    }

    int stride() {
        return stride;
    }

    /** The word's boxes that match these ports. */
    long word(int portClass, int word) {
        int at = portClass * stride + word;
        return answers[firstAnswer[word] + (names[at] & 0xff)];
    }

    long sizeBytes() {
        return names.length + 4L * firstAnswer.length + 8L * answers.length;
    }
}
