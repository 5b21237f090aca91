package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;

/** Whose connections the kernel drops. One thread. */
public interface Refusals {
    /** Whether it refuses anybody at all. */
    default boolean canRefuse() {
        return false;
    }

    /**
     * Drops the SYNs and the data of a source, an IPv4 address or 64 bits of an IPv6 address, from now on; answers whether it
     * can, and has room.
     */
    default boolean refuse(IpPrefix source) throws KernelException {
        return false;
    }

    /** Ends that. */
    default void hear(IpPrefix source) throws KernelException {
        // None was refused.
    }

    /**
     * Drops the data of a connection until none came for 17 s, a SYN of the same ends did or, where there are too many, it is
     * the one that none came of for the longest time. Does nothing where that can't be had.
     *
     * @param nowNanos of the kernel's clock that isn't set (CLOCK_MONOTONIC), as System.nanoTime() tells it
     */
    default void refuse(ShieldConnection connection, long nowNanos) throws KernelException {
        // Weir drops them itself.
    }

    /** Ends that of all connections. */
    default void hearConnections() throws KernelException {
        // None was refused.
    }
}
