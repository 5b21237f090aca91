package io.weir.detector.config;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Durations as a whole number with its unit: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d}. */
public final class DurationText {
    private record Unit(String suffix, long nanos) {}

    /** The first that fits the end of a text is its unit. */
    private static final List<Unit> UNITS = List.of(
            new Unit("ms", TimeUnit.MILLISECONDS.toNanos(1)),
            new Unit("s", TimeUnit.SECONDS.toNanos(1)),
            new Unit("m", TimeUnit.MINUTES.toNanos(1)),
            new Unit("h", TimeUnit.HOURS.toNanos(1)),
            new Unit("d", TimeUnit.DAYS.toNanos(1)));

    /** Digits of a number that fits a long whatever its unit: 99,999 days are 8.6e18 ns. */
    private static final int MOST_DIGITS = 5;

    private DurationText() {}

    /** Nanoseconds; empty where the text is no such duration, has leading zeros or more than five digits. */
    public static OptionalLong parse(String text) {
        for (Unit unit : UNITS) {
            if (text.endsWith(unit.suffix)) {
                String number = text.substring(0, text.length() - unit.suffix.length());
                return number.matches("0|[1-9][0-9]{0," + (MOST_DIGITS - 1) + "}")
                        ? OptionalLong.of(Long.parseLong(number) * unit.nanos)
                        : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }

    /** In the largest unit that leaves a whole number of at least 1; {@link #parse} reads it back. */
    public static String format(long nanos) {
        for (Unit unit : UNITS.reversed()) {
            if (nanos >= unit.nanos && nanos % unit.nanos == 0) {
                return nanos / unit.nanos + unit.suffix;
            }
        }
        return nanos / UNITS.getFirst().nanos + UNITS.getFirst().suffix;
    }
}
