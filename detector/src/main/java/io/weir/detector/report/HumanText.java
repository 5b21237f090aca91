package io.weir.detector.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers as people read them: grouped, with the unit that leaves one to three digits before the point. */
final class HumanText {
    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};

    private HumanText() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** "1 packet", "2 packets". */
    static String count(long number, String singular) {
        return count(number) + " " + singular + (number == 1 ? "" : "s");
    }

    /** "29.1 MB". */
    static String bytes(double bytes) {
        return scaled(bytes, " ", "B");
    }

    /** "9.7 Mbit/s". */
    static String bitRate(double bitsPerSecond) {
        return scaled(bitsPerSecond, " ", "bit/s");
    }

    /** "20.4k pps": counted things take the prefix as a suffix of the number, as in the configuration. */
    static String rate(double perSecond, String unit) {
        return scaled(perSecond, "", " " + unit);
    }

    private static String scaled(double value, String before, String after) {
        double scaled = value;
        int prefix = 0;
        while (scaled >= 999.5 && prefix < PREFIXES.length - 1) {
            scaled /= 1000;
            prefix++;
        }
        boolean isWhole = scaled >= 99.95 || Math.abs(scaled - Math.rint(scaled)) < 0.05;
        return String.format(Locale.ROOT, isWhole ? "%.0f" : "%.1f", scaled) + before + PREFIXES[prefix] + after;
    }

    static String percent(long part, long whole) {
        if (whole == 0) {
            return "0 %";
        }
        double percent = 100.0 * part / whole;
        // 99.97 % must not read as all of it, nor 0.02 % as nothing.
        String format = percent > 0 && percent < 0.1 || percent > 99.9 && percent < 100 ? "%.2f %%" : "%.1f %%";
        return String.format(Locale.ROOT, format, percent);
    }

    static String duration(long nanos) {
        double seconds = nanos / 1e9;
        if (nanos < 1_000) {
            return nanos + " ns";
        }
        if (nanos < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f µs", nanos / 1e3);
        }
        if (seconds < 1) {
            return String.format(Locale.ROOT, nanos < 10_000_000 ? "%.1f ms" : "%.0f ms", nanos / 1e6);
        }
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        if (seconds < 7200) {
            return String.format(Locale.ROOT, "%d min %d s", (long) seconds / 60, (long) seconds % 60);
        }
        if (seconds < 2 * 86_400) {
            return String.format(Locale.ROOT, "%d h %d min", (long) seconds / 3600, (long) seconds % 3600 / 60);
        }
        return String.format(Locale.ROOT, "%,d days", (long) (seconds / 86_400));
    }

    static String dateTime(long nanos) {
        return DATE_TIME.format(
                Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
    }
}
