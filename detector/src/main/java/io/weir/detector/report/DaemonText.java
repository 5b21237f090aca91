package io.weir.detector.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What a daemon answers, for people. */
public final class DaemonText {
    private static final String INDENT = "  ";
    private static final int MOST_RULES = 30;
    private static final int MOST_FLOODS = 30;
    private static final int MOST_TOP_RULES = 5;

    private DaemonText() {}

    /** @param floods what {@code /floods} answers */
    public static String status(JsonView status, JsonView floods, TextStyle style) {
        StringBuilder text = new StringBuilder();
        appendHead(text, status, style);
        appendNow(text, status);
        List<JsonView> active = active(floods);
        line(text, "Floods", active.isEmpty() ? style.good("none") : style.alarm(active.size() + " on"));
        active.forEach(flood -> text.append("    ").append(sentence(flood)).append('\n'));
        long packets = status.number("packets");
        line(
                text,
                "Since start",
                HumanText.count(packets, "packet") + ", " + HumanText.percent(status.number("dropped"), packets)
                        + " dropped");
        line(
                text,
                "Connections",
                "about " + HumanText.count(status.number("connections")) + " of "
                        + HumanText.count(status.number("connection_capacity")));
        line(text, "Bans", HumanText.count(status.number("bans")));
        line(
                text,
                "Latency",
                latency(status.get("arrival_latency_ns")) + " from the kernel's stamp to the verdict; "
                        + latency(status.get("latency_ns")) + " with its batch");
        if (status.number("offloaded_packets") > 0) {
            line(
                    text,
                    "In the kernel",
                    HumanText.count(status.number("offloaded_packets"), "packet")
                            + " of those dropped never came up here");
        }
        line(text, "Offload", status.text("offload"));
        appendIntakes(text, status, style);
        if (status.number("lost_packets") > 0) {
            line(text, "Not seen", style.alarm(HumanText.count(status.number("lost_packets"), "packet")));
        }
        if (status.number("rollback_in_ns") > 0) {
            line(
                    text,
                    "Unconfirmed",
                    style.alarm("the new configuration is rolled back in "
                            + HumanText.duration(status.number("rollback_in_ns")) + "; weir confirm keeps it"));
        }
        return text.toString();
    }

    private static void appendIntakes(StringBuilder text, JsonView status, TextStyle style) {
        for (JsonView intake : status.list("intakes")) {
            long waiting = intake.number("waiting");
            long capacity = intake.number("capacity");
            String fill = HumanText.count(waiting) + " of " + HumanText.count(capacity) + " " + intake.text("unit")
                    + " in " + intake.text("name") + ", " + HumanText.percent(waiting, capacity);
            line(text, "Waiting", waiting > capacity / 2 ? style.alarm(fill) : fill);
        }
    }

    private static void appendHead(StringBuilder text, JsonView status, TextStyle style) {
        String interfaces = String.join(
                ", ", status.list("interfaces").stream().map(JsonView::text).toList());
        String protect = String.join(
                ", ", status.list("protect").stream().map(JsonView::text).toList());
        text.append(style.bold("Weir " + status.text("version")))
                .append("  ")
                .append(status.text("mode"))
                .append(" on ")
                .append(interfaces)
                .append(status.isTrue("observe") ? ", observing (drops nothing)" : ", dropping")
                .append(", up ")
                .append(HumanText.duration(status.number("uptime_ns")))
                .append('\n');
        line(text, "Protects", protect);
    }

    private static void appendNow(StringBuilder text, JsonView status) {
        JsonView now = status.get("now");
        line(
                text,
                "Now",
                HumanText.rate((double) now.number("passed_pps"), "packets/s") + " pass ("
                        + HumanText.bitRate((double) now.number("passed_bps")) + "), "
                        + HumanText.rate((double) now.number("dropped_pps"), "packets/s") + " dropped ("
                        + HumanText.bitRate((double) now.number("dropped_bps")) + ")");
    }

    private static String latency(JsonView latency) {
        return "p50 " + HumanText.duration(latency.number("p50")) + ", p99 " + HumanText.duration(latency.number("p99"))
                + ", max " + HumanText.duration(latency.number("max"));
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(INDENT)
                .append(name)
                .append(" ".repeat(Math.max(1, 13 - name.length())))
                .append(value)
                .append('\n');
    }

