package io.weir.detector.config.group;

import io.weir.detector.config.tree.Faults;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.fault.Fault;
import io.weir.filter.match.Classifier;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleSet;
import io.weir.filter.rule.SecurityGroup;
import io.weir.filter.rule.TargetRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads every file of groups that is named, once; resolves what they refer to; merges the rules of each target. */
public final class GroupAssembly {
    /**
     * What groups protect.
     *
     * @param prefix empty for every destination
     * @param groups none where everything is accepted
     */
    public record Target(Optional<IpPrefix> prefix, List<GroupUse> groups) {
        public Target {
            groups = List.copyOf(groups);
        }
    }

    private record Loaded(List<ExportedGroup> groups, Faults faults) {}

    private final References references;
    private final List<RuleBox> management;
    private final Map<GroupUse, Loaded> loaded = new LinkedHashMap<>();
    private final Set<String> unused = new TreeSet<>();

    /** @param management what passes whatever the rules say, as ingress sees it */
    public GroupAssembly(References references, List<RuleBox> management) {
        this.references = references;
        this.management = List.copyOf(management);
    }

    /** The rules of each target, none for one without groups. To be used only where {@link #faults} has none then. */
    public List<Optional<TargetRules>> merge(List<Target> targets) {
        for (Target target : targets) {
            for (GroupUse use : target.groups()) {
                loaded.computeIfAbsent(use, GroupAssembly::load);
            }
        }
        GroupResolver resolver = new GroupResolver(references, protectedBy(targets));
        List<Optional<TargetRules>> merged = new ArrayList<>();
        for (Target target : targets) {
            merged.add(merge(target, resolver));
        }
        references.members().keySet().stream()
                .filter(id -> !resolver.usedMembers().contains(id))
                .forEach(id -> unused.add("members." + id));
        references.prefixLists().keySet().stream()
                .filter(id -> !resolver.usedPrefixLists().contains(id))
                .forEach(id -> unused.add("prefix_lists." + id));
        return merged;
    }

    /** Of all files, each fault once, file by file. */
    public List<Fault> faults() {
        Set<Fault> faults = new LinkedHashSet<>();
        loaded.values().forEach(file -> faults.addAll(file.faults().list()));
        return List.copyOf(faults);
    }

    /** Names that were given and that no rule uses, such as {@code prefix_lists.pl-1}, sorted. */
    public List<String> unused() {
        return List.copyOf(unused);
    }

    private static Loaded load(GroupUse use) {
        Faults faults = new Faults(use.file().toString());
        return new Loaded(GroupFile.read(use, faults), faults);
    }

    private Optional<TargetRules> merge(Target target, GroupResolver resolver) {
        if (target.groups().isEmpty()) {
            return Optional.empty();
        }
        List<SecurityGroup> groups = new ArrayList<>();
        Optional<String> acl = Optional.empty();
        for (GroupUse use : target.groups()) {
            Loaded file = loaded.get(use);
            for (ExportedGroup exported : file == null ? List.<ExportedGroup>of() : file.groups()) {
                if (exported.type() == GroupType.NETWORK_ACL && acl.isPresent()) {
                    exported.place()
                            .fault("is the network ACL " + exported.id() + " beside " + acl.get()
                                    + " on one target; a subnet has one: choose it with {file: …, id: …}");
                    continue;
                }
                acl = exported.type() == GroupType.NETWORK_ACL ? Optional.of(exported.id()) : acl;
                groups.add(resolver.resolved(exported));
            }
        }
        List<IpPrefix> prefixes = target.prefix().map(List::of).orElse(List.of(IpPrefix.ANY_IPV4, IpPrefix.ANY_IPV6));
        TargetRules merged = TargetRules.of(groups, prefixes, management);
        int boxes = Math.max(mostBoxes(merged, 4), mostBoxes(merged, 6));
        if (boxes > Classifier.MOST_BOXES) {
            Loaded first = loaded.get(target.groups().getFirst());
            if (first != null && !first.groups().isEmpty()) {
                first.groups()
                        .getFirst()
                        .place()
                        .fault("stands, with all that is merged with it, for " + boxes
                                + " combinations of prefixes and ports; " + Classifier.MOST_BOXES + " is the most");
            }
        }
        return Optional.of(merged);
    }

    /** Of either direction's rules. */
    private static int mostBoxes(TargetRules rules, int version) {
        int most = 0;
        for (RuleSet set : List.of(rules.ingress(), rules.egress())) {
            int boxes = set.rules().stream()
                    .mapToInt(rule -> (int) rule.boxes().stream()
                            .filter(box -> box.ipVersion() == version)
                            .count())
                    .sum();
            most = Math.max(most, boxes);
        }
        return most;
    }

    /** Who is protected by a group is a member of it. The most specific prefix decides alone, so others are holes. */
    private Map<String, List<IpPrefix>> protectedBy(List<Target> targets) {
        List<Target> sorted = targets.stream()
                .filter(target -> target.prefix().isPresent())
                .sorted(Comparator.comparing(target -> target.prefix().get(), Prefixes.WIDER_FIRST))
                .toList();
        List<Set<String>> ids = sorted.stream().map(this::ids).toList();
        Map<String, List<IpPrefix>> protectedBy = new HashMap<>();
        for (int i = 0; i < sorted.size(); i++) {
            IpPrefix prefix = sorted.get(i).prefix().get();
            for (String id : ids.get(i)) {
                List<IpPrefix> holes = new ArrayList<>();
                for (int j = i + 1; j < sorted.size(); j++) {
                    IpPrefix inner = sorted.get(j).prefix().get();
                    if (!prefix.contains(inner)) {
                        break;
                    }
                    if (!ids.get(j).contains(id)) {
                        holes.add(inner);
                    }
                }
                protectedBy.computeIfAbsent(id, _ -> new ArrayList<>()).addAll(Prefixes.without(prefix, holes));
            }
        }
        return protectedBy;
    }

    private Set<String> ids(Target target) {
        Set<String> ids = new HashSet<>();
        for (GroupUse use : target.groups()) {
            Loaded file = loaded.get(use);
            if (file != null) {
                file.groups().forEach(group -> ids.add(group.id()));
            }
        }
        return ids;
    }
}
