package io.weir.detector.cli;

import io.weir.detector.report.TextStyle;

/** Which outputs are a terminal. Java can't tell; the start script does, in system properties. */
final class Terminal {
    private Terminal() {}

    /** Colour only for a person who looks at it and doesn't refuse it (https://no-color.org). */
    static TextStyle style() {
        boolean isRefused =
                System.getenv("NO_COLOR") != null && !System.getenv("NO_COLOR").isEmpty();
        return Boolean.getBoolean("weir.terminal.output") && !isRefused ? TextStyle.COLOUR : TextStyle.PLAIN;
    }

    /** Whether progress has somebody to see it. */
    static boolean isErrorShown() {
        return Boolean.getBoolean("weir.terminal.error");
    }
}
