package io.weir.detector.config;

import io.weir.detector.config.group.GroupAssembly;
import io.weir.detector.config.group.GroupUse;
import io.weir.detector.config.group.References;
import io.weir.detector.config.tree.Origins;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.fault.Fault;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.TargetRules;
import io.weir.filter.signature.Signature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A configuration whose files of groups aren't read yet.
 *
 * @param signatures for every destination
 * @param everywhere groups for every destination, where nothing is protected by name
 */
record Draft(
        List<Entry> protect,
        List<IpPrefix> trusted,
        List<ManagementAccess> management,
        Optional<RunConfig> run,
        Optional<Path> events,
        TableSizes tables,
        FlowTimeouts timeouts,
        References references,
        List<GroupUse> everywhere,
        List<Signature> signatures,
        ApiConfig api,
        AlertsConfig alerts,
        Optional<Path> state,
        Optional<CapturesConfig> captures,
        Origins origins) {
    static final Draft EMPTY = new Draft(
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            TableSizes.DEFAULT,
            FlowTimeouts.DEFAULT,
            References.NONE,
            List.of(),
            List.of(),
            ApiConfig.DEFAULT,
            AlertsConfig.NONE,
            Optional.empty(),
            Optional.of(CapturesConfig.DEFAULT),
            Origins.NONE);

    /** @param groups none where everything is accepted */
    record Entry(ProtectedPrefix protect, List<GroupUse> groups) {}

    /** Prefixes and groups of the command line; what the configuration says of a prefix holds. */
    Draft with(List<IpPrefix> prefixes, List<GroupUse> groups) {
        List<Entry> all = new ArrayList<>();
        for (Entry entry : protect) {
            all.add(entry.groups().isEmpty() ? new Entry(entry.protect(), groups) : entry);
        }
        for (IpPrefix prefix : prefixes) {
            if (all.stream().noneMatch(known -> known.protect().prefix().equals(prefix))) {
                all.add(new Entry(ProtectedPrefix.of(prefix), groups));
            }
        }
        return new Draft(
                all,
                trusted,
                management,
                run,
                events,
                tables,
                timeouts,
                references,
                all.isEmpty() ? groups : List.of(),
                signatures,
                api,
                alerts,
                state,
                captures,
                origins);
    }

    /** @param faults found so far; those of the files of groups are added */
    ConfigResult finish(List<Fault> faults) {
        List<RuleBox> access =
                management.stream().flatMap(entry -> entry.boxes().stream()).toList();
        GroupAssembly assembly = new GroupAssembly(references, access);
        List<GroupAssembly.Target> targets = new ArrayList<>();
        for (Entry entry : protect) {
            targets.add(new GroupAssembly.Target(Optional.of(entry.protect().prefix()), entry.groups()));
        }
        targets.add(new GroupAssembly.Target(Optional.empty(), everywhere));
        List<Optional<TargetRules>> rules = assembly.merge(targets);
        List<Fault> all = new ArrayList<>(faults);
        all.addAll(assembly.faults());
        if (!all.isEmpty()) {
            return new ConfigResult.Rejected(all);
        }
        List<ProtectedPrefix> entries = new ArrayList<>();
        for (Entry entry : protect) {
            entries.add(entry.protect().with(rules.get(entries.size())).with(signatures));
        }
        return new ConfigResult.Loaded(new WeirConfig(
                entries,
                trusted,
                management,
                run,
                events,
                tables,
                timeouts,
                rules.getLast(),
                signatures,
                api,
                alerts,
                state,
                captures,
                assembly.unused(),
                origins));
    }
}
