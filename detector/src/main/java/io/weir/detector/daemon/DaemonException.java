package io.weir.detector.daemon;

/** What was asked for can't be run as it is configured. The message says why, and what would be right. */
public final class DaemonException extends Exception {
    private static final long serialVersionUID = 1L;

    public DaemonException(String message) {
        super(message);
    }
}
