package io.weir.detector.cli;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.RuleSet;
import io.weir.filter.rule.TargetRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules that commands work on.
 *
 * @param targets what is protected by rules, each with those that hold for it; at least one where a group was given
 * @param unusedNames what a configuration defines and no rule names, such as {@code prefix_lists.pl-1}
 */
record LoadedRules(List<Target> targets, List<String> unusedNames) {
    /**
     * The rules of one target, merged.
     *
     * @param name the protected prefix, or what else people call it
     * @param sets both directions; a packet passes where every set of its direction accepts it
     */
    record Target(String name, List<RuleSet> sets) {
        List<RuleSet> of(Direction direction) {
            return sets.stream().filter(set -> set.direction() == direction).toList();
        }
    }

    /** What the files say. */
    static LoadedRules read(@Nullable Path config, List<String> groups) {
        WeirConfig read = Settings.read(config, List.of(), groups);
        List<Target> targets = new ArrayList<>();
        for (ProtectedPrefix entry : read.protect()) {
            entry.rules().ifPresent(rules -> targets.add(target(entry.prefix().toString(), rules)));
        }
        read.rules().ifPresent(rules -> targets.add(target("every destination", rules)));
        return new LoadedRules(targets, read.unusedNames());
    }

    private static Target target(String name, TargetRules rules) {
        return new Target(
                name,
                Stream.of(Direction.values())
                        .flatMap(direction -> rules.sets(direction).stream())
                        .toList());
    }

    /** Reads what the command line names. */
    @FunctionalInterface
    interface Reader {
        /** @throws CommandException with every fault of all files */
        LoadedRules read(@Nullable Path config, List<String> groups);
    }
}
