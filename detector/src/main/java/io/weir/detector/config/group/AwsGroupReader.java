package io.weir.detector.config.group;

import io.weir.detector.config.tree.Keys;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.GroupType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one group as {@code aws ec2 describe-security-groups} prints it. A group without {@code VpcId} is read as one of
 * a VPC: EC2-Classic is gone.
 */
final class AwsGroupReader {
    private static final Keys KEYS = Keys.of(List.of("GroupId", "IpPermissions", "IpPermissionsEgress"))
            .andHarmless("GroupName", "Description", "OwnerId", "VpcId", "Tags", "SecurityGroupArn");

    private AwsGroupReader() {}

    static Optional<ExportedGroup> read(Value value, GroupUse use) {
        Optional<Section> section = value.section(KEYS);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        GroupFile.refuseType(value, use, GroupType.ALLOW_ONLY);
        List<ExportedRule> rules = new ArrayList<>();
        // An export without one of the lists is no export: its rules would silently be none.
        section.get()
                .requireGiven("IpPermissions", "the list of ingress rules, [] for none")
                .ifPresent(list -> rules.addAll(rules(list, Direction.INGRESS)));
        section.get()
                .requireGiven("IpPermissionsEgress", "the list of egress rules, [] for none")
                .ifPresent(list -> rules.addAll(rules(list, Direction.EGRESS)));
        String id = Fields.text(section.get(), "GroupId", GroupFile.nameOf(use.file()));
        return Optional.of(new ExportedGroup(value, use.file().toString(), id, GroupType.ALLOW_ONLY, false, rules));
    }

    private static List<ExportedRule> rules(Value list, Direction direction) {
        List<ExportedRule> rules = new ArrayList<>();
        for (Value item : list.items("a list of rules")) {
            rules.addAll(AwsRuleReader.read(item, direction));
        }
        return rules;
    }
}
