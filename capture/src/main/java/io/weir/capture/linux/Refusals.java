package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;

/** Whose connections the kernel drops. One thread. */
public interface Refusals {
    /**
     * Drops the segments of a source, an IPv4 address or 64 bits of an IPv6 address, from now on; answers whether it can, and
     * has room.
     */
    default boolean refuse(IpPrefix source) throws KernelException {
        return false;
    }

    /** Ends that. */
    default void hear(IpPrefix source) throws KernelException {
        // None was refused.
    }

    /**
     * Drops the segments of a connection, but its SYNs, until none came for 17 s or, where there are too many, it is the one
     * that none came of for the longest time. Does nothing where that can't be had.
     *
     * @param nowNanos of the kernel's clock that isn't set (CLOCK_MONOTONIC), as System.nanoTime() tells it
     */
    default void refuse(ShieldConnection connection, long nowNanos) throws KernelException {
        // Weir drops them itself.
    }

    /** Ends that: a new connection has the same ends. */
    default void hear(ShieldConnection connection) throws KernelException {
        // None was refused.
    }
}
