package io.weir.detector.api;

/** What whoever asks may do; each may what those before may. */
enum Role {
    NOBODY,
    VIEW,
    OPERATE;

    boolean mayAll(Role needed) {
        return ordinal() >= needed.ordinal();
    }
}
