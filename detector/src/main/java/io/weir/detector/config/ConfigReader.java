package io.weir.detector.config;

import io.weir.detector.config.group.GroupUse;
import io.weir.detector.config.tree.Faults;
import io.weir.detector.config.tree.FileText;
import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Origins;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.detector.config.tree.YamlTree;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.fault.Fault;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.signature.Signature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads a configuration file. Whatever is wrong with it, nothing is thrown: the faults say it. */
public final class ConfigReader {
    private static final List<String> KEYS = List.of(
            "protect",
            "run",
            "events",
            "trusted",
            "management",
            "tables",
            "timeouts",
            "members",
            "prefix_lists",
            "signatures",
            "api",
            "alerts",
            "state",
            "captures");
    private static final List<String> PROTECT_KEYS =
            List.of("prefix", "view", "groups", "thresholds", "prefix_thresholds", "signatures");
    private static final List<String> MANAGEMENT_KEYS = List.of("prefix", "ports");
    private static final List<String> TABLE_KEYS = List.of("connections");
    /** Thousands of prefixes with thresholds of their own need less. */
    private static final int MEBIBYTES_MAXIMUM = 4;

    private static final String PREFIXES = "a list of prefixes such as [192.0.2.0/28]";

    private final GroupsReader groups;
    private final Path file;
    private final Faults faults;
    private final Map<IpPrefix, String> seen = new HashMap<>();

    private ConfigReader(Path file) {
        this.file = file;
        groups = new GroupsReader(file);
        faults = new Faults(file.toString());
    }

    /** As {@link #read(Optional, List, List)}, with nothing on the command line. */
    public static ConfigResult read(Path file) {
        return read(Optional.of(file), List.of(), List.of());
    }

    /**
     * Reads a configuration and adds what the command line says: prefixes that the configuration doesn't name are
     * protected with the built-in thresholds, and the groups hold for every prefix that has none of its own, or for every
     * destination where nothing is protected by name.
     *
     * @param file as the user named it: faults repeat it so, and paths in the file start from its folder; empty for the
     *     defaults
     * @param protect further prefixes
     * @param groupFiles files of groups
     */
    public static ConfigResult read(Optional<Path> file, List<IpPrefix> protect, List<Path> groupFiles) {
        Draft draft = Draft.EMPTY;
        List<Fault> faults = new ArrayList<>();
        if (file.isPresent()) {
            ConfigReader reader = new ConfigReader(file.get());
            draft = reader.draft().orElse(draft);
            faults.addAll(reader.faults.list());
        }
        return draft.with(
                        protect,
                        groupFiles.stream().map(GroupUse::of).distinct().toList())
                .finish(faults);
    }

    private Optional<Draft> draft() {
        return FileText.read(file, MEBIBYTES_MAXIMUM, "a configuration", faults)
                .flatMap(text -> YamlTree.read(text, faults))
                .flatMap(root -> new Value(root, "", faults)
                        .section(KEYS)
                        .map(section -> draft(section, Origins.of(file.toString(), root))));
    }

    private Draft draft(Section section, Origins origins) {
        return new Draft(
                section.get("protect").map(this::protect).orElse(List.of()),
                section.get("trusted").map(ConfigReader::trusted).orElse(List.of()),
                section.get("management").map(ConfigReader::management).orElse(List.of()),
                section.get("run").flatMap(RunReader::read),
                section.get("events").flatMap(value -> FilePath.beside(file, value)),
                section.get("tables").flatMap(ConfigReader::tables).orElse(TableSizes.DEFAULT),
                section.get("timeouts").flatMap(TimeoutsReader::read).orElse(FlowTimeouts.DEFAULT),
                groups.references(section.get("members"), section.get("prefix_lists")),
                List.of(),
                section.get("signatures").map(SignaturesReader::read).orElse(List.of()),
                section.get("api").map(value -> ApiReader.read(file, value)).orElse(ApiConfig.DEFAULT),
                section.get("alerts")
                        .map(value -> AlertsReader.read(file, value))
                        .orElse(AlertsConfig.NONE),
                section.get("state").flatMap(value -> FilePath.beside(file, value)),
                section.get("captures")
                        .map(value ->
                                CapturesReader.read(value, section.get("state").isPresent()))
                        .orElse(Optional.of(CapturesConfig.DEFAULT)),
                origins);
    }

