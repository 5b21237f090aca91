package io.weir.detector.cli;

import java.util.List;

/** Ends a command with a message and an exit status. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    private CommandException(int exitStatus, String message) {
        super(message);
        this.exitStatus = exitStatus;
    }

    /** The work could not be done. */
    static CommandException failed(String message) {
        return new CommandException(ExitStatus.FAILED, message);
    }

    /** The command line or a configuration is wrong. */
    static CommandException wrongUsage(String message) {
        return new CommandException(ExitStatus.WRONG_USAGE, message);
    }

    /** Several things are wrong: each on a line of its own. */
    static CommandException wrongUsage(List<?> problems) {
        return wrongUsage(
                String.join("\n", problems.stream().map(Object::toString).toList()));
    }

    int exitStatus() {
        return exitStatus;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
