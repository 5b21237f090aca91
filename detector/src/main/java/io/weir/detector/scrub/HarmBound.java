package io.weir.detector.scrub;

/** How much of something there may be, at 95 % confidence from one side, by what a sample of it holds. */
final class HarmBound {
    private static final double DOUBT = 0.05;
    private static final int STEPS = 40;
    /** The 95 % point of the normal distribution. */
    private static final double NORMAL = 1.645;

    private HarmBound() {}

    /**
     * Upper bound of a share (Clopper and Pearson, 1934): for no hit about 3/n, the rule of three.
     *
     * @return 1 where nothing was sampled
     */
    static double share(int hits, int samples) {
        if (hits >= samples) {
            return 1;
        }
        if (hits == 0) {
            return 1 - Math.pow(DOUBT, 1.0 / samples);
        }
        double low = (double) hits / samples;
        double high = 1;
        for (int step = 0; step < STEPS; step++) {
            double middle = (low + high) / 2;
            if (atMost(hits, samples, middle) > DOUBT) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** Probability of at most so many hits. */
    private static double atMost(int hits, int samples, double share) {
        double odds = Math.log(share) - Math.log1p(-share);
        double log = samples * Math.log1p(-share);
        double sum = Math.exp(log);
        for (int k = 1; k <= hits; k++) {
            log += odds + Math.log((double) (samples - k + 1) / k);
            sum += Math.exp(log);
        }
        return sum;
    }

    /** Upper bound of the mean of a Poisson count (Wilson and Hilferty, 1931): 3 for none. */
    static double count(int counted) {
        double k = counted + 1.0;
        return k * Math.pow(1 - 1 / (9 * k) + NORMAL / (3 * Math.sqrt(k)), 3);
    }
}
