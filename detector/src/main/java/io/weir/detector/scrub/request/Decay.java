package io.weir.detector.scrub.request;

/** How much of a count is left after some steps: e to the power of minus steps / constant, from a table. */
final class Decay {
    /** Where less than a thousandth is left, nothing is. */
    private static final int CONSTANTS = 7;

    private final float[] left;

    /** @param constant steps after which 1/e is left */
    Decay(int constant) {
        left = new float[CONSTANTS * constant];
        for (int steps = 0; steps < left.length; steps++) {
            left[steps] = (float) Math.exp(-(double) steps / constant);
        }
    }

    /** The part left, 0 to 1. Negative steps, of a time that wrapped around, are very many. */
    float after(int steps) {
        return steps >= 0 && steps < left.length ? left[steps] : 0;
    }
}
