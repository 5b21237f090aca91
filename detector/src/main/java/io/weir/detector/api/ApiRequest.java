package io.weir.detector.api;

import io.weir.detector.config.DurationText;
import io.weir.detector.config.ThresholdsReader;
import io.weir.detector.config.tree.Faults;
import io.weir.detector.config.tree.JsonTree;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A request that is routed.
 *
 * @param query the first value of each parameter
 * @param body as text, empty for none
 */
record ApiRequest(Map<String, String> query, String body) {
    private static final int DETAIL_MAXIMUM = 200;
    private static final String DURATION = "a duration such as 90s, 10m, 1h or 7d";

    boolean isDryRun() {
        return "true".equals(query.get("dry_run"));
    }

    boolean isForced() {
        return "true".equals(query.get("force"));
    }

    /** What the body asks to be banned: one object, or a list of them under {@code bans}. */
    List<BanRequest> bans() throws Refusal {
        Faults faults = new Faults("request");
        List<BanRequest> requests = new ArrayList<>();
        Optional<Value> root = JsonTree.read(body, faults).map(node -> new Value(node, "", faults));
        root.flatMap(value -> value.section(List.of("bans", "prefix", "for", "reason")))
                .ifPresent(section -> {
                    Optional<Value> list = section.get("bans");
                    if (list.isEmpty()) {
                        ban(section).ifPresent(requests::add);
                    } else {
                        for (Value item : list.get().items("a list of objects with a prefix")) {
                            item.section(List.of("prefix", "for", "reason"))
                                    .flatMap(ApiRequest::ban)
                                    .ifPresent(requests::add);
                        }
                    }
                });
        refuse(faults);
        return requests;
    }

    private static Optional<BanRequest> ban(Section section) {
        Optional<IpPrefix> prefix = section.require("prefix", "whom to ban, such as 203.0.113.9 or 203.0.113.0/24")
                .flatMap(Value::prefix);
        OptionalLong length = section.get("for").map(ApiRequest::duration).orElse(OptionalLong.of(Long.MAX_VALUE));
        Optional<Value> given = section.get("reason");
        String reason = given.flatMap(value -> value.text("a reason in words")).orElse("");
        if (reason.length() > Ban.REASON_MAXIMUM || reason.chars().anyMatch(Character::isISOControl)) {
            given.orElseThrow().fault("must be one line of at most " + Ban.REASON_MAXIMUM + " characters without tabs");
        }
        return prefix.flatMap(found ->
                length.isPresent() ? Optional.of(new BanRequest(found, length.getAsLong(), reason)) : Optional.empty());
    }

    private static OptionalLong duration(Value value) {
        Optional<String> text = value.text(DURATION);
        OptionalLong nanos = text.isEmpty() ? OptionalLong.empty() : DurationText.parse(text.get());
        if (text.isPresent() && (nanos.isEmpty() || nanos.getAsLong() == 0)) {
            value.fault("is no duration; write " + DURATION);
            return OptionalLong.empty();
        }
        return nanos;
    }

    /** The prefix that a parameter names. */
    IpPrefix prefix() throws Refusal {
        String text = query.getOrDefault("prefix", "");
        return switch (IpPrefix.parse(text)) {
            case IpPrefix.Parsed.Valid valid -> valid.prefix();
            case IpPrefix.Parsed.Invalid invalid ->
                throw new Refusal(Refusal.Kind.INVALID, "prefix '" + text + "' " + invalid.problem());
        };
    }

    /** A whole number that a parameter gives, within bounds. */
    int number(String name, int unlessGiven, int lowest, int highest) throws Refusal {
        String text = query.get(name);
        if (text == null) {
            return unlessGiven;
        }
        // Nine digits fit an int.
        int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
        if (number < lowest || number > highest) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    name + " '" + text + "' must be a whole number from " + lowest + " to " + highest);
        }
        return number;
    }

    /** The halves of the address that the parameter {@code address} names. */
    long[] address() throws Refusal {
        long[] halves = new long[2];
        String text = query.getOrDefault("address", "");
        if (!IpAddress.parse(text, halves)) {
            throw new Refusal(Refusal.Kind.INVALID, "address '" + text + "' must be one such as 203.0.113.9");
        }
        return halves;
    }

    /** The member {@code observe} of the body. */
    boolean observe() throws Refusal {
        Faults faults = new Faults("request");
        Optional<Boolean> isOn = JsonTree.read(body, faults)
                .flatMap(node -> new Value(node, "", faults).section(List.of("observe")))
                .flatMap(section -> section.require("observe", "true or false"))
                .flatMap(value -> value.word(Map.of("true", true, "false", false)));
        refuse(faults);
        return isOn.orElseThrow();
    }

    ReloadRequest reload() throws Refusal {
        Faults faults = new Faults("request");
        boolean isForced = false;
        long confirmNanos = 0;
        if (!body.isBlank()) {
            Optional<Section> section = JsonTree.read(body, faults)
                    .flatMap(node -> new Value(node, "", faults).section(List.of("force", "confirm")));
            isForced = section.flatMap(given -> given.get("force"))
                    .flatMap(value -> value.word(Map.of("true", true, "false", false)))
                    .orElse(false);
            confirmNanos = section.flatMap(given -> given.get("confirm"))
                    .map(ApiRequest::duration)
                    .orElse(OptionalLong.of(0))
                    .orElse(0);
        }
        refuse(faults);
        return new ReloadRequest(isDryRun(), isForced, confirmNanos);
    }

    /** What the body sets, of the prefix that a parameter names; what it leaves out stays as it is. */
    ThresholdRequest thresholds() throws Refusal {
        Faults faults = new Faults("request");
        Optional<Section> section = JsonTree.read(body, faults)
                .flatMap(node ->
                        new Value(node, "", faults).section(List.of("thresholds", "prefix_thresholds", "confirm")));
        Optional<Value> ofAddress = section.flatMap(given -> given.get("thresholds"));
        Optional<Value> ofPrefix = section.flatMap(given -> given.get("prefix_thresholds"));
        long confirmNanos = section.flatMap(given -> given.get("confirm"))
                .map(ApiRequest::duration)
                .orElse(OptionalLong.of(0))
                .orElse(0);
        ThresholdsReader.read(ofAddress, BuiltInThresholds.ADDRESS);
        ThresholdsReader.read(ofPrefix, BuiltInThresholds.PREFIX);
        refuse(faults);
        if (ofAddress.isEmpty() && ofPrefix.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "the body sets nothing; give thresholds or prefix_thresholds, such as {\"thresholds\": {\"syn\": {\"pps\": 2000}}}");
        }
        return new ThresholdRequest(
                prefix(),
                base -> ThresholdsReader.read(ofAddress, base),
                base -> ThresholdsReader.read(ofPrefix, base),
                isDryRun(),
                confirmNanos);
    }

    /** What is asked for, in one line of bounded length. */
    String detail() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(query)
                .forEach((name, value) ->
                        text.append(name).append('=').append(value).append(' '));
        String line =
                text.append(body).toString().replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() <= DETAIL_MAXIMUM ? line : line.substring(0, DETAIL_MAXIMUM) + "…";
    }

    private static void refuse(Faults faults) throws Refusal {
        if (faults.count() > 0) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    faults.list().stream().map(Fault::toString).toList());
        }
    }
}
