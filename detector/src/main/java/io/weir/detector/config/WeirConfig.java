package io.weir.detector.config;

import io.weir.detector.config.tree.Origins;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.rule.TargetRules;
import io.weir.filter.signature.Signature;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A whole configuration, every bound held.
 *
 * @param protect different prefixes in the order of the file; empty where nothing was named
 * @param events where events go, resolved from the configuration's folder
 * @param timeouts how long connections are remembered
 * @param rules for every destination, where {@code protect} is empty and groups were named on the command line
 * @param signatures for every destination; those of {@code protect} have them, too
 * @param api where a daemon can be asked
 * @param alerts who is told what happens
 * @param state folder where a daemon keeps what it knows between its runs
 * @param captures what it keeps there of the packets around a flood; empty for nothing
 * @param unusedNames members and prefix lists that no rule uses, such as {@code prefix_lists.pl-1}
 * @param origins where in the file each of it stands
 */
public record WeirConfig(
        List<ProtectedPrefix> protect,
        List<IpPrefix> trusted,
        List<ManagementAccess> management,
        Optional<RunConfig> run,
        Optional<Path> events,
        TableSizes tables,
        FlowTimeouts timeouts,
        Optional<TargetRules> rules,
        List<Signature> signatures,
        ApiConfig api,
        AlertsConfig alerts,
        Optional<Path> state,
        Optional<CapturesConfig> captures,
        List<String> unusedNames,
        Origins origins) {
    /** What holds without a configuration. */
    public static final WeirConfig DEFAULT = new WeirConfig(
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            TableSizes.DEFAULT,
            FlowTimeouts.DEFAULT,
            Optional.empty(),
            List.of(),
            ApiConfig.DEFAULT,
            AlertsConfig.NONE,
            Optional.empty(),
            Optional.of(CapturesConfig.DEFAULT),
            List.of(),
            Origins.NONE);

    /** @throws IllegalArgumentException where a prefix is protected twice */
    public WeirConfig {
        protect = List.copyOf(protect);
        trusted = List.copyOf(trusted);
        management = List.copyOf(management);
        signatures = List.copyOf(signatures);
        unusedNames = List.copyOf(unusedNames);
        if (protect.stream().map(ProtectedPrefix::prefix).distinct().count() < protect.size()) {
            throw new IllegalArgumentException("a prefix is protected twice");
        }
    }
}
