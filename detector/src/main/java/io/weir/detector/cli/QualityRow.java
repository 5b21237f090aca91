package io.weir.detector.cli;

import java.util.List;

/**
 * What one scenario gave: a row for each flood, each with the figures of its flood and those of the users beside it.
 *
 * @param flood which one, empty in peace
 * @param said what was reported instead or besides, for people
 */
record QualityRow(
        String scenario, String view, String flood, long packets, List<QualityFigure> figures, List<String> said) {
    /** Names of the figures, in the order of every row. */
    static final List<String> FIGURES = List.of(
            "delay_ms",
            "leak",
            "leak_requests",
            "wrong_vector",
            "false_alarms",
            "established_lost",
            "known_refused",
            "newcomers_refused",
            "delayed",
            "ping_lost",
            "newcomers_ping_lost",
            "dns_lost",
            "udp_lost",
            "http_lost",
            "peace_lost");

    boolean isMet() {
        return figures.stream().allMatch(QualityFigure::isMet);
    }

    QualityFigure figure(String name) {
        return figures.get(FIGURES.indexOf(name));
    }
}
