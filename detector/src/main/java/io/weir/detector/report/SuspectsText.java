package io.weir.detector.report;

import io.weir.detector.scan.SuspectReport;

/** Scans and brute force in a summary for people. */
final class SuspectsText {
    /** More are told by the events and by JSON. */
    private static final int MOST = 10;

    private SuspectsText() {}

    /** Nothing where there was none. */
    static void append(StringBuilder text, ReplaySummary summary, TextStyle style) {
        if (summary.suspects().isEmpty()) {
            return;
        }
        TextTable table = new TextTable("Start (UTC)", ">Length", "Scan or brute force", "Source", "Target", ">Tried");
        summary.suspects().stream()
                .limit(MOST)
                .forEach(suspect -> table.add(
                        HumanText.dateTime(suspect.startNanos()),
                        HumanText.duration(suspect.lastNanos() - suspect.startNanos()),
                        what(suspect),
                        suspect.source(),
                        target(suspect),
                        HumanText.count(suspect.distinct(), counted(suspect))));
        text.append('\n');
        table.appendTo(text, "  ", style);
        if (summary.suspects().size() > MOST) {
            text.append("  and ")
                    .append(HumanText.count(summary.suspects().size() - MOST))
                    .append(" more\n");
        }
    }

    private static String what(SuspectReport suspect) {
        return suspect.method() + (suspect.suspicion().isScan() ? " scan" : " brute force");
    }

    private static String target(SuspectReport suspect) {
        if (suspect.port() == 0) {
            return suspect.target();
        }
        if (suspect.isNetwork()) {
            return suspect.target() + " port " + suspect.port();
        }
        boolean isIpv6 = suspect.target().indexOf(':') >= 0;
        return (isIpv6 ? "[" + suspect.target() + "]" : suspect.target()) + ":" + suspect.port();
    }

    private static String counted(SuspectReport suspect) {
        return switch (suspect.suspicion()) {
            case PORTS -> "port";
            case HOSTS, NEIGHBOURS -> "host";
            case SESSIONS, MAIL_SESSIONS, LOGINS -> "attempt";
        };
    }
}
