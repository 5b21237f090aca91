package io.weir.detector.flood;

/** Who sent a packet that is judged during a flood, as far as that can be known. */
public enum Sender {
    /** An established connection or exchange. */
    ESTABLISHED,
    /** A source that has proven itself, or was known before the flood began, from where it was known. */
    CREDIBLE,
    /** A source never seen, that nothing tells from a user. */
    NEWCOMER,
    /** What the flood's own test, its signature or its mass speaks against. */
    SUSPECT;

    private static final int COUNT = values().length;

    static int count() {
        return COUNT;
    }
}
