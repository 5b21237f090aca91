package io.weir.detector.config.group;

import io.weir.detector.config.tree.Value;
import io.weir.filter.rule.GroupType;
import java.util.ArrayList;
import java.util.List;

/**
 * One group as its file has it.
 *
 * @param place where it stands
 */
record ExportedGroup(
        Value place, String file, String id, GroupType type, boolean isInnerAccess, List<ExportedRule> rules) {
    /** With the rules of another page of the same group behind its own. */
    ExportedGroup and(ExportedGroup page) {
        List<ExportedRule> all = new ArrayList<>(rules);
        all.addAll(page.rules);
        return new ExportedGroup(place, file, id, type, isInnerAccess, all);
    }
}
