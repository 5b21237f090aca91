package io.weir.filter.rule;

import java.util.List;

/**
 * One group as exported, references resolved.
 *
 * @param file as the user named it
 * @param id such as {@code sg-2zebb34geaa1x63gtkor}
 * @param isInnerAccess whether members of a basic group reach each other where no rule says otherwise
 * @param rules of both directions, in the order of the file
 */
public record SecurityGroup(String file, String id, GroupType type, boolean isInnerAccess, List<Rule> rules) {
    public SecurityGroup {
        rules = List.copyOf(rules);
    }
}
