package io.weir.detector.scrub;

import java.util.ArrayList;
import java.util.List;

/**
 * What each thing known of a source is worth. Only whoever sees the answers can complete a handshake; all else, a
 * connection of which its own side alone was seen among it, could be done blind with a false address, and never makes a
 * source credible by itself.
 */
final class CredibilityScore {
    /** The most that is worth what could be done blind. */
    private static final int MOST_UNPROVEN = Credibility.CREDIBLE - 1;

    private static final double FRESH_SECONDS = 3600;

    private CredibilityScore() {}

    static int of(long times, long deeds, long nowNanos) {
        int good = handshakes(deeds)
                + oneSided(deeds)
                + exchanges(deeds)
                + sightings(deeds)
                + age(times)
                + hops(deeds)
                + freshness(times, nowNanos);
        return bounded(good, deeds, nowNanos);
    }

    private static int bounded(int good, long deeds, long nowNanos) {
        int earned = Math.min(good, SourceWord.handshakes(deeds) > 0 ? Credibility.MAXIMUM : MOST_UNPROVEN);
        return Math.clamp(earned + offences(deeds, nowNanos), 0, Credibility.MAXIMUM);
    }

    static Credibility explain(long times, long deeds, long nowNanos) {
        List<Credibility.Part> parts = new ArrayList<>();
        add(parts, handshakes(deeds), count(SourceWord.handshakes(deeds), "completed handshake"));
        add(parts, oneSided(deeds), count(SourceWord.oneSided(deeds), "connection seen from its own side only"));
        add(parts, exchanges(deeds), count(SourceWord.exchanges(deeds), "answered and continued exchange"));
        add(parts, sightings(deeds), "seen again " + count(SourceWord.sightings(deeds), "time"));
        add(parts, age(times), "known for " + Math.round(SourceWord.spanSeconds(times)) + " s");
        add(parts, hops(deeds), SourceWord.hops(deeds) + " hops away, " + changes(SourceWord.hopChanges(deeds)));
        add(
                parts,
                freshness(times, nowNanos),
                "last seen " + Math.round(SourceWord.silenceSeconds(times, nowNanos)) + " s ago");
        int sum = parts.stream().mapToInt(Credibility.Part::points).sum();
        int score = bounded(sum, deeds, nowNanos);
        int offences = offences(deeds, nowNanos);
        if (sum > MOST_UNPROVEN && Math.clamp((long) sum + offences, 0, Credibility.MAXIMUM) > score) {
            add(parts, score - offences - sum, "nothing that a false address couldn't do");
        }
        add(parts, offences, count(SourceWord.offences(deeds, nowNanos), "offence"));
        return new Credibility(score, parts);
    }

    private static void add(List<Credibility.Part> parts, int points, String text) {
        if (points != 0) {
            parts.add(new Credibility.Part(points, text));
        }
    }

    private static String count(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String changes(int changes) {
        return changes == 0 ? "always" : count(changes, "change");
    }

    /** 200 for the first, 40 more for each doubling, up to 400. */
    private static int handshakes(long deeds) {
        return doubling(SourceWord.handshakes(deeds), 200, 40, 400);
    }

    private static int oneSided(long deeds) {
        return doubling(SourceWord.oneSided(deeds), 60, 30, 150);
    }

    private static int exchanges(long deeds) {
        return doubling(SourceWord.exchanges(deeds), 30, 30, 150);
    }

    private static int sightings(long deeds) {
        return doubling(SourceWord.sightings(deeds), 10, 10, 50);
    }

    private static int age(long times) {
        return doubling((int) SourceWord.spanSeconds(times), 20, 20, 200);
    }

    private static int hops(long deeds) {
        return Math.max(0, 100 - 25 * SourceWord.hopChanges(deeds));
    }

    /** A hundred within the hour, and a point less with each hour after. */
    private static int freshness(long times, long nowNanos) {
        return (int) Math.max(0, 100 - SourceWord.silenceSeconds(times, nowNanos) / FRESH_SECONDS);
    }

    private static int offences(long deeds, long nowNanos) {
        return -200 * SourceWord.offences(deeds, nowNanos);
    }

    private static int doubling(int count, int first, int each, int most) {
        return count == 0 ? 0 : Math.min(most, first + each * (31 - Integer.numberOfLeadingZeros(count)));
    }
}
