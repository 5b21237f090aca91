package io.weir.detector.report;

/** Emphasis on a terminal that wants colour; nothing at all elsewhere. */
public enum TextStyle {
    PLAIN,
    COLOUR;

    String bold(String text) {
        return styled("1", text);
    }

    String faint(String text) {
        return styled("2", text);
    }

    String alarm(String text) {
        return styled("1;31", text);
    }

    String good(String text) {
        return styled("32", text);
    }

    private String styled(String code, String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
