package io.weir.detector.flood;

/**
 * A signature of a flood as events tell it.
 *
 * @param text in the language of signatures
 * @param attackShare of the flood's packets that have it, 0 to 1
 * @param attackSamples packets of the flood that it was found in
 * @param peaceBound upper 95 % bound of the share of peaceful packets of the class that have it
 * @param peaceSamples peaceful packets that it was held against
 * @param packets that had it so far
 */
public record FloodSignature(
        String text,
        State state,
        Basis basis,
        double attackShare,
        int attackSamples,
        double peaceBound,
        int peaceSamples,
        long packets) {
    /** Whether it drops yet. */
    public enum State {
        /** It only counts: what it would hit is compared with what proves itself. */
        TRIAL("trial"),
        ACTIVE("active");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** As it stands in events. */
        public String text() {
            return text;
        }
    }

    /** Why it is trusted to spare the users. */
    public enum Basis {
        /** The samples of peace bound its harm. */
        SAMPLES("samples"),
        /** No stack that people use sends it; the samples of peace, too few to tell, hold none. */
        NEVER_SENT("never-sent"),
        /** It costs less than one newcomer a second. */
        EXPECTED_LOSS("expected-loss");

        private final String text;

        Basis(String text) {
            this.text = text;
        }

        /** As it stands in events. */
        public String text() {
            return text;
        }
    }
}
