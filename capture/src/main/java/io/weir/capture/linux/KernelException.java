package io.weir.capture.linux;

import java.io.IOException;

/** The kernel refused. The message says what was asked of it, what it said, and what would help. */
public final class KernelException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errorNumber;
    private final boolean isLost;

    private KernelException(String message, int errorNumber, boolean isLost) {
        super(message);
        this.errorNumber = errorNumber;
        this.isLost = isLost;
    }

    /** @param attempt what couldn't be done, as in {@code "can't bind to eth0"} */
    static KernelException of(String attempt, int errorNumber) {
        return new KernelException(attempt + ": " + Errno.text(errorNumber) + advice(errorNumber), errorNumber, false);
    }

    /** @param advice what would be right */
    static KernelException of(String attempt, int errorNumber, String advice) {
        return new KernelException(attempt + ": " + Errno.text(errorNumber) + "; " + advice, errorNumber, false);
    }

    /** Of what was there, and isn't any more. */
    static KernelException lost(String attempt) {
        return new KernelException(attempt + ": another program took it out", Errno.ENOENT, true);
    }

    private static String advice(int errorNumber) {
        return errorNumber == Errno.EPERM || errorNumber == Errno.EACCES
                ? "; run as root, or with the capabilities that the mode needs"
                : "";
    }

    /** A result as it is, unless it is an error. */
    static long check(long result, String attempt) throws KernelException {
        if (result < 0) {
            throw of(attempt, (int) -result);
        }
        return result;
    }

    /** Whether another program took out what is needed for it: put back, it can be done again. */
    public boolean isLost() {
        return isLost;
    }

    /** Whether another process has what was asked for. */
    public boolean isBusy() {
        return errorNumber == Errno.EBUSY;
    }

    /** The error number (errno(3)). */
    public int errorNumber() {
        return errorNumber;
    }
}
