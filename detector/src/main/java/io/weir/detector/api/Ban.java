package io.weir.detector.api;

import io.weir.filter.address.IpPrefix;

/**
 * A source whose packets are dropped whatever they are.
 *
 * @param sinceNanos when it began, in nanoseconds since the epoch
 * @param untilNanos when it ends, {@link Long#MAX_VALUE} for never
 * @param reason why, in the words of whoever asked for it; one line, may be empty
 */
public record Ban(IpPrefix prefix, long sinceNanos, long untilNanos, String reason) {
    public static final int REASON_MAXIMUM = 200;

    public boolean isForever() {
        return untilNanos == Long.MAX_VALUE;
    }
}
