package io.weir.detector.report;

/** Connections, and what thresholds would have done to them, for people. */
public final class ConnectionText {
    private ConnectionText() {}

    /** @param answer what {@code /connections} answers */
    public static String list(JsonView answer, TextStyle style) {
        if (answer.list("connections").isEmpty()) {
            return answer.number("next") > 0 ? more(answer) : "No such connection.\n";
        }
        StringBuilder text = new StringBuilder();
        TextTable table = new TextTable("Proto", "From", "To", "State", "Opened (UTC)", "Last seen (UTC)");
        for (JsonView one : answer.list("connections")) {
            table.add(
                    one.text("proto"),
                    end(one, "src"),
                    end(one, "dest"),
                    one.text("state"),
                    time(one.text("opened")),
                    time(one.text("last_seen")));
        }
        table.appendTo(text, "", style);
        return answer.number("next") > 0 ? text.append(more(answer)).toString() : text.toString();
    }

    private static String more(JsonView answer) {
        return "There may be more: --from " + answer.number("next") + " goes on\n";
    }

    private static String end(JsonView one, String side) {
        String address = one.text(side + "_ip");
        String port = one.text(side + "_port");
        String host = address.contains(":") && !port.isEmpty() ? "[" + address + "]" : address;
        return port.isEmpty() ? host : host + ":" + port;
    }

    private static String time(String timestamp) {
        return timestamp.length() < 19 ? timestamp : timestamp.substring(0, 19).replace('T', ' ');
    }

    /**
     * What other thresholds would have done, in words.
     *
     * @param preview as a dry run answers it; may be empty
     */
    public static String preview(JsonView preview) {
        if (preview.members().isEmpty()) {
            return "  no packets are remembered to try it on; captures needs state: FOLDER\n";
        }
        if (preview.number("packets") == 0) {
            return "  no packet has come yet to try it on\n";
        }
        return "  of the " + HumanText.count(preview.number("packets"), "packet") + " of the last "
                + HumanText.duration(preview.number("span_ns")) + ":\n"
                + "    as it is:  " + trial(preview.get("now")) + "\n"
                + "    with this: " + trial(preview.get("then")) + "\n";
    }

    private static String trial(JsonView trial) {
        StringBuilder text = new StringBuilder(HumanText.count(trial.number("dropped")))
                .append(" dropped, ")
                .append(HumanText.count(trial.number("established")))
                .append(" of them of connections; ");
        if (trial.list("floods").isEmpty()) {
            return text.append("no flood").toString();
        }
        return text.append(String.join(
                        ", ",
                        trial.list("floods").stream()
                                .map(flood -> flood.text("kind") + " flood on " + flood.text("target"))
                                .toList()))
                .toString();
    }
}