    private static List<JsonView> active(JsonView floods) {
        return floods.list("floods").stream()
                .filter(flood -> !flood.get("flood").text("state").equals("ended"))
                .toList();
    }

    /** A flood in plain words. */
    public static String sentence(JsonView event) {
        JsonView flood = event.get("flood");
        String target = target(event);
        boolean isOver = flood.text("state").equals("ended");
        long observed = flood.number("would_drop_packets");
        long dropped = flood.number("dropped_packets") + observed;
        StringBuilder text = new StringBuilder(flood.text("kind").toUpperCase(java.util.Locale.ROOT))
                .append(" flood (")
                .append(flood.text("vector"))
                .append(") on ")
                .append(target)
                .append(isOver ? ", over: " : ": ")
                .append(HumanText.rate((double) flood.number(isOver ? "peak_pps" : "pps"), "pps"))
                .append(isOver ? " at most, " : ", ")
                .append(HumanText.percent(dropped, flood.number("packets")))
                .append(observed > 0 ? " would have been dropped" : " dropped");
        if (!flood.text("signature").isEmpty()) {
            text.append(" by signature '").append(flood.text("signature")).append('\'');
        }
        JsonView established = flood.get("collateral").get("established");
        text.append("; ")
                .append(HumanText.count(established.number("dropped")))
                .append(" of ")
                .append(HumanText.count(established.number("dropped") + established.number("passed")))
                .append(" packets of connections lost");
        return text.toString();
    }

    private static String target(JsonView event) {
        String address = event.text("dest_ip");
        if (address.isEmpty()) {
            return event.text("dest_prefix");
        }
        String port = event.text("dest_port");
        String host = address.contains(":") && !port.isEmpty() ? "[" + address + "]" : address;
        return port.isEmpty() ? host : host + ":" + port;
    }

    public static String floods(JsonView floods, TextStyle style) {
        List<JsonView> all = floods.list("floods");
        if (all.isEmpty()) {
            return "No flood since the start.\n";
        }
        StringBuilder text = new StringBuilder();
        TextTable table =
                new TextTable("Start (UTC)", "State", "Kind", "Target", ">Peak", ">Packets", ">Dropped", "Id");
        List<JsonView> newest = new ArrayList<>(all.subList(Math.max(0, all.size() - MOST_FLOODS), all.size()));
        newest.sort(Comparator.comparing((JsonView flood) -> flood.get("flood").text("start"))
                .reversed());
        for (JsonView event : newest) {
            JsonView flood = event.get("flood");
            boolean isOver = flood.text("state").equals("ended");
            table.add(
                    time(flood.text("start")),
                    isOver ? "over" : "on",
                    flood.text("kind") + " " + flood.text("vector"),
                    target(event),
                    HumanText.rate((double) flood.number("peak_pps"), "pps"),
                    HumanText.count(flood.number("packets")),
                    HumanText.percent(
                            flood.number("dropped_packets") + flood.number("would_drop_packets"),
                            flood.number("packets")),
                    flood.text("id"));
        }
        table.appendTo(text, "", style);
        if (all.size() > MOST_FLOODS) {
            text.append("and ").append(all.size() - MOST_FLOODS).append(" earlier ones; --json lists all\n");
        }
        return text.toString();
    }

    /** To the second. */
    private static String time(String timestamp) {
        return timestamp.length() < 19 ? timestamp : timestamp.substring(0, 19).replace('T', ' ');
    }

    public static String bans(JsonView bans, TextStyle style) {
        List<JsonView> all = bans.list("bans");
        if (all.isEmpty()) {
            return "Nobody is banned.\n";
        }
        StringBuilder text = new StringBuilder();
        TextTable table = new TextTable("Prefix", "Since (UTC)", "Until (UTC)", "Reason");
        for (JsonView ban : all) {
            String until = ban.text("until");
            table.add(
                    ban.text("prefix"),
                    time(ban.text("since")),
                    until.isEmpty() ? "for ever" : time(until),
                    ban.text("reason"));
        }
        table.appendTo(text, "", style);
        return text.toString();
    }

