package io.weir.detector.config;

import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpPrefix;

/**
 * One entry of {@code protect}.
 *
 * @param thresholds for each address inside
 * @param prefixThresholds for the prefix as a whole
 */
public record ProtectedPrefix(IpPrefix prefix, View view, Thresholds thresholds, Thresholds prefixThresholds) {
    /** With the built-in thresholds. */
    public static ProtectedPrefix of(IpPrefix prefix) {
        return new ProtectedPrefix(prefix, View.AUTO, BuiltInThresholds.ADDRESS, BuiltInThresholds.PREFIX);
    }
}
