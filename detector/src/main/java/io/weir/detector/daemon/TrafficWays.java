package io.weir.detector.daemon;

import io.weir.filter.packet.PacketBatch;

/**
 * The way of each packet of a batch, as {@link io.weir.filter.verdict.ReasonCounters} counts it: the interface that it
 * came by, and its direction as seen from what is protected. One thread.
 */
final class TrafficWays {
    /** Toward a protected prefix; from another protected prefix, too, for that is how it is judged. */
    static final int INGRESS = 0;
    /** From a protected prefix to elsewhere. */
    static final int EGRESS = 1;
    /** Neither, and what has no addresses. */
    static final int TRANSIT = 2;

    static final int DIRECTIONS = 3;

    /** Valid for the batch last looked at. */
    final int[] of = new int[PacketBatch.CAPACITY];

    private final int interfaces;

    /** @param interfaces that are told apart, 1 or more; those beyond count with the last */
    TrafficWays(int interfaces) {
        this.interfaces = interfaces;
    }

    /** How many ways there are; the last is that of {@link #unknown}. */
    int count() {
        return interfaces * DIRECTIONS + 1;
    }

    /** Of packets that were dropped on their way in, by one of several interfaces. */
    int unknown() {
        return interfaces == 1 ? INGRESS : interfaces * DIRECTIONS;
    }

    void look(PacketBatch batch, PrefixColumns prefixes) {
        for (int i = 0; i < batch.size; i++) {
            // Negative in none; the source is only asked for where the destination is in none.
            int direction = prefixes.destination[i] >= 0 ? INGRESS : prefixes.source[i] >= 0 ? EGRESS : TRANSIT;
            direction = batch.ipVersion[i] == 0 ? TRANSIT : direction;
            of[i] = Math.min(batch.interfaceIndex[i], interfaces - 1) * DIRECTIONS + direction;
        }
    }
}