    public static String rules(JsonView rules, TextStyle style) {
        List<JsonView> all = rules.list("rules");
        if (all.isEmpty()) {
            return "No rules: no protected prefix has groups, so everything is accepted.\n";
        }
        StringBuilder text = new StringBuilder();
        TextTable table = rulesTable(all.subList(0, Math.min(all.size(), MOST_RULES)));
        table.appendTo(text, "", style);
        if (all.size() > MOST_RULES) {
            text.append("and ").append(HumanText.count(all.size() - MOST_RULES)).append(" more; --json lists all\n");
        }
        return text.toString();
    }

    private static TextTable rulesTable(List<JsonView> rules) {
        TextTable table = new TextTable("Direction", "Rule", ">Packets", ">Bytes", "Last (UTC)");
        for (JsonView rule : rules) {
            table.add(
                    rule.text("direction"),
                    rule.isTrue("implicit") ? rule.text("place") : rule.text("text"),
                    HumanText.count(rule.number("packets")),
                    HumanText.bytes((double) rule.number("bytes")),
                    time(rule.text("last")));
        }
        return table;
    }

    public static String thresholds(JsonView answer, TextStyle style) {
        StringBuilder text = new StringBuilder();
        for (JsonView target : answer.list("targets")) {
            text.append(style.bold(target.text("prefix"))).append('\n');
            TextTable table = new TextTable("Class", ">Each address", ">The prefix");
            JsonView whole = target.get("prefix_thresholds");
            target.get("thresholds")
                    .members()
                    .forEach((name, limit) -> table.add(name, limit(limit), limit(whole.get(name))));
            table.appendTo(text, INDENT, style);
        }
        return text.toString();
    }

    private static String limit(JsonView limit) {
        List<String> rates = new ArrayList<>();
        for (Map.Entry<String, JsonView> rate : limit.members().entrySet()) {
            double perSecond = (double) rate.getValue().number();
            rates.add(
                    rate.getKey().equals("bps")
                            ? HumanText.bitRate(perSecond)
                            : HumanText.rate(perSecond, rate.getKey()));
        }
        return rates.isEmpty() ? "-" : String.join(", ", rates);
    }

    public static String config(JsonView answer, TextStyle style) {
        StringBuilder text = new StringBuilder();
        TextTable table = new TextTable("Key", "Value", "From");
        answer.list("values")
                .forEach(value -> table.add(
                        value.text("key"),
                        value.text("value"),
                        value.text("source").isEmpty()
                                ? value.text("origin")
                                : value.text("origin") + ": " + value.text("source")));
        table.appendTo(text, "", style);
        return text.toString();
    }

    /** One screen: how it fares, what is dropped why, the busiest rules. */
    public static String top(JsonView status, JsonView floods, JsonView rules, TextStyle style) {
        String timestamp = status.get("now").text("time");
        StringBuilder text = new StringBuilder(status(status, floods, style));
        text.append('\n');
        TextTable table = new TextTable("Verdict", "Reason", ">Now", ">Since start");
        JsonView now = status.get("now").get("reasons");
        status.get("reasons")
                .members()
                .forEach((reason, count) -> table.add(
                        count.text("verdict"),
                        reason,
                        HumanText.rate((double) now.number(reason), "pps"),
                        HumanText.count(count.number("packets"))));
        table.appendTo(text, INDENT, style);
        appendSources(text, floods, style);
        List<JsonView> busy = rules.list("rules").stream()
                .filter(rule -> rule.number("packets") > 0)
                .sorted(Comparator.comparingLong((JsonView rule) -> rule.number("packets"))
                        .reversed())
                .limit(MOST_TOP_RULES)
                .toList();
        if (!busy.isEmpty()) {
            text.append('\n');
            rulesTable(busy).appendTo(text, INDENT, style);
        }
        return text.append('\n')
                .append(INDENT)
                .append(time(timestamp))
                .append(" UTC\n")
                .toString();
    }

    private static void appendSources(StringBuilder text, JsonView floods, TextStyle style) {
        TextTable table = new TextTable("Source", ">Share", "Flood");
        boolean isAny = false;
        for (JsonView event : active(floods)) {
            for (JsonView source : event.get("flood").get("sources").list("top")) {
                table.add(
                        source.text("src_ip"),
                        Math.round(100 * Double.parseDouble(source.text("share"))) + " %",
                        event.get("flood").text("kind") + " on " + target(event));
                isAny = true;
            }
        }
        if (isAny) {
            text.append('\n');
            table.appendTo(text, INDENT, style);
        }
    }
}
