package io.weir.detector.api;

import io.weir.filter.address.IpPrefix;

/**
 * Who is to be banned.
 *
 * @param lengthNanos for how long from now, {@link Long#MAX_VALUE} for ever
 */
public record BanRequest(IpPrefix prefix, long lengthNanos, String reason) {}
