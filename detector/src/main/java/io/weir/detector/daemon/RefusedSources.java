package io.weir.detector.daemon;

import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.Shield;
import io.weir.detector.scrub.Offload;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sources whose segments the kernel drops for a while. The thread that judges offers them, without waiting and without an
 * object each; what finds no room it goes on to judge itself. All else is the other thread's.
 */
final class RefusedSources {
    private static final int NETWORK_BITS = 64;

    /** A power of two. */
    private static final int MOST_OFFERED = 1024;

    private final long[] offered = new long[2 * MOST_OFFERED];
    private volatile int written;
    private volatile int read;

    /** When each ends, by System.nanoTime(); the first ends first. */
    private final Map<IpPrefix, Long> ends = new LinkedHashMap<>();

    /** @return whether there was room */
    boolean offer(long high, long low) {
        int at = written;
        if (at - read >= MOST_OFFERED) {
            return false;
        }
        int slot = 2 * (at & MOST_OFFERED - 1);
        offered[slot] = high;
        offered[slot + 1] = low;
        written = at + 1;
        return true;
    }

    boolean isEmpty() {
        return ends.isEmpty() && read == written;
    }

    /**
     * Refuses what was offered, and hears those again whose time is over.
     *
     * @param isObserving whether none is to be refused
     * @return whether any was
     */
    boolean turn(Shield shield, boolean isObserving, long nowNanos) throws KernelException {
        boolean isAny = !ends.isEmpty();
        while (!ends.isEmpty()) {
            Map.Entry<IpPrefix, Long> first = ends.entrySet().iterator().next();
            if (!isObserving && first.getValue() - nowNanos > 0) {
                break;
            }
            shield.hear(first.getKey());
            ends.remove(first.getKey());
        }
        for (int at = read; at != written; at++) {
            int slot = 2 * (at & MOST_OFFERED - 1);
            IpPrefix source = source(offered[slot], offered[slot + 1]);
            read = at + 1;
            if (!isObserving && shield.refuse(source)) {
                ends.remove(source);
                ends.put(source, nowNanos + Offload.REFUSED_NANOS);
                isAny = true;
            }
        }
        return isAny;
    }

    private static IpPrefix source(long high, long low) {
        return IpAddress.isIpv4(high, low) ? IpPrefix.host(high, low) : new IpPrefix(6, high, 0, NETWORK_BITS);
    }
}
