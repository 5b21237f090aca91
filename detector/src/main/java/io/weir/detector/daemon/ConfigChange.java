package io.weir.detector.daemon;

import io.weir.detector.config.ProtectedPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What of a new configuration a running daemon can take. */
final class ConfigChange {
    private ConfigChange() {}

    /** What can't change while packets flow, each in a sentence; empty where all can. */
    static List<String> unchangeable(LiveSettings now, LiveSettings next) {
        List<String> problems = new ArrayList<>();
        refuse(problems, "run", now, next, LiveSettings::run);
        refuse(
                problems,
                "protect: the list of prefixes",
                now,
                next,
                settings ->
                        settings.protect().stream().map(ProtectedPrefix::prefix).toList());
        refuse(
                problems,
                "protect: a view",
                now,
                next,
                settings ->
                        settings.protect().stream().map(ProtectedPrefix::view).toList());
        refuse(problems, "tables", now, next, settings -> settings.config().tables());
        refuse(problems, "timeouts", now, next, settings -> settings.config().timeouts());
        refuse(problems, "events", now, next, settings -> settings.config().events());
        refuse(problems, "api", now, next, settings -> settings.config().api());
        refuse(problems, "alerts", now, next, settings -> settings.config().alerts());
        refuse(problems, "state", now, next, settings -> settings.config().state());
        refuse(problems, "captures", now, next, settings -> settings.config().captures());
        return problems;
    }

    private static void refuse(
            List<String> problems,
            String what,
            LiveSettings now,
            LiveSettings next,
            Function<LiveSettings, Object> of) {
        if (!of.apply(now).equals(of.apply(next))) {
            problems.add(what + " differs from what runs; restart weir for that. Nothing was changed");
        }
    }

    /** What did change, for a log. */
    static List<String> changed(LiveSettings now, LiveSettings next) {
        List<String> changed = new ArrayList<>();
        note(
                changed,
                "rules",
                now,
                next,
                settings ->
                        settings.protect().stream().map(ProtectedPrefix::rules).toList());
        note(
                changed,
                "thresholds",
                now,
                next,
                settings -> settings.protect().stream()
                        .map(entry -> List.of(entry.thresholds(), entry.prefixThresholds()))
                        .toList());
        note(
                changed,
                "signatures",
                now,
                next,
                settings -> settings.protect().stream()
                        .map(ProtectedPrefix::signatures)
                        .toList());
        note(changed, "trusted", now, next, settings -> settings.config().trusted());
        note(changed, "management", now, next, settings -> settings.config().management());
        return changed.isEmpty() ? List.of("nothing changed") : List.of("changed: " + String.join(", ", changed));
    }

    private static void note(
            List<String> changed, String what, LiveSettings now, LiveSettings next, Function<LiveSettings, Object> of) {
        if (!of.apply(now).equals(of.apply(next))) {
            changed.add(what);
        }
    }
}
