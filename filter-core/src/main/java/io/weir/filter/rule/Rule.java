package io.weir.filter.rule;

import java.util.List;

/**
 * One rule of a group, references resolved.
 *
 * @param origin where it stands
 * @param id the rule's own id or number as exported, or empty
 * @param priority the smaller decides first; {@link #FIRST} and {@link #LAST} for rules that no file holds
 * @param boxes what it matches: the packets of any of them; empty where it names only prefix lists or groups without
 *     members
 * @param description what its author wrote, or empty
 * @param text what it says with the names that its file uses, such as {@code accept TCP 22/22 from sg-office}
 */
public record Rule(
        RuleOrigin origin,
        String id,
        Direction direction,
        Policy policy,
        int priority,
        List<RuleBox> boxes,
        String description,
        String text) {
    /** Before every number that a file can state. */
    public static final int FIRST = 0;

    /** Behind every number that a file can state. */
    public static final int LAST = Integer.MAX_VALUE;

    public Rule {
        boxes = List.copyOf(boxes);
    }

    /** Without a text of its own. */
    public Rule(
            RuleOrigin origin,
            String id,
            Direction direction,
            Policy policy,
            int priority,
            List<RuleBox> boxes,
            String description) {
        this(origin, id, direction, policy, priority, boxes, description, "");
    }

    public boolean matches(FiveTuple tuple) {
        return boxes.stream().anyMatch(box -> box.contains(tuple));
    }
}