    private List<Draft.Entry> protect(Value value) {
        List<Draft.Entry> protect = new ArrayList<>();
        for (Value item : value.items("a list of entries such as - prefix: 198.51.100.0/24")) {
            item.section(PROTECT_KEYS).flatMap(this::protectedPrefix).ifPresent(protect::add);
        }
        return protect;
    }

    private Optional<Draft.Entry> protectedPrefix(Section entry) {
        Optional<Value> prefixValue = entry.require("prefix", "the prefix to protect, such as 198.51.100.0/24");
        Optional<IpPrefix> prefix = prefixValue.flatMap(Value::prefix);
        if (prefix.isPresent()) {
            Value value = prefixValue.get();
            String earlier = seen.putIfAbsent(prefix.get(), value.keyPath());
            if (earlier != null) {
                value.fault("is protected twice, first by " + earlier + "; keep one");
            }
        }
        View view =
                entry.get("view").flatMap(given -> given.choice(View.values())).orElse(View.AUTO);
        List<GroupUse> uses = entry.get("groups").map(groups::groups).orElse(List.of());
        Thresholds thresholds = ThresholdsReader.read(entry.get("thresholds"), BuiltInThresholds.ADDRESS);
        Thresholds prefixThresholds = ThresholdsReader.read(
                entry.get("prefix_thresholds"), thresholds.times(BuiltInThresholds.PREFIX_FACTOR));
        List<Signature> signatures =
                entry.get("signatures").map(SignaturesReader::read).orElse(List.of());
        return prefix.map(found ->
                new Draft.Entry(new ProtectedPrefix(found, view, thresholds, prefixThresholds).with(signatures), uses));
    }

    private static List<IpPrefix> trusted(Value value) {
        List<IpPrefix> trusted = new ArrayList<>();
        for (Value item : value.items(PREFIXES)) {
            item.prefix().ifPresent(trusted::add);
        }
        return trusted;
    }

    private static List<ManagementAccess> management(Value value) {
        List<ManagementAccess> management = new ArrayList<>();
        for (Value item : value.items(PREFIXES)) {
            if (item.node() instanceof Node.Mapping) {
                item.section(MANAGEMENT_KEYS)
                        .flatMap(ConfigReader::managementEntry)
                        .ifPresent(management::add);
            } else {
                item.prefix()
                        .map(prefix -> new ManagementAccess(prefix, ManagementAccess.DEFAULT_PORTS))
                        .ifPresent(management::add);
            }
        }
        return management;
    }

    private static Optional<ManagementAccess> managementEntry(Section entry) {
        Optional<IpPrefix> prefix =
                entry.require("prefix", "where to allow access from").flatMap(Value::prefix);
        List<Integer> ports = entry.get("ports").map(ConfigReader::ports).orElse(ManagementAccess.DEFAULT_PORTS);
        return ports.isEmpty() ? Optional.empty() : prefix.map(from -> new ManagementAccess(from, ports));
    }

    private static List<Integer> ports(Value value) {
        String allowed = "a list of TCP ports such as [22, 8022]";
        List<Integer> ports = new ArrayList<>();
        for (Value item : value.items(allowed)) {
            OptionalLong port = item.number(ManagementAccess.PORT_MINIMUM, ManagementAccess.PORT_MAXIMUM);
            if (port.isPresent() && ports.contains((int) port.getAsLong())) {
                item.fault("stands in the list twice; keep one");
            } else {
                port.ifPresent(found -> ports.add((int) found));
            }
        }
        if (value.node() instanceof Node.Sequence sequence && sequence.items().isEmpty()) {
            value.fault("is empty; it must be " + allowed + ", or left out for 22");
        }
        return ports;
    }

    private static Optional<TableSizes> tables(Value value) {
        OptionalLong connections = value.section(TABLE_KEYS)
                .flatMap(section -> section.get("connections"))
                .map(given -> given.number(TableSizes.CONNECTIONS_MINIMUM, TableSizes.CONNECTIONS_MAXIMUM))
                .orElse(OptionalLong.empty());
        return connections.isPresent() ? Optional.of(new TableSizes((int) connections.getAsLong())) : Optional.empty();
    }
}
