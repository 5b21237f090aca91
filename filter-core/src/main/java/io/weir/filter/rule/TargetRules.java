package io.weir.filter.rule;

import io.weir.filter.address.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What holds for one protected target: the rules of all its groups, merged. A packet passes where the security groups
 * accept it and, where there is a network ACL, that one too.
 *
 * <p>Security groups are stateful: only new connections are judged. Their rules stand in this order:
 *
 * <ol>
 *   <li>management access, and its answers;
 *   <li>for each basic group with inner access: members reach each other (Alibaba Cloud, ModifySecurityGroupPolicy:
 *       <i>Accept</i> takes precedence over all user-defined rules; a group that says <i>Drop</i> adds nothing here);
 *   <li>the rules of all groups together by priority, at the same priority those that drop first, then in the order of
 *       groups and files;
 *   <li>the default. Ingress: dropped. Egress: accepted where every group is basic. One group that drops by default is
 *       enough to drop, because whoever chose it listed what may leave.
 * </ol>
 *
 * <p>A network ACL is stateless: every packet is judged, by number. Management access and its answers come first there,
 * too, or nobody could undo a mistake.
 *
 * @param groups in the order given
 * @param aclIngress present together with {@code aclEgress}
 */
public record TargetRules(
        List<SecurityGroup> groups,
        RuleSet ingress,
        RuleSet egress,
        Optional<RuleSet> aclIngress,
        Optional<RuleSet> aclEgress) {
    public TargetRules {
        groups = List.copyOf(groups);
    }

    /**
     * Merges.
     *
     * @param groups with at most one network ACL; without any other, the ACL alone decides
     * @param target what is protected; members inside are what a packet from another member may reach
     * @param management TCP from administrators to the ports they need, as ingress sees it
     * @throws IllegalArgumentException with more than one network ACL: a subnet has exactly one
     */
    public static TargetRules of(List<SecurityGroup> groups, List<IpPrefix> target, List<RuleBox> management) {
        List<SecurityGroup> acls = groups.stream()
                .filter(group -> group.type() == GroupType.NETWORK_ACL)
                .toList();
        if (acls.size() > 1) {
            throw new IllegalArgumentException("more than one network ACL");
        }
        List<SecurityGroup> stateful = groups.stream()
                .filter(group -> group.type() != GroupType.NETWORK_ACL)
                .toList();
        RuleMerge merge = new RuleMerge(target, management);
        return new TargetRules(
                groups,
                merge.ofGroups(stateful, Direction.INGRESS),
                merge.ofGroups(stateful, Direction.EGRESS),
                acls.stream().findFirst().map(acl -> merge.ofAcl(acl, Direction.INGRESS)),
                acls.stream().findFirst().map(acl -> merge.ofAcl(acl, Direction.EGRESS)));
    }

    /** All that judge packets of a direction, the network ACL's first: each must accept. */
    public List<RuleSet> sets(Direction direction) {
        return Stream.concat(aclOf(direction).stream(), Stream.of(of(direction)))
                .toList();
    }

    /** Of the security groups. */
    public RuleSet of(Direction direction) {
        return direction == Direction.INGRESS ? ingress : egress;
    }

    /** Of the network ACL, if there is one. */
    public Optional<RuleSet> aclOf(Direction direction) {
        return direction == Direction.INGRESS ? aclIngress : aclEgress;
    }
}
