package io.weir.filter.match;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Values of one small field (a port, a protocol) to classes, through pages of 256 of which equal ones are stored once.
 * At most two loads.
 */
final class PortAxis {
    private static final int PAGE = 256;

    /** By upper byte, the place of the page. */
    private final int[] pages = new int[PAGE];

    private final char[] classes;
    private final int count;

    /** @param classOf by value, a multiple of 256 of them */
    PortAxis(char[] classOf, int count) {
        this.count = count;
        Map<String, Integer> known = new HashMap<>();
        char[] stored = new char[classOf.length];
        int end = 0;
        for (int from = 0; from < classOf.length; from += PAGE) {
            String page = new String(classOf, from, PAGE);
            Integer at = known.putIfAbsent(page, end);
            pages[from / PAGE] = at == null ? end : at;
            if (at == null) {
                page.getChars(0, PAGE, stored, end);
                end += PAGE;
            }
        }
        classes = Arrays.copyOf(stored, end);
    }

    /**
     * Each value gets the number of the stretch that it stands in, stretches being cut wherever a range starts or ends.
     *
     * @param values how many there are, a multiple of 256
     */
    static PortAxis ofStretches(int[] firsts, int[] lasts, int values) {
        boolean[] cuts = new boolean[values + 1];
        for (int i = 0; i < firsts.length; i++) {
            cuts[firsts[i]] = true;
            cuts[lasts[i] + 1] = true;
        }
        char[] classOf = new char[values];
        int current = 0;
        for (int value = 1; value < values; value++) {
            current += cuts[value] ? 1 : 0;
            classOf[value] = (char) current;
        }
        return new PortAxis(classOf, current + 1);
    }

    int classOf(int value) {
        return classes[pages[value >>> 8] + (value & 0xff)];
    }

    /** From one column of {@link LookupScratch#ints} to another. */
    void find(LookupScratch s, int valuesAt, int classesAt) {
        int[] ints = s.ints;
        int end = s.count;
        for (int k = 0; k < end; k++) {
            ints[classesAt + k] = classOf(ints[valuesAt + k]);
        }
    }

    int count() {
        return count;
    }

    long sizeBytes() {
        return 4L * pages.length + 2L * classes.length;
    }
}
