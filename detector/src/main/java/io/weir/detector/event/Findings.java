package io.weir.detector.event;

import io.weir.detector.flood.FloodReport;
import io.weir.detector.scan.SuspectReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Floods, scans and brute force as they stand, for a summary: the newest so many of each. Events tell all. */
public final class Findings {
    private final int most;
    private final Map<String, FloodReport> floods = new LinkedHashMap<>();
    private final Map<String, SuspectReport> suspects = new LinkedHashMap<>();
    private long forgotten;

    /** @param most floods that are kept, and suspects */
    public Findings(int most) {
        this.most = most;
    }

    public void note(Event event) {
        switch (event) {
            case Event.FloodChanged flood -> put(floods, flood.report().id(), flood.report());
            case Event.SuspectNoticed suspect -> put(suspects, suspect.report().id(), suspect.report());
            default -> {
                // Only in the events.
            }
        }
    }

    private <T> void put(Map<String, T> reports, String id, T report) {
        reports.put(id, report);
        if (reports.size() > most) {
            reports.remove(reports.keySet().iterator().next());
            forgotten++;
        }
    }

    /** By their start. */
    public List<FloodReport> floods() {
        return List.copyOf(floods.values());
    }

    /** By when they were told first. */
    public List<SuspectReport> suspects() {
        return List.copyOf(suspects.values());
    }

    /** Floods and suspects that gave way to newer ones. */
    public long forgotten() {
        return forgotten;
    }
}
