package io.weir.detector.cli;

/** What the process answers: a contract. */
final class ExitStatus {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;
    static final int FINDINGS = 3;

    private ExitStatus() {}
}
