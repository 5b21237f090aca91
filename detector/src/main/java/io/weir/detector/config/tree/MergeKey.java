package io.weir.detector.config.tree;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The merge key of YAML (yaml.org/type/merge.html): {@code <<: *base} stands for the keys of {@code base} that the block
 * doesn't give itself; of several bases the first that has a key gives it.
 */
final class MergeKey {
    private static final String KEY = "<<";

    /** More than any block knows. Bounds what a small file of merges of merges can become. */
    private static final int KEYS_MAXIMUM = 64;

    private MergeKey() {}

    /** The entries with what they merge. A merge key of what is no block, or of too large ones, stays: a key nobody knows. */
    static List<Node.Entry> resolve(List<Node.Entry> entries) {
        if (entries.stream().noneMatch(MergeKey::isMerge)) {
            return entries;
        }
        List<Node.Entry> own = entries.stream().filter(entry -> !isMerge(entry)).toList();
        List<Node.Entry> merged = new ArrayList<>(own);
        Set<String> given = new HashSet<>();
        own.forEach(entry -> given.add(name(entry)));
        for (Node.Entry entry : entries) {
            if (isMerge(entry)) {
                for (Node.Mapping base : bases(entry.value())) {
                    base.entries().stream()
                            .filter(inherited -> given.add(name(inherited)))
                            .forEach(merged::add);
                    if (merged.size() > KEYS_MAXIMUM) {
                        return entries;
                    }
                }
            }
        }
        return merged;
    }

    private static boolean isMerge(Node.Entry entry) {
        return entry.key() instanceof Node.Scalar key
                && key.plain()
                && key.text().equals(KEY)
                && !bases(entry.value()).isEmpty();
    }

    /** The blocks that are merged; none where something else is among them. */
    private static List<Node.Mapping> bases(Node value) {
        return switch (value) {
            case Node.Mapping base -> List.of(base);
            case Node.Sequence list
            when list.items().stream().allMatch(Node.Mapping.class::isInstance) ->
                list.items().stream().map(Node.Mapping.class::cast).toList();
            default -> List.of();
        };
    }

    private static String name(Node.Entry entry) {
        return entry.key() instanceof Node.Scalar key ? key.text() : "";
    }
}
