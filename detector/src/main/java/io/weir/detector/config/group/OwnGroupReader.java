package io.weir.detector.config.group;

import io.weir.detector.config.tree.Keys;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads Weir's own form of a group, YAML with the terms of the clouds:
 *
 * <pre>{@code
 * id: web                        # the file's name where left out
 * type: basic                    # basic | enterprise | allow_only | network_acl
 * inner_access: accept           # accept | drop; of a basic group only
 * rules:
 *   - direction: ingress         # ingress | egress
 *     policy: accept             # accept | drop
 *     priority: 1                # 1 (first; also where left out) to 100; a network_acl: 1 to 32767, required
 *     protocol: tcp              # tcp | udp | icmp | icmpv6 | gre | all | 0 to 255
 *     ports: 22/22               # also 22, "22/23,443/443" or a list; -1/-1 or nothing for other protocols
 *     source_ports: 1024/65535   # all where left out
 *     source: 10.1.2.3/32        # any | prefix | sg-… | pl-… | {group: ID} | {prefix_list: ID}, or a list of them
 *     destination: any           # the same; the near side may be left out
 *     icmp: { type: 8, code: 0 } # of icmp and icmpv6; all where left out, all codes without code
 *     description: office
 *     id: rule-1
 * }</pre>
 */
final class OwnGroupReader {
    private static final Keys KEYS = Keys.of(List.of("id", "type", "inner_access", "rules", "description"));
    private static final Map<String, GroupType> TYPES = Map.of(
            "basic", GroupType.BASIC,
            "enterprise", GroupType.ENTERPRISE,
            "allow_only", GroupType.ALLOW_ONLY,
            "network_acl", GroupType.NETWORK_ACL);

    private OwnGroupReader() {}

    static Optional<ExportedGroup> read(Value value, GroupUse use) {
        Optional<Section> section = value.section(KEYS);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        Section group = section.get();
        Optional<GroupType> stated = group.given("type").flatMap(given -> given.word(TYPES));
        stated.ifPresent(known -> GroupFile.refuseType(value, use, known));
        GroupType type = stated.or(use::type).orElse(GroupType.BASIC);
        Optional<Value> innerAccess = group.given("inner_access");
        if (innerAccess.isPresent() && type != GroupType.BASIC) {
            innerAccess.get().fault("means nothing in " + type.text() + "; leave it out");
        }
        boolean isInnerAccess = innerAccess
                        .flatMap(given -> given.word(AlibabaRuleReader.POLICIES))
                        .orElse(Policy.ACCEPT)
                == Policy.ACCEPT;
        List<ExportedRule> rules = new ArrayList<>();
        group.requireGiven("rules", "the list of rules, [] for none")
                .map(list -> list.items("a list of rules"))
                .orElse(List.of())
                .forEach(item -> OwnRuleReader.read(item, type).ifPresent(rules::add));
        String id = Fields.text(group, "id", GroupFile.nameOf(use.file()));
        return Optional.of(new ExportedGroup(
                value, use.file().toString(), id, type, type == GroupType.BASIC && isInnerAccess, rules));
    }
}
