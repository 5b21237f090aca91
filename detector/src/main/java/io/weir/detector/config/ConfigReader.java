package io.weir.detector.config;

import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowTimeouts;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads a configuration file. Whatever is wrong with it, nothing is thrown: the faults say it. */
public final class ConfigReader {
    private static final List<String> KEYS =
            List.of("protect", "run", "events", "trusted", "management", "tables", "timeouts");
    private static final List<String> PROTECT_KEYS = List.of("prefix", "view", "thresholds", "prefix_thresholds");
    private static final List<String> MANAGEMENT_KEYS = List.of("prefix", "ports");
    private static final List<String> TABLE_KEYS = List.of("connections");
    private static final String PREFIXES = "a list of prefixes such as [192.0.2.0/28]";

    private final Path file;

    private ConfigReader(Path file) {
        this.file = file;
    }

    /** @param file as the user named it: faults repeat it so, and paths in the file start from its folder */
    public static ConfigResult read(Path file) {
        Faults faults = new Faults(file.toString());
        Optional<WeirConfig> config = ConfigFile.read(file, faults)
                .flatMap(text -> YamlTree.read(text, faults))
                .flatMap(root -> new YamlValue(root, "", faults).section(KEYS))
                .flatMap(section -> new ConfigReader(file).config(section, faults));
        return config.<ConfigResult>map(ConfigResult.Loaded::new)
                .orElseGet(() -> new ConfigResult.Rejected(faults.list()));
    }

    private Optional<WeirConfig> config(YamlSection section, Faults faults) {
        List<ProtectedPrefix> protect =
                section.get("protect").map(ConfigReader::protect).orElse(List.of());
        Optional<RunConfig> run = section.get("run").flatMap(RunReader::read);
        Optional<Path> events = section.get("events").flatMap(this::path);
        List<IpPrefix> trusted =
                section.get("trusted").map(ConfigReader::trusted).orElse(List.of());
        List<ManagementAccess> management =
                section.get("management").map(ConfigReader::management).orElse(List.of());
        TableSizes tables = section.get("tables").flatMap(ConfigReader::tables).orElse(TableSizes.DEFAULT);
        FlowTimeouts timeouts =
                section.get("timeouts").flatMap(TimeoutsReader::read).orElse(FlowTimeouts.DEFAULT);
        // Built only when all holds: the records refuse what the reader has already reported.
        return faults.count() > 0
                ? Optional.empty()
                : Optional.of(new WeirConfig(protect, trusted, management, run, events, tables, timeouts));
    }

    private static List<ProtectedPrefix> protect(YamlValue value) {
        List<ProtectedPrefix> protect = new ArrayList<>();
        Map<IpPrefix, String> seen = new HashMap<>();
        for (YamlValue item : value.items("a list of entries such as - prefix: 198.51.100.0/24")) {
            item.section(PROTECT_KEYS)
                    .flatMap(entry -> protectedPrefix(entry, seen))
                    .ifPresent(protect::add);
        }
        return protect;
    }

    private static Optional<ProtectedPrefix> protectedPrefix(YamlSection entry, Map<IpPrefix, String> seen) {
        Optional<YamlValue> prefixValue = entry.require("prefix", "the prefix to protect, such as 198.51.100.0/24");
        Optional<IpPrefix> prefix = prefixValue.flatMap(YamlValue::prefix);
        if (prefix.isPresent()) {
            YamlValue value = prefixValue.get();
            String earlier = seen.putIfAbsent(prefix.get(), value.keyPath());
            if (earlier != null) {
                value.fault("is protected twice, first by " + earlier + "; keep one");
            }
        }
        View view =
                entry.get("view").flatMap(given -> given.choice(View.values())).orElse(View.AUTO);
        Thresholds thresholds = ThresholdsReader.read(entry.get("thresholds"), BuiltInThresholds.ADDRESS);
        Thresholds prefixThresholds = ThresholdsReader.read(
                entry.get("prefix_thresholds"), thresholds.times(BuiltInThresholds.PREFIX_FACTOR));
        return prefix.map(found -> new ProtectedPrefix(found, view, thresholds, prefixThresholds));
    }

    private static List<IpPrefix> trusted(YamlValue value) {
        List<IpPrefix> trusted = new ArrayList<>();
        for (YamlValue item : value.items(PREFIXES)) {
            item.prefix().ifPresent(trusted::add);
        }
        return trusted;
    }

    private static List<ManagementAccess> management(YamlValue value) {
        List<ManagementAccess> management = new ArrayList<>();
        for (YamlValue item : value.items(PREFIXES)) {
            if (item.node() instanceof YamlNode.Mapping) {
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

    private static Optional<ManagementAccess> managementEntry(YamlSection entry) {
        Optional<IpPrefix> prefix =
                entry.require("prefix", "where to allow access from").flatMap(YamlValue::prefix);
        List<Integer> ports = entry.get("ports").map(ConfigReader::ports).orElse(ManagementAccess.DEFAULT_PORTS);
        return ports.isEmpty() ? Optional.empty() : prefix.map(from -> new ManagementAccess(from, ports));
    }

    private static List<Integer> ports(YamlValue value) {
        String allowed = "a list of TCP ports such as [22, 8022]";
        List<Integer> ports = new ArrayList<>();
        for (YamlValue item : value.items(allowed)) {
            OptionalLong port = item.number(ManagementAccess.PORT_MINIMUM, ManagementAccess.PORT_MAXIMUM);
            if (port.isPresent() && ports.contains((int) port.getAsLong())) {
                item.fault("stands in the list twice; keep one");
            } else {
                port.ifPresent(found -> ports.add((int) found));
            }
        }
        if (value.node() instanceof YamlNode.Sequence sequence
                && sequence.items().isEmpty()) {
            value.fault("is empty; it must be " + allowed + ", or left out for 22");
        }
        return ports;
    }

    private static Optional<TableSizes> tables(YamlValue value) {
        OptionalLong connections = value.section(TABLE_KEYS)
                .flatMap(section -> section.get("connections"))
                .map(given -> given.number(TableSizes.CONNECTIONS_MINIMUM, TableSizes.CONNECTIONS_MAXIMUM))
                .orElse(OptionalLong.empty());
        return connections.isPresent() ? Optional.of(new TableSizes((int) connections.getAsLong())) : Optional.empty();
    }

    private Optional<Path> path(YamlValue value) {
        Optional<String> text = value.text("the path of a file");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().isEmpty()) {
            return value.fault("is empty; it must be the path of a file");
        }
        try {
            return Optional.of(file.resolveSibling(text.get()));
        } catch (InvalidPathException invalid) {
            return value.fault("is no path: " + invalid.getReason());
        }
    }
}
