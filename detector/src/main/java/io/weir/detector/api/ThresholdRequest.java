package io.weir.detector.api;

import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpPrefix;
import java.util.function.UnaryOperator;

/**
 * Other thresholds for a protected prefix.
 *
 * @param ofAddress makes those of each address from what holds
 * @param ofPrefix makes those of the prefix as a whole
 * @param isDryRun whether it is only checked
 * @param confirmNanos after which it is rolled back unless confirmed; 0 for never
 */
public record ThresholdRequest(
        IpPrefix prefix,
        UnaryOperator<Thresholds> ofAddress,
        UnaryOperator<Thresholds> ofPrefix,
        boolean isDryRun,
        long confirmNanos) {}
