package io.weir.detector.scrub;

import java.util.List;

/**
 * How far a source is believed, and why.
 *
 * @param score 0 to 1000: the parts' sum, kept within
 * @param parts what it consists of, those that come to nothing left out
 */
public record Credibility(int score, List<Part> parts) {
    /** From this score on a source has a lane of its own during a flood: one completed handshake, and nothing against it. */
    public static final int CREDIBLE = 300;

    public static final int MAXIMUM = 1000;

    /** Nothing is known. */
    public static final Credibility NONE = new Credibility(0, List.of());

    public Credibility {
        parts = List.copyOf(parts);
    }

    /** Whether it has a lane of its own during a flood. */
    public boolean isCredible() {
        return score >= CREDIBLE;
    }

    /**
     * One part of a score.
     *
     * @param points added, negative for offences
     * @param text what it stands for: {@code 12 completed handshakes}
     */
    public record Part(int points, String text) {}
}
