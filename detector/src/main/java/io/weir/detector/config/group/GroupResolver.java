package io.weir.detector.config.group;

import io.weir.detector.config.tree.Value;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.SecurityGroup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts prefixes in the place of names. */
final class GroupResolver {
    /** More than this in one rule is a product of two long lists with many ports, which no cloud holds either. */
    private static final int BOXES_MAXIMUM = 65_536;

    private static final List<IpPrefix> EVERYWHERE = List.of(IpPrefix.ANY_IPV4, IpPrefix.ANY_IPV6);

    private final References references;
    /** By group id, the prefixes that the group protects here. */
    private final Map<String, List<IpPrefix>> protectedBy;

    /** By identity: comparing rule by rule is slow. */
    private final IdentityHashMap<ExportedGroup, SecurityGroup> resolved = new IdentityHashMap<>();

    private final Set<String> usedMembers = new HashSet<>();
    private final Set<String> usedPrefixLists = new HashSet<>();

    GroupResolver(References references, Map<String, List<IpPrefix>> protectedBy) {
        this.references = references;
        this.protectedBy = protectedBy;
    }

    /** Each group once, so that each of its faults stands once. */
    SecurityGroup resolved(ExportedGroup group) {
        return resolved.computeIfAbsent(group, this::resolve);
    }

    private SecurityGroup resolve(ExportedGroup group) {
        List<Rule> rules = new ArrayList<>();
        for (ExportedRule rule : group.rules()) {
            rules.add(new Rule(
                    new RuleOrigin(group.file(), group.id(), rule.place().keyPath()),
                    rule.id(),
                    rule.direction(),
                    rule.policy(),
                    rule.priority(),
                    boxes(rule),
                    rule.description(),
                    rule.text()));
        }
        return new SecurityGroup(
                group.file(),
                group.id(),
                group.type(),
                group.isInnerAccess(),
                rules,
                membersOf(group.id()).orElse(List.of()));
    }

    Set<String> usedMembers() {
        return usedMembers;
    }

    Set<String> usedPrefixLists() {
        return usedPrefixLists;
    }

    private List<RuleBox> boxes(ExportedRule rule) {
        List<IpPrefix> sources = prefixes(rule.sources());
        List<IpPrefix> destinations = prefixes(rule.destinations());
        long count = (long) sources.size()
                * destinations.size()
                * rule.ports().size()
                * rule.sourcePorts().size();
        if (count > BOXES_MAXIMUM) {
            rule.place()
                    .fault("stands for " + count + " combinations of prefixes and ports; " + BOXES_MAXIMUM
                            + " is the most, so split it");
            return List.of();
        }
        List<RuleBox> boxes = new ArrayList<>();
        for (IpPrefix source : sources) {
            for (IpPrefix destination : destinations) {
                if (source.version() == destination.version()) {
                    addPorts(rule, source, destination, boxes);
                }
            }
        }
        if (boxes.isEmpty() && count > 0) {
            rule.place().fault("matches no packet: source and destination are of different IP versions");
        }
        return boxes;
    }

    private static void addPorts(ExportedRule rule, IpPrefix source, IpPrefix destination, List<RuleBox> boxes) {
        for (PortRange sourcePorts : rule.sourcePorts()) {
            for (PortRange ports : rule.ports()) {
                boxes.add(new RuleBox(source, destination, sourcePorts, ports, rule.protocol()));
            }
        }
    }

    private List<IpPrefix> prefixes(List<AddressTerm> terms) {
        if (terms.isEmpty()) {
            return EVERYWHERE;
        }
        List<IpPrefix> prefixes = new ArrayList<>();
        for (AddressTerm term : terms) {
            switch (term) {
                case AddressTerm.Prefix literal -> prefixes.add(literal.prefix());
                case AddressTerm.GroupMembers group ->
                    prefixes.addAll(membersOf(group.text())
                            .orElseGet(() -> unresolved(
                                    group.place(),
                                    "members",
                                    "who" + " its members are; name its file in the groups of what it protects, or")));
                case AddressTerm.PrefixList list -> prefixes.addAll(listOf(list));
            }
        }
        return Prefixes.outermost(prefixes);
    }

    private Optional<List<IpPrefix>> membersOf(String id) {
        List<IpPrefix> stated = references.members().get(id);
        if (stated != null) {
            usedMembers.add(id);
            return Optional.of(Prefixes.outermost(stated));
        }
        return Optional.ofNullable(protectedBy.get(id)).map(Prefixes::outermost);
    }

    private List<IpPrefix> listOf(AddressTerm.PrefixList list) {
        List<IpPrefix> prefixes = references.prefixLists().get(list.text());
        if (prefixes == null) {
            return unresolved(list.place(), "prefix_lists", "its prefixes;");
        }
        usedPrefixLists.add(list.text());
        return prefixes;
    }

    private static List<IpPrefix> unresolved(Value place, String key, String what) {
        String id = place.text("an id").orElse("");
        place.fault(
                "is a name, and nobody said " + what + " give " + key + ": {" + id + ": [CIDR]} in the configuration");
        return List.of();
    }
}
