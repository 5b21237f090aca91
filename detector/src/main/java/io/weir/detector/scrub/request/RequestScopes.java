package io.weir.detector.scrub.request;

import java.util.Arrays;

/**
 * What requests are compared within: those of one class toward one protected prefix, or toward one address where no
 * prefix is watched. Each scope has a clock of its own that stands still while it is under alarm.
 */
final class RequestScopes {
    /** An alarm is over when nothing was judged for so long. */
    private static final int CALM_EPOCHS = 80;
    /** Of what came before a flood's first packet, so much of the time known is left out, a second at the most. */
    private static final int QUARANTINE_PART = 4;

    private static final int QUARANTINE_EPOCHS = 8;
    private static final int ADAPT_TICKS = 95;
    private static final double TICKS_PER_SECOND = 1e9 / (1 << FeatureTable.TICK_SHIFT);
    private static final double STRICTER = 0.8;
    private static final double MILDER = 1.1;
    /** Where not half of what may pass did: the first strokes of a flood were light, and made the limit too strict. */
    private static final double MUCH_MILDER = 1.5;

    private static final double MOST = 4096;
    private static final int NEVER = Integer.MIN_VALUE / 2;

    private final long[] identities;
    private final int[] learned;
    private final int[] lastEpochs;
    private final int[] siegeEpochs;
    private final int[] siegeStarts;
    private final int[] forgottenFrom;
    private final double[] peaceSeconds;
    /** The count from which on a source of what is contested is too heavy; see {@link #admits}. */
    private final double[] heaviest;

    private final int[] admitted;
    private final int[] adaptTicks;

    RequestScopes(int scopes) {
        identities = new long[scopes];
        learned = new int[scopes];
        lastEpochs = new int[scopes];
        siegeEpochs = new int[scopes];
        siegeStarts = new int[scopes];
        forgottenFrom = new int[scopes];
        peaceSeconds = new double[scopes];
        heaviest = new double[scopes];
        admitted = new int[scopes];
        adaptTicks = new int[scopes];
        clear();
    }

    long sizeBytes() {
        return (8L + 4 + 4 + 4 + 4 + 4 + 8 + 8 + 4 + 4) * identities.length;
    }

    void clear() {
        Arrays.fill(identities, 0);
        Arrays.fill(learned, 0);
        Arrays.fill(lastEpochs, 0);
        Arrays.fill(siegeEpochs, NEVER);
    }

    /** Notes whose a scope is: an address's number may change hands. */
    void enter(int scope, long identity, int epoch) {
        if (identities[scope] != identity) {
            // The first owner has been there, silent, since the stream began.
            lastEpochs[scope] = identities[scope] == 0 ? 0 : epoch;
            identities[scope] = identity;
            learned[scope] = 0;
            siegeEpochs[scope] = NEVER;
        }
    }

    /** Moves the scope's clock in peace. */
    void learn(int scope, int epoch) {
        if (siegeEpochs[scope] != NEVER) {
            siegeEpochs[scope] = NEVER;
            lastEpochs[scope] = epoch;
        }
        learned[scope] += epoch - lastEpochs[scope];
        lastEpochs[scope] = epoch;
    }

    boolean isBesieged(int scope, int epoch) {
        return epoch - siegeEpochs[scope] <= CALM_EPOCHS;
    }

    /** Notes that a scope is under alarm; the first time, ends what is peace before the flood's onset. */
    void besiege(int scope, int epoch, int onsetEpoch, double lightest) {
        if (!isBesieged(scope, epoch)) {
            learn(scope, epoch);
            siegeStarts[scope] = epoch;
            int known = learned[scope] - Math.max(0, epoch - onsetEpoch);
            int quarantine = Math.clamp(known / QUARANTINE_PART, 0, QUARANTINE_EPOCHS);
            forgottenFrom[scope] = onsetEpoch - quarantine;
            peaceSeconds[scope] = FeatureTable.peaceSeconds(Math.max(1, known - quarantine));
            heaviest[scope] = lightest;
            admitted[scope] = 0;
        }
        siegeEpochs[scope] = epoch;
    }

    /** Epochs since a scope came under alarm. */
    int besieged(int scope, int epoch) {
        return epoch - siegeStarts[scope];
    }

    /** Epochs of peace so far. */
    int learned(int scope) {
        return learned[scope];
    }

    /** Under alarm: the first epoch that isn't peace. */
    int forgottenFrom(int scope) {
        return forgottenFrom[scope];
    }

    /** Under alarm: the seconds that counts of peace stand for. */
    double peaceSeconds(int scope) {
        return peaceSeconds[scope];
    }

    /** A scope's limit for the weight of a contested request's sender. */
    double heaviest(int scope) {
        return heaviest[scope];
    }

    /**
     * Whether a contested request of a sender of some weight passes. Ten times a second the limit becomes milder where less
     * was let through than may pass, stricter where more; and stricter at once when twice as much was, so that the lightest
     * senders don't wait for what the heaviest have used up.
     */
    boolean admits(int scope, double weight, int tick, double perSecond) {
        double most = perSecond * ADAPT_TICKS / TICKS_PER_SECOND;
        int ticks = tick - adaptTicks[scope];
        boolean isDue = ticks < 0 || ticks >= ADAPT_TICKS;
        // Where all are as light as can be there is nobody left to lose first.
        boolean isStrictest = heaviest[scope] <= 1;
        boolean isUsedUp = admitted[scope] >= Math.max(1, isStrictest ? most : 2 * most);
        if (isDue || isUsedUp && !isStrictest) {
            boolean isOver = admitted[scope] > most;
            double milder = 2 * admitted[scope] < most ? MUCH_MILDER : MILDER;
            heaviest[scope] =
                    isOver ? Math.max(1, heaviest[scope] * STRICTER) : Math.min(MOST, heaviest[scope] * milder);
            admitted[scope] = 0;
            adaptTicks[scope] = tick;
        } else if (isUsedUp) {
            return false;
        }
        if (weight > heaviest[scope]) {
            return false;
        }
        admitted[scope]++;
        return true;
    }
}
