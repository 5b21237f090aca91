package io.weir.detector.cli;

import io.weir.detector.config.ConfigReader;
import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.WeirConfig;
import io.weir.filter.address.IpPrefix;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the command line says of the configuration: {@code --config}, {@code --protect} and {@code --group}. */
final class Settings {
    private Settings() {}

    /**
     * Reads it again on each call, as the command line said; the faults of options are thrown at once.
     *
     * @throws CommandException with every fault of the options and of all files, at the first reading
     */
    static Supplier<ConfigResult> source(@Nullable Path config, List<String> protect, List<String> groups) {
        List<Object> faults = new ArrayList<>();
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String text : protect) {
            switch (IpPrefix.parse(text)) {
                case IpPrefix.Parsed.Invalid invalid -> faults.add("--protect '" + text + "' " + invalid.problem());
                case IpPrefix.Parsed.Valid valid -> prefixes.add(valid.prefix());
            }
        }
        List<Path> files = new ArrayList<>();
        for (String group : groups) {
            try {
                files.add(Path.of(group));
            } catch (InvalidPathException invalid) {
                faults.add("--group '" + group + "' is no path: " + invalid.getReason());
            }
        }
        Supplier<ConfigResult> source = () -> ConfigReader.read(Optional.ofNullable(config), prefixes, files);
        if (!faults.isEmpty()) {
            if (source.get() instanceof ConfigResult.Rejected rejected) {
                faults.addAll(0, rejected.faults());
            }
            throw CommandException.wrongUsage(faults);
        }
        return source;
    }

    /** @throws CommandException with every fault of the options and of all files */
    static WeirConfig read(@Nullable Path config, List<String> protect, List<String> groups) {
        return loaded(source(config, protect, groups));
    }

    /** @throws CommandException with every fault of all files */
    static WeirConfig loaded(Supplier<ConfigResult> source) {
        return switch (source.get()) {
            case ConfigResult.Loaded loaded -> loaded.config();
            case ConfigResult.Rejected rejected -> throw CommandException.wrongUsage(rejected.faults());
        };
    }
}
