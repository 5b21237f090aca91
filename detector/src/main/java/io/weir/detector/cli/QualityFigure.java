package io.weir.detector.cli;

import java.util.Locale;

/**
 * One figure of a scenario with its goal.
 *
 * @param isMeasured whether there was anything to measure
 * @param value infinite where what should happen never did
 * @param most what it may be; infinite where nothing is asked
 */
record QualityFigure(String name, boolean isMeasured, double value, double most) {
    static final QualityFigure NONE = new QualityFigure("", false, 0, 0);

    static QualityFigure share(String name, QualityTally.Loss loss, double most) {
        return new QualityFigure(name, loss.all > 0, loss.all == 0 ? 0 : (double) loss.lost / loss.all, most);
    }

    static QualityFigure count(String name, double value, double most) {
        return new QualityFigure(name, true, value, most);
    }

    boolean isMet() {
        return !isMeasured || value <= most;
    }

    /** The value, and a mark where it is worse than its goal. */
    String text() {
        return !isMeasured ? "-" : number(value) + (isMet() ? "" : "!");
    }

    String goal() {
        return Double.isInfinite(most) ? "" : number(most);
    }

    private static String number(double number) {
        if (Double.isInfinite(number)) {
            return "never";
        }
        if (number == Math.rint(number)) {
            return Long.toString((long) number);
        }
        return String.format(Locale.ROOT, number < 0.01 ? "%.5f" : "%.4f", number);
    }
}
