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
    private static final int NEVER = Integer.MIN_VALUE / 2;

    private final long[] identities;
    private final int[] learned;
    private final int[] lastEpochs;
    private final int[] siegeEpochs;
    private final int[] siegeStarts;
    private final int[] onsetEpochs;
    private final int[] forgottenFrom;
    private final double[] peaceSeconds;

    RequestScopes(int scopes) {
        identities = new long[scopes];
        learned = new int[scopes];
        lastEpochs = new int[scopes];
        siegeEpochs = new int[scopes];
        siegeStarts = new int[scopes];
        onsetEpochs = new int[scopes];
        forgottenFrom = new int[scopes];
        peaceSeconds = new double[scopes];
        clear();
    }

    long sizeBytes() {
        return (8L + 4 + 4 + 4 + 4 + 4 + 4 + 8) * identities.length;
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

    /**
     * Notes that a scope is under alarm; the first time, ends what is peace before the flood's onset.
     *
     * @return whether it is the first time
     */
    boolean besiege(int scope, int epoch, int onsetEpoch) {
        boolean isFirst = !isBesieged(scope, epoch);
        if (isFirst) {
            learn(scope, epoch);
            siegeStarts[scope] = epoch;
            int known = learned[scope] - Math.max(0, epoch - onsetEpoch);
            int quarantine = Math.clamp(known / QUARANTINE_PART, 0, QUARANTINE_EPOCHS);
            onsetEpochs[scope] = onsetEpoch;
            forgottenFrom[scope] = onsetEpoch - quarantine;
            peaceSeconds[scope] = FeatureTable.peaceSeconds(Math.max(1, known - quarantine));
        }
        siegeEpochs[scope] = epoch;
        return isFirst;
    }

    /** Epochs since a scope came under alarm. */
    int besieged(int scope, int epoch) {
        return epoch - siegeStarts[scope];
    }

    /** Epochs of peace so far. */
    int learned(int scope) {
        return learned[scope];
    }

    /** Under alarm: the epoch of the flood's first packet. */
    int onset(int scope) {
        return onsetEpochs[scope];
    }

    /** Under alarm: the first epoch that isn't peace. */
    int forgottenFrom(int scope) {
        return forgottenFrom[scope];
    }

    /** Under alarm: the seconds that counts of peace stand for. */
    double peaceSeconds(int scope) {
        return peaceSeconds[scope];
    }
}
