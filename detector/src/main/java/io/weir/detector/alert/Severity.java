package io.weir.detector.alert;

import java.util.Locale;

/** How bad it is, the worst first. */
enum Severity {
    ALERT(1),
    WARNING(4),
    NOTICE(5);

    private final int code;

    Severity(int code) {
        this.code = code;
    }

    /** RFC 5424 section 6.2.1, table 2. */
    int code() {
        return code;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
