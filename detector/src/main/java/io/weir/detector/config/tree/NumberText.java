package io.weir.detector.config.tree;

import java.util.OptionalLong;

/** Whole numbers with decimal unit suffixes: {@code 1000}, {@code 50k}, {@code 1.5M}, {@code 400M}, {@code 2G}. */
public final class NumberText {
    private static final String SUFFIXES = "kMG";

    private NumberText() {}

    /**
     * Reads {@code [-]digits[.digits][k|M|G]}. The suffixes are decimal: 10³, 10⁶, 10⁹. No blanks, no
     * exponent, no leading zeros, and what comes out must be whole ({@code 1.5k} is 1,500, {@code 1.5} is none).
     *
     * @return the number, {@link Long#MAX_VALUE} or {@link Long#MIN_VALUE} where it is too large for a long; empty where
     *     the text is no such number
     */
    public static OptionalLong parse(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        int end = text.length();
        int zeros = 0;
        if (end > start && SUFFIXES.indexOf(text.charAt(end - 1)) >= 0) {
            zeros = 3 * (SUFFIXES.indexOf(text.charAt(--end)) + 1);
        }
        int point = text.indexOf('.');
        int wholeEnd = point < 0 || point > end ? end : point;
        boolean leadingZero = wholeEnd - start > 1 && text.charAt(start) == '0';
        if (wholeEnd == start || wholeEnd == end - 1 || leadingZero) {
            return OptionalLong.empty();
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            char character = text.charAt(i);
            if (i == wholeEnd) {
                continue;
            }
            if (character < '0' || character > '9') {
                return OptionalLong.empty();
            }
            // A digit behind the point takes one of the suffix's zeros; when those are spent, only a 0 is whole.
            if (i > wholeEnd && --zeros < 0) {
                if (character != '0') {
                    return OptionalLong.empty();
                }
            } else {
                value = timesTenPlus(value, character - '0');
            }
        }
        for (; zeros > 0; zeros--) {
            value = timesTenPlus(value, 0);
        }
        return OptionalLong.of(start == 0 ? value : value == Long.MAX_VALUE ? Long.MIN_VALUE : -value);
    }

    private static long timesTenPlus(long value, int digit) {
        return value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
    }

    /** The shortest whole form, such as {@code 1G}, {@code 1500}, {@code 20k}; {@link #parse} reads it back. */
    public static String format(long number) {
        long rest = number;
        int suffix = 0;
        while (suffix < SUFFIXES.length() && rest != 0 && rest % 1000 == 0) {
            rest /= 1000;
            suffix++;
        }
        return suffix == 0 ? Long.toString(rest) : Long.toString(rest) + SUFFIXES.charAt(suffix - 1);
    }
}
