package io.weir.detector.metrics;

import java.util.List;

/** Every metric there is: the catalogue that documentation, dashboard and alert rules are held against. */
public enum Metric {
    PACKETS("weir_packets_total", "packets judged", "interface", "direction", "verdict", "reason"),
    BYTES("weir_bytes_total", "bytes of them on the wire", "interface", "direction", "verdict", "reason"),
    FLOOD_ACTIVE(
            "weir_flood_active",
            "1 for each flood that is on; beyond 100 targets together as other",
            "flood",
            "target"),
    FLOOD_PACKETS_PER_SECOND("weir_flood_packets_per_second", "its rate when it was last looked at", "flood", "target"),
    DETECTION("weir_detection_seconds", "from a flood's first packet to its alarm", "flood"),
    LATENCY(
            "weir_latency_seconds",
            "since the start: `batch`, a packet with its batch; `arrival`, from the kernel's receive stamp to the verdict",
            "from",
            "quantile"),
    FLOW_ENTRIES("weir_flow_table_entries", "connections remembered, about"),
    FLOW_CAPACITY("weir_flow_table_capacity", "connections that there is room for"),
    FLOW_EVICTIONS("weir_flow_table_evictions_total", "connections that gave way, and newcomers that found no room"),
    THRESHOLD("weir_threshold", "thresholds of each address of a protected prefix", "prefix", "class", "unit"),
    CAPTURE_FILL(
            "weir_capture_fill_ratio",
            "how full the queue or ring is that packets wait in to be judged, 0 to 1",
            "intake"),
    CAPTURE_DROPPED("weir_capture_dropped_total", "packets that came and weren't seen: the kernel had no room"),
    KERNEL_DROPPED("weir_kernel_dropped_total", "packets that the kernel dropped for Weir before it saw them"),
    EVENTS_LOST("weir_events_lost_total", "events that couldn't be told"),
    BANS("weir_bans", "bans in force"),
    OBSERVING("weir_observing", "1 while drops are only counted"),
    TABLE_BYTES("weir_table_bytes", "memory of the engine's tables, fixed at the start"),
    START("weir_start_timestamp_seconds", "when the daemon began, since the epoch"),
    RELOAD_SUCCESS(
            "weir_reload_success_timestamp_seconds", "when a configuration last came into force, since the epoch"),
    BUILD_INFO("weir_build_info", "always 1", "version", "mode");

    private final String text;
    private final String help;
    private final String labels;

    Metric(String text, String help, String... labels) {
        this.text = text;
        this.help = help;
        this.labels = String.join(",", labels);
    }

    /** As Prometheus shows it. */
    public String text() {
        return text;
    }

    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels.isEmpty() ? List.of() : List.of(labels.split(","));
    }
}
