package io.weir.detector.daemon;

import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.Refusals;
import io.weir.detector.scrub.Offload;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sources whose segments the kernel drops for a while. The thread that judges offers them; what finds no room it goes on to
 * judge itself. All else is the other thread's.
 */
final class RefusedSources {
    private static final int NETWORK_BITS = 64;
    static final int MOST_OFFERED = 1024;

    private final OfferRing offered = new OfferRing(2, MOST_OFFERED);

    /** When each ends, by System.nanoTime(); the first ends first. */
    private final Map<IpPrefix, Long> ends = new LinkedHashMap<>();

    private boolean isFull;

    /** @return whether there was room */
    boolean offer(long high, long low) {
        int at = offered.claim();
        if (at < 0) {
            return false;
        }
        offered.put(at, high);
        offered.put(at + 1, low);
        offered.publish();
        return true;
    }

    boolean isEmpty() {
        return ends.isEmpty() && offered.isEmpty();
    }

    /** Whether the kernel had no room for one in the last turn. */
    boolean isFull() {
        return isFull;
    }

    /**
     * Refuses what was offered, and hears those again whose time is over.
     *
     * @param isObserving whether none is to be refused
     * @return whether any was
     */
    boolean turn(Refusals kernel, boolean isObserving, long nowNanos) throws KernelException {
        boolean isAny = !ends.isEmpty();
        isFull = false;
        while (!ends.isEmpty()) {
            Map.Entry<IpPrefix, Long> first = ends.entrySet().iterator().next();
            if (!isObserving && first.getValue() - nowNanos > 0) {
                break;
            }
            kernel.hear(first.getKey());
            ends.remove(first.getKey());
        }
        for (; !offered.isEmpty(); offered.release()) {
            int at = offered.oldest();
            IpPrefix source = source(offered.get(at), offered.get(at + 1));
            if (isObserving) {
                continue;
            }
            if (kernel.refuse(source)) {
                ends.remove(source);
                ends.put(source, nowNanos + Offload.REFUSED_NANOS);
                isAny = true;
            } else {
                isFull = true;
            }
        }
        return isAny;
    }

    private static IpPrefix source(long high, long low) {
        return IpAddress.isIpv4(high, low) ? IpPrefix.host(high, low) : new IpPrefix(6, high, 0, NETWORK_BITS);
    }
}
