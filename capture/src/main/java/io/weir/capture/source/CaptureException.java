package io.weir.capture.source;

import java.io.IOException;

/** The input isn't a capture, or is damaged. The message says which file, where in it, and what was wrong. */
public final class CaptureException extends IOException {
    private static final long serialVersionUID = 1L;

    public CaptureException(String message) {
        super(message);
    }
}
