package io.weir.detector.api;

import java.util.List;

/** What was asked for can't be done, or not so. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why, as HTTP says it. */
    public enum Kind {
        /** What was asked is wrong in itself. */
        INVALID(422, "invalid"),
        /** It can't be done as things are. */
        CONFLICT(409, "conflict"),
        /** There is no such thing. */
        MISSING(404, "not found"),
        /** The daemon is busy. */
        BUSY(503, "busy");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        public int status() {
            return status;
        }

        public String title() {
            return title;
        }
    }

    private final Kind kind;
    private final transient List<String> problems;

    public Refusal(Kind kind, List<String> problems) {
        super(String.join("\n", problems));
        this.kind = kind;
        this.problems = List.copyOf(problems);
    }

    public Refusal(Kind kind, String problem) {
        this(kind, List.of(problem));
    }

    public Kind kind() {
        return kind;
    }

    /** Each a sentence that says what is wrong and what would be right. */
    public List<String> problems() {
        return problems;
    }
}
