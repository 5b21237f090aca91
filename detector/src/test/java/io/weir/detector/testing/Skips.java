package io.weir.detector.testing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Skips tests aloud: the build's own report only counts them. */
public final class Skips {
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private Skips() {}

    /**
     * Skips the calling test if something is missing.
     *
     * @param remedy what to set or install, and what for
     */
    public static void unless(boolean isPresent, String remedy) {
        if (!isPresent && TOLD.add(remedy)) {
            System.err.println("SKIPPED tests: " + remedy);
        }
        Assumptions.assumeTrue(isPresent, remedy);
    }
}
