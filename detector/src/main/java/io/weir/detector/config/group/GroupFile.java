package io.weir.detector.config.group;

import io.weir.detector.config.tree.Faults;
import io.weir.detector.config.tree.FileText;
import io.weir.detector.config.tree.JsonTree;
import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.detector.config.tree.YamlTree;
import io.weir.filter.rule.GroupType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads one file of groups. A text that starts with a brace or bracket is JSON, any other YAML; which of the kinds it
 * is, its keys say. A list of pages or groups, as {@code --query} prints one, is read as all of them.
 */
final class GroupFile {
    /** 100,000 rules of Alibaba Cloud are 75 MB. */
    private static final int MEBIBYTES_MAXIMUM = 256;

    private static final String KINDS =
            "what aliyun ecs DescribeSecurityGroupAttribute, aws ec2 describe-security-groups"
                    + " or aws ec2 describe-network-acls prints, or Weir's own YAML with the key rules";

    private final GroupUse use;
    private final AlibabaGroupReader alibaba;
    private final List<ExportedGroup> groups = new ArrayList<>();
    private boolean isKnown = true;

    private GroupFile(GroupUse use) {
        this.use = use;
        alibaba = new AlibabaGroupReader(use);
    }

    /** The groups that are meant, with faults added where they can't be had as they are. */
    static List<ExportedGroup> read(GroupUse use, Faults faults) {
        Optional<String> text = FileText.read(use.file(), MEBIBYTES_MAXIMUM, "a file of security groups", faults);
        if (text.isPresent() && text.get().isBlank()) {
            faults.add(0, "", "", "is empty; it must be " + KINDS);
            return List.of();
        }
        Optional<Node> root =
                text.flatMap(found -> isJson(found) ? JsonTree.read(found, faults) : YamlTree.read(found, faults));
        return root.map(node -> new GroupFile(use).groups(new Value(node, "", faults)))
                .orElse(List.of());
    }

    private static boolean isJson(String text) {
        String start = text.stripLeading();
        return start.startsWith("{") || start.startsWith("[");
    }

    private List<ExportedGroup> groups(Value root) {
        if (root.node() instanceof Node.Sequence) {
            root.items("a list of groups").forEach(this::take);
        } else {
            take(root);
        }
        groups.addAll(alibaba.groups());
        if (groups.isEmpty() && isKnown) {
            root.fault("holds no group; it must be " + KINDS);
        }
        return use.ids().isEmpty() ? groups : chosen(root);
    }

    private List<ExportedGroup> chosen(Value root) {
        List<String> known = groups.stream().map(ExportedGroup::id).toList();
        for (String id : use.ids()) {
            if (!known.contains(id)) {
                root.faults()
                        .add(
                                root.node().line(),
                                "",
                                id,
                                "isn't in the file; it holds "
                                        + known.stream().limit(20).collect(Collectors.joining(", ")));
            }
        }
        return groups.stream().filter(group -> use.ids().contains(group.id())).toList();
    }

    private void take(Value value) {
        if (!(value.node() instanceof Node.Mapping mapping)) {
            unknown(value, "is no group; it must be " + KINDS);
        } else if (has(mapping, "SecurityGroups")) {
            page(value, "SecurityGroups", group -> AwsGroupReader.read(group, use));
        } else if (has(mapping, "NetworkAcls")) {
            page(value, "NetworkAcls", acl -> NetworkAclReader.read(acl, use));
        } else if (has(mapping, "SecurityGroupRules")) {
            unknown(
                    value,
                    "is of aws ec2 describe-security-group-rules, which tells nothing of the group itself;"
                            + " export with aws ec2 describe-security-groups");
        } else if (has(mapping, "Permissions")) {
            alibaba.take(value);
        } else if (has(mapping, "IpPermissions") || has(mapping, "IpPermissionsEgress")) {
            AwsGroupReader.read(value, use).ifPresent(groups::add);
        } else if (has(mapping, "Entries")) {
            NetworkAclReader.read(value, use).ifPresent(groups::add);
        } else if (has(mapping, "rules")) {
            OwnGroupReader.read(value, use).ifPresent(groups::add);
        } else {
            unknown(value, "is no group that is known; it must be " + KINDS);
        }
    }

    /** One page of AWS: a list of groups under a key. */
    private void page(Value value, String key, Function<Value, Optional<ExportedGroup>> reader) {
        Optional<Section> section = value.section(List.of(key, "NextToken", "ResponseMetadata"));
        Optional<Value> list = section.flatMap(page -> page.get(key));
        if (list.isPresent() && list.get().node() instanceof Node.Mapping) {
            // Alibaba Cloud has the key, too.
            unknown(
                    value,
                    "is of aliyun ecs DescribeSecurityGroups, which holds no rules; export each group with"
                            + " aliyun ecs DescribeSecurityGroupAttribute");
            return;
        }
        section.flatMap(page -> page.given("NextToken"))
                .ifPresent(token -> token.fault("is not empty, so the export is incomplete; export all pages"));
        for (Value item : list.map(found -> found.items("a list of groups")).orElse(List.of())) {
            reader.apply(item).ifPresent(groups::add);
        }
    }

    private void unknown(Value value, String problem) {
        isKnown = false;
        value.fault(problem);
    }

    private static boolean has(Node.Mapping mapping, String key) {
        return mapping.entries().stream()
                .anyMatch(entry -> entry.key() instanceof Node.Scalar scalar
                        && scalar.text().equals(key));
    }

    /** Only where the file itself says what it is. */
    static void refuseType(Value group, GroupUse use, GroupType known) {
        if (use.type().isPresent() && use.type().get() != known) {
            group.fault("is " + known.text() + ", not " + use.type().get().text() + "; leave the type out");
        }
    }

    static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** What a group is called that doesn't say its id. */
    static String nameOf(Path file) {
        String name = fileName(file);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
