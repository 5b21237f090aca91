package io.weir.detector.config;

import java.util.Locale;

/** Which directions of a protected prefix's traffic are seen. */
public enum View {
    /** Found out from the traffic. */
    AUTO,
    BOTH,
    /** Toward the prefix only, as on a scrubbing path: that no answer is seen says nothing. */
    INBOUND;

    /** As it stands in the configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
