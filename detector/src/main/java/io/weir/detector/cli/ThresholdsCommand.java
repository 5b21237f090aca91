package io.weir.detector.cli;

import io.weir.detector.config.DurationText;
import io.weir.detector.report.ConnectionText;
import io.weir.detector.report.JsonView;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets thresholds of a running daemon; what they may be it knows itself. */
@Command(
        name = "set",
        description = "Set thresholds of a protected prefix until the configuration is read again.",
        mixinStandardHelpOptions = true)
final class ThresholdsCommand extends DaemonCommands.Asking {
    private static final Pattern LIMIT = Pattern.compile("([a-z]+)\\.([a-z]+)=([0-9.]+[kMG]?)");

    @Parameters(index = "0", paramLabel = "PREFIX", description = "As it stands in the configuration.")
    private String prefix = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "CLASS.RATE=NUMBER",
            description = "Such as syn.pps=2k, udp.bps=100M or dns.qps=500.")
    private List<String> limits = List.of();

    @Option(names = "--whole", description = "Of the prefix as a whole instead of each address.")
    private boolean whole;

    @Option(
            names = "--dry-run",
            description =
                    "Only say what is wrong, or what would change and what it would have done to the newest packets.")
    private boolean dryRun;

    @Option(
            names = "--confirm",
            paramLabel = "TIME",
            description = "Roll back after so long (60s, 5m) unless 'weir confirm' comes before.")
    private @Nullable String confirm;

    @Override
    public Integer call() {
        if (confirm != null && DurationText.parse(confirm).isEmpty()) {
            throw CommandException.wrongUsage("--confirm '" + confirm + "' is no duration; write 60s or 5m");
        }
        String path = "/api/v1/thresholds?prefix=" + URLEncoder.encode(prefix, StandardCharsets.UTF_8)
                + (dryRun ? "&dry_run=true" : "");
        String said = daemon.ask("PUT", path, body());
        StringBuilder text = new StringBuilder(
                dryRun ? "Valid; nothing was done.\n" : "Set, until the configuration is read again.\n");
        JsonView.of(said)
                .list("said")
                .forEach(line -> text.append("  ").append(line.text()).append('\n'));
        if (confirm != null && !dryRun) {
            text.append(DaemonCommands.rollback(confirm));
        }
        if (dryRun) {
            text.append(ConnectionText.preview(JsonView.of(said).get("preview")));
        }
        print(said, text.toString());
        return ExitStatus.DONE;
    }

    private String body() {
        Map<String, Map<String, String>> classes = new LinkedHashMap<>();
        for (String limit : limits) {
            Matcher parts = LIMIT.matcher(limit);
            if (!parts.matches()) {
                throw CommandException.wrongUsage("'" + limit + "' is no threshold; write syn.pps=2k");
            }
            classes.computeIfAbsent(parts.group(1), name -> new LinkedHashMap<>())
                    .put(parts.group(2), parts.group(3));
        }
        StringBuilder json = new StringBuilder("{\"")
                .append(whole ? "prefix_thresholds" : "thresholds")
                .append("\":");
        json.append(object(classes, rates -> object(rates, number -> '"' + number + '"')));
        if (confirm != null) {
            json.append(",\"confirm\":\"").append(confirm).append('"');
        }
        return json.append('}').toString();
    }

    private static <T> String object(Map<String, T> members, java.util.function.Function<T, String> value) {
        return members.entrySet().stream()
                .map(member -> '"' + member.getKey() + "\":" + value.apply(member.getValue()))
                .collect(java.util.stream.Collectors.joining(",", "{", "}"));
    }
}
