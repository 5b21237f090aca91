package io.weir.detector.config;

import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.rule.TargetRules;
import java.util.Optional;

/**
 * One entry of {@code protect}.
 *
 * @param thresholds for each address inside
 * @param prefixThresholds for the prefix as a whole
 * @param rules of its groups, merged, management access included; empty where it names no group, so that everything is
 *     accepted
 */
public record ProtectedPrefix(
        IpPrefix prefix, View view, Thresholds thresholds, Thresholds prefixThresholds, Optional<TargetRules> rules) {
    /** Without groups. */
    public ProtectedPrefix(IpPrefix prefix, View view, Thresholds thresholds, Thresholds prefixThresholds) {
        this(prefix, view, thresholds, prefixThresholds, Optional.empty());
    }

    /** With other rules. */
    public ProtectedPrefix with(Optional<TargetRules> others) {
        return new ProtectedPrefix(prefix, view, thresholds, prefixThresholds, others);
    }

    /** With the built-in thresholds. */
    public static ProtectedPrefix of(IpPrefix prefix) {
        return new ProtectedPrefix(prefix, View.AUTO, BuiltInThresholds.ADDRESS, BuiltInThresholds.PREFIX);
    }
}
