package io.weir.detector.config;

import io.weir.detector.config.RunConfig.Capture;
import io.weir.detector.config.RunConfig.Failure;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.detector.config.RunConfig.Observation;
import io.weir.detector.config.RunConfig.Offload;
import io.weir.detector.config.RunConfig.Overload;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the {@code run} block. */
final class RunReader {
    private static final List<String> KEYS =
            List.of("mode", "interfaces", "workers", "failure", "overload", "offload", "capture", "filter");
    private static final String INTERFACES = "a list of network interfaces such as [eth0]";

    /** IFNAMSIZ of Linux less its closing zero. */
    private static final int NAME_BYTES_MAXIMUM = 15;

    private RunReader() {}

    /** Empty where a fault was added. */
    static Optional<RunConfig> read(Value value) {
        int faultsBefore = value.faults().count();
        Optional<Section> section = value.section(KEYS);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        Section run = section.get();
        Mode mode =
                run.get("mode").flatMap(given -> given.choice(Mode.values())).orElse(Mode.OBSERVE);
        List<String> interfaces = run.require("interfaces", INTERFACES)
                .map(given -> interfaces(given, mode))
                .orElse(List.of());
        OptionalLong workers = run.get("workers")
                .map(given -> given.number(1, RunConfig.WORKERS_MAXIMUM))
                .orElse(OptionalLong.empty());
        Failure failure = run.get("failure")
                .flatMap(given -> given.choice(Failure.values()))
                .orElse(Failure.OPEN);
        Overload overload = run.get("overload")
                .flatMap(given -> given.choice(Overload.values()))
                .orElse(Overload.DROP);
        Offload offload = run.get("offload")
                .flatMap(given -> given.choice(Offload.values()))
                .orElse(Offload.AUTO);
        Observation observation = observation(run, mode, interfaces.size(), workers.orElse(1));
        return value.faults().count() > faultsBefore
                ? Optional.empty()
                : Optional.of(new RunConfig(
                        mode, interfaces, (int) workers.orElse(1), failure, overload, offload, observation));
    }

    private static Observation observation(Section run, Mode mode, int interfaces, long workers) {
        Optional<Value> given = run.get("capture");
        Capture capture = given.flatMap(value -> value.choice(Capture.values())).orElse(Capture.RING);
        Optional<Value> filter = run.get("filter");
        if (mode != Mode.OBSERVE) {
            given.ifPresent(value -> value.fault("is of mode observe alone; leave it out"));
            filter.ifPresent(
                    value -> value.fault("is of mode observe alone, in others all packets are judged; leave it out"));
            return Observation.DEFAULT;
        }
        if (capture == Capture.PCAP && (interfaces > 1 || workers > 1)) {
            given.ifPresent(value -> value.fault("takes one interface and one worker; leave it out for more"));
        }
        return new Observation(
                capture,
                filter.flatMap(value -> value.text("a tcpdump expression such as 'udp or icmp'"))
                        .orElse(""));
    }

    private static List<String> interfaces(Value value, Mode mode) {
        int faultsBefore = value.faults().count();
        List<String> names = new ArrayList<>();
        List<Value> items = value.items(INTERFACES);
        for (Value item : items) {
            Optional<String> name = item.text("the name of a network interface");
            if (name.isPresent() && !isInterfaceName(name.get())) {
                item.fault("is no name of an interface; Linux allows 1 to " + NAME_BYTES_MAXIMUM
                        + " bytes without '/', ':' and blanks");
            } else if (name.isPresent() && names.contains(name.get())) {
                item.fault("stands in the list twice; keep one");
            }
            name.ifPresent(names::add);
        }
        if (value.faults().count() > faultsBefore) {
            return names;
        }
        if (mode == Mode.BRIDGE && items.size() != RunConfig.BRIDGE_INTERFACES) {
            value.fault("lists " + items.size() + "; a bridge needs exactly two, [outside, inside]");
        } else if (items.isEmpty()) {
            value.fault("is empty; it must be " + INTERFACES);
        }
        return names;
    }

    /** What the kernel's dev_valid_name accepts. */
    private static boolean isInterfaceName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        return bytes >= 1
                && bytes <= NAME_BYTES_MAXIMUM
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(letter -> letter == '/' || letter == ':' || letter <= ' ' || letter == 0x7f);
    }
}
