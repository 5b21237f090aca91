package io.weir.capture.pcap;

import java.io.IOException;

/** A filter expression can't be used: its syntax is wrong, libpcap is missing, or a link type doesn't fit it. */
public final class FilterException extends IOException {
    private static final long serialVersionUID = 1L;

    FilterException(String message) {
        super(message);
    }

    FilterException(String message, Throwable cause) {
        super(message, cause);
    }
}
