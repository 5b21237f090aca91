package io.weir.detector.config.group;

import io.weir.detector.config.tree.Keys;
import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what {@code aliyun ecs DescribeSecurityGroupAttribute} prints: one object for each page of a group's rules. Pages
 * of one group in one list become one group.
 */
final class AlibabaGroupReader {
    private static final Keys KEYS = Keys.of(List.of(
                    "SecurityGroupId", "SecurityGroupType", "VpcId", "InnerAccessPolicy", "NextToken", "Permissions"))
            .andHarmless(
                    "RequestId",
                    "RegionId",
                    "SecurityGroupName",
                    "Description",
                    "SnapshotPolicyIds",
                    "CreateTime",
                    "CreationTime",
                    "ResourceGroupId",
                    "ServiceManaged",
                    "Tags");
    private static final Map<String, GroupType> TYPES =
            Map.of("normal", GroupType.BASIC, "enterprise", GroupType.ENTERPRISE);
    private static final String PERMISSIONS = "an object with a list Permission";

    private final GroupUse use;
    private final Map<String, ExportedGroup> groups = new LinkedHashMap<>();
    /** By group, the last page's token, which says that more pages would follow. */
    private final Map<String, Value> tokens = new LinkedHashMap<>();

    AlibabaGroupReader(GroupUse use) {
        this.use = use;
    }

    /** Takes one page. */
    void take(Value page) {
        Optional<Section> section = page.section(KEYS);
        if (section.isEmpty()) {
            return;
        }
        Section group = section.get();
        String id = Fields.text(group, "SecurityGroupId", GroupFile.nameOf(use.file()));
        tokens.remove(id);
        group.given("NextToken").ifPresent(token -> tokens.put(id, token));
        Optional<GroupType> exported = group.given("SecurityGroupType").flatMap(value -> value.word(TYPES));
        if (exported.isPresent() && !use.type().orElse(exported.get()).equals(exported.get())) {
            page.fault("is " + exported.get().text() + " by its SecurityGroupType, not "
                    + use.type().get().text() + "; leave the type out");
        }
        // CreateSecurityGroup: members of a new basic group reach each other.
        boolean isInnerAccess = group.given("InnerAccessPolicy")
                        .flatMap(value -> value.word(AlibabaRuleReader.POLICIES))
                        .orElse(Policy.ACCEPT)
                == Policy.ACCEPT;
        GroupType type = exported.or(use::type).orElse(GroupType.BASIC);
        boolean isClassic = group.given("VpcId").isEmpty();
        ExportedGroup read =
                new ExportedGroup(page, use.file().toString(), id, type, isInnerAccess, rules(group, isClassic));
        groups.merge(id, read, ExportedGroup::and);
    }

    private List<ExportedRule> rules(Section group, boolean isClassic) {
        Optional<Value> permissions = group.requireGiven("Permissions", PERMISSIONS);
        // Some tools leave the inner level out.
        Optional<Value> list = permissions.isPresent() && permissions.get().node() instanceof Node.Mapping
                ? permissions
                        .flatMap(value -> value.section(List.of("Permission")))
                        .flatMap(section -> section.requireGiven("Permission", "the list of rules"))
                : permissions;
        List<AlibabaRuleReader.Permission> read = new ArrayList<>();
        for (Value item : list.map(value -> value.items("a list of rules")).orElse(List.of())) {
            AlibabaRuleReader.read(item).ifPresent(read::add);
        }
        return isClassic ? ofNic(group.whole(), read) : ruleOf(read);
    }

    /** In the classic network each card has rules of its own; in a VPC the type of the card means nothing. */
    private List<ExportedRule> ofNic(Value group, List<AlibabaRuleReader.Permission> read) {
        Set<GroupUse.Nic> nics = new HashSet<>();
        read.forEach(permission -> permission.nic().ifPresent(nics::add));
        if (use.nic().isPresent()) {
            GroupUse.Nic wanted = use.nic().get();
            return ruleOf(read.stream()
                    .filter(permission -> permission.nic().orElse(wanted) == wanted)
                    .toList());
        }
        if (nics.size() > 1) {
            group.fault("is of the classic network (VpcId is empty) and holds rules of both network cards (NicType);"
                    + " say which card is meant: {file: " + GroupFile.fileName(use.file())
                    + ", nic: internet | intranet}");
        }
        return ruleOf(read);
    }

    private static List<ExportedRule> ruleOf(List<AlibabaRuleReader.Permission> read) {
        return read.stream().map(AlibabaRuleReader.Permission::rule).toList();
    }

    /** Every group of which a page was taken. */
    List<ExportedGroup> groups() {
        tokens.forEach((_, token) -> token.fault("is not empty, so the export is incomplete; export with --MaxResults"
                + " 1000, and put all pages into one list, [ …, … ]"));
        tokens.clear();
        return List.copyOf(groups.values());
    }
}
