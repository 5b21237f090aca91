package io.weir.detector.scrub;

import io.weir.filter.signature.Field;
import io.weir.filter.signature.PacketRow;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.Term;
import java.util.Arrays;

/** Some samples' rows. */
final class SampleRows {
    private long[] rows;
    private int size;

    SampleRows(int capacity) {
        rows = new long[Math.max(capacity, 1) * PacketRow.LONGS];
    }

    /** Rows that stand in an array of somebody else's, one after the other. */
    SampleRows(long[] rows, int size) {
        this.rows = rows;
        this.size = size;
    }

    /** Copies one. */
    void add(long[] from, int at) {
        if (size * PacketRow.LONGS == rows.length) {
            rows = Arrays.copyOf(rows, rows.length * 2);
        }
        PacketRow.copy(from, at, rows, size * PacketRow.LONGS);
        size++;
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    long[] rows() {
        return rows;
    }

    static int row(int sample) {
        return sample * PacketRow.LONGS;
    }

    long value(Field field, int sample) {
        return PacketRow.value(field, rows, row(sample));
    }

    /** A bit for each sample that meets a term. */
    long[] bits(Term term) {
        long[] bits = new long[words()];
        for (int i = 0; i < size; i++) {
            if (term.matches(rows, row(i))) {
                bits[i >>> 6] |= 1L << i;
            }
        }
        return bits;
    }

    /** All of them. */
    long[] everything() {
        long[] bits = new long[words()];
        Arrays.fill(bits, -1L);
        if ((size & 63) != 0) {
            bits[words() - 1] = (1L << size) - 1;
        }
        return bits;
    }

    private int words() {
        return (size + 63) / 64;
    }

    /** How many have a signature. */
    int count(Signature signature) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += signature.matches(rows, row(i)) ? 1 : 0;
        }
        return count;
    }

    /** At most so many of them, evenly. */
    SampleRows thinned(int most) {
        if (size <= most) {
            return this;
        }
        SampleRows thin = new SampleRows(most);
        for (int i = 0; i < most; i++) {
            thin.add(rows, row((int) ((long) i * size / most)));
        }
        return thin;
    }

    /** Whether one of them went between the same ends as another row does. */
    boolean hasEnds(long[] from, int at) {
        for (int i = 0; i < size; i++) {
            int row = row(i);
            if (PacketRow.sourceLow(rows, row) == PacketRow.sourceLow(from, at)
                    && PacketRow.sourceHigh(rows, row) == PacketRow.sourceHigh(from, at)
                    && PacketRow.sourcePort(rows, row) == PacketRow.sourcePort(from, at)
                    && PacketRow.value(Field.DESTINATION_PORT, rows, row)
                            == PacketRow.value(Field.DESTINATION_PORT, from, at)) {
                return true;
            }
        }
        return false;
    }

    static int count(long[] bits) {
        int count = 0;
        for (long word : bits) {
            count += Long.bitCount(word);
        }
        return count;
    }

    static int countBoth(long[] one, long[] other) {
        int count = 0;
        for (int i = 0; i < one.length; i++) {
            count += Long.bitCount(one[i] & other[i]);
        }
        return count;
    }

    static long[] and(long[] one, long[] other) {
        long[] both = one.clone();
        for (int i = 0; i < both.length; i++) {
            both[i] &= other[i];
        }
        return both;
    }
}
