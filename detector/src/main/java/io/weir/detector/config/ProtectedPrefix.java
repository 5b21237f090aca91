package io.weir.detector.config;

import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.rule.TargetRules;
import io.weir.filter.signature.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One entry of {@code protect}.
 *
 * @param thresholds for each address inside
 * @param prefixThresholds for the prefix as a whole
 * @param rules of its groups, merged, management access included; empty where it names no group, so that everything is
 *     accepted
 * @param signatures of what is dropped by its looks, those for every prefix included
 */
public record ProtectedPrefix(
        IpPrefix prefix,
        View view,
        Thresholds thresholds,
        Thresholds prefixThresholds,
        Optional<TargetRules> rules,
        List<Signature> signatures) {
    /** Lists are copied. */
    public ProtectedPrefix {
        signatures = List.copyOf(signatures);
    }

    /** Without signatures. */
    public ProtectedPrefix(
            IpPrefix prefix,
            View view,
            Thresholds thresholds,
            Thresholds prefixThresholds,
            Optional<TargetRules> rules) {
        this(prefix, view, thresholds, prefixThresholds, rules, List.of());
    }

    /** Without groups. */
    public ProtectedPrefix(IpPrefix prefix, View view, Thresholds thresholds, Thresholds prefixThresholds) {
        this(prefix, view, thresholds, prefixThresholds, Optional.empty(), List.of());
    }

    /** With other rules. */
    public ProtectedPrefix with(Optional<TargetRules> others) {
        return new ProtectedPrefix(prefix, view, thresholds, prefixThresholds, others, signatures);
    }

    /** With other thresholds. */
    public ProtectedPrefix with(Thresholds ofAddress, Thresholds ofPrefix) {
        return new ProtectedPrefix(prefix, view, ofAddress, ofPrefix, rules, signatures);
    }

    /** With further signatures. */
    public ProtectedPrefix with(List<Signature> more) {
        List<Signature> all = new ArrayList<>(signatures);
        more.stream().filter(signature -> !all.contains(signature)).forEach(all::add);
        return new ProtectedPrefix(prefix, view, thresholds, prefixThresholds, rules, all);
    }

    /** With the built-in thresholds. */
    public static ProtectedPrefix of(IpPrefix prefix) {
        return new ProtectedPrefix(prefix, View.AUTO, BuiltInThresholds.ADDRESS, BuiltInThresholds.PREFIX);
    }
}
