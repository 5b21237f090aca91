package io.weir.detector.config.tree;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The keys that a block may have; every other one is a fault. */
public final class Keys {
    private final List<String> read;
    private final Set<String> known;

    private Keys(List<String> read, List<String> harmless) {
        this.read = List.copyOf(read);
        known = new HashSet<>(read);
        known.addAll(harmless);
    }

    /** @param read those that somebody reads */
    public static Keys of(List<String> read) {
        return new Keys(read, List.of());
    }

    /** @param harmless those that a cloud writes and that say nothing about which packets pass */
    public Keys andHarmless(String... harmless) {
        return new Keys(read, List.of(harmless));
    }

    List<String> read() {
        return read;
    }

    boolean isKnown(String key) {
        return known.contains(key);
    }
}
