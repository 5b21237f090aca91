package io.weir.detector.config;

import io.weir.detector.config.group.GroupUse;
import io.weir.detector.config.group.References;
import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.rule.GroupType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code groups} of an entry, {@code members} and {@code prefix_lists}; the files themselves are read elsewhere. */
final class GroupsReader {
    private static final List<String> KEYS = List.of("file", "type", "nic", "id");
    private static final String GROUPS = "a list of files such as [web.json], or of {file: web.json, type: enterprise}";
    private static final String PREFIXES = "a list of prefixes such as [192.0.2.0/28]";

    private static final Map<String, GroupType> TYPES =
            Map.of("basic", GroupType.BASIC, "enterprise", GroupType.ENTERPRISE);
    private static final Map<String, GroupUse.Nic> NICS =
            Map.of("internet", GroupUse.Nic.INTERNET, "intranet", GroupUse.Nic.INTRANET);

    private final Path file;

    /** @param file the configuration: its folder is where paths start */
    GroupsReader(Path file) {
        this.file = file;
    }

    List<GroupUse> groups(Value value) {
        List<GroupUse> uses = new ArrayList<>();
        for (Value item : value.items(GROUPS)) {
            use(item).ifPresent(use -> {
                if (uses.contains(use)) {
                    item.fault("stands in the list twice; keep one");
                }
                uses.add(use);
            });
        }
        if (value.node() instanceof Node.Sequence sequence && sequence.items().isEmpty()) {
            value.fault("is empty; it must be " + GROUPS + ", or left out to accept everything");
        }
        return uses;
    }

    private Optional<GroupUse> use(Value item) {
        if (!(item.node() instanceof Node.Mapping)) {
            return FilePath.beside(file, item).map(GroupUse::of);
        }
        Optional<Section> section = item.section(KEYS);
        Optional<Path> path = section.flatMap(entry -> entry.require("file", "the path of a file of groups"))
                .flatMap(value -> FilePath.beside(file, value));
        Optional<GroupType> type = section.flatMap(entry -> entry.get("type")).flatMap(value -> value.word(TYPES));
        Optional<GroupUse.Nic> nic = section.flatMap(entry -> entry.get("nic")).flatMap(value -> value.word(NICS));
        List<String> ids =
                section.flatMap(entry -> entry.get("id")).map(GroupsReader::ids).orElse(List.of());
        return path.map(found -> new GroupUse(found, type, nic, ids));
    }

    private static List<String> ids(Value value) {
        String allowed = "the id of a group of the file, or a list of ids";
        List<Value> items = value.node() instanceof Node.Sequence ? value.items(allowed) : List.of(value);
        if (items.isEmpty()) {
            value.fault("is empty; it must be " + allowed + ", or left out for all");
        }
        return items.stream().flatMap(item -> item.text(allowed).stream()).toList();
    }

    References references(Optional<Value> members, Optional<Value> prefixLists) {
        return new References(
                members.map(GroupsReader::lists).orElse(Map.of()),
                prefixLists.map(GroupsReader::lists).orElse(Map.of()));
    }

    private static Map<String, List<IpPrefix>> lists(Value value) {
        Map<String, List<IpPrefix>> lists = new HashMap<>();
        value.entries("a block of ids, each with " + PREFIXES).forEach((id, given) -> {
            List<IpPrefix> prefixes = new ArrayList<>();
            for (Value item : given.items(PREFIXES)) {
                item.prefix().ifPresent(prefixes::add);
            }
            lists.put(id, List.copyOf(prefixes));
        });
        return lists;
    }
}
