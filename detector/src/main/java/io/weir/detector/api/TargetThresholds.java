package io.weir.detector.api;

import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpPrefix;

/**
 * The thresholds of a protected prefix.
 *
 * @param ofAddress of each address inside
 * @param ofPrefix of the prefix as a whole
 */
public record TargetThresholds(IpPrefix prefix, Thresholds ofAddress, Thresholds ofPrefix) {}
