package io.weir.filter.rule;

import io.weir.filter.address.IpPrefix;
import java.util.List;

/**
 * One group as exported, references resolved.
 *
 * @param file as the user named it
 * @param id such as {@code sg-2zebb34geaa1x63gtkor}
 * @param isInnerAccess whether members of a basic group reach each other whatever its rules say (see {@link
 *     TargetRules})
 * @param rules of both directions, in the order of the file
 * @param members where its members are, as far as anybody said; empty where nobody did
 */
public record SecurityGroup(
        String file, String id, GroupType type, boolean isInnerAccess, List<Rule> rules, List<IpPrefix> members) {
    public SecurityGroup {
        rules = List.copyOf(rules);
        members = List.copyOf(members);
    }

    /** Without known members. */
    public SecurityGroup(String file, String id, GroupType type, boolean isInnerAccess, List<Rule> rules) {
        this(file, id, type, isInnerAccess, rules, List.of());
    }
}
