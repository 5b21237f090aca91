package io.weir.filter.rule;

import java.util.List;

/**
 * One rule of a group, references resolved.
 *
 * @param origin where it stands
 * @param id the rule's own id or number as exported, or empty
 * @param priority the smaller decides first
 * @param boxes what it matches: the packets of any of them; empty where it names only prefix lists or groups without
 *     members
 * @param description what its author wrote, or empty
 */
public record Rule(
        RuleOrigin origin,
        String id,
        Direction direction,
        Policy policy,
        int priority,
        List<RuleBox> boxes,
        String description) {
    public Rule {
        boxes = List.copyOf(boxes);
    }

    public boolean matches(FiveTuple tuple) {
        return boxes.stream().anyMatch(box -> box.contains(tuple));
    }
}
