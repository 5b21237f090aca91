package io.weir.detector.cli;

import io.weir.capture.load.FloodTool;
import io.weir.capture.load.FloodVector;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.TrafficClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A vector in somebody's headers.
 *
 * @param sources real addresses that attack; 0 for invented ones
 */
record QualityFlood(FloodVector vector, FloodTool tool, int sources) {
    private static final int REFLECTORS = 2_000;
    private static final int RESOLVERS = 300;
    private static final int BOTS = 200;
    /** A second; a web server of 1,000 places is full after ten of them. */
    private static final double SLOW_CONNECTIONS = 20;

    /** Each vector in the headers of the tools that send it, and in those of users. */
    static List<QualityFlood> all() {
        List<QualityFlood> floods = new ArrayList<>();
        for (FloodTool tool : FloodTool.values()) {
            floods.add(new QualityFlood(FloodVector.SYN, tool, 0));
        }
        floods.add(new QualityFlood(FloodVector.SYN, FloodTool.HPING3, 1));
        floods.add(new QualityFlood(FloodVector.SYN, FloodTool.MIRAI, BOTS));
        for (FloodVector vector : FloodVector.values()) {
            if (vector != FloodVector.SYN) {
                tools(vector).forEach(tool -> floods.add(new QualityFlood(vector, tool, sources(vector, tool))));
            }
        }
        return floods;
    }

    private static List<FloodTool> tools(FloodVector vector) {
        return switch (vector) {
            case ACK -> List.of(FloodTool.SIMPLE, FloodTool.HPING3, FloodTool.MIRAI, FloodTool.T50, FloodTool.MIMIC);
            case UDP_RANDOM_PORTS -> List.of(FloodTool.SIMPLE, FloodTool.MIRAI, FloodTool.MIMIC);
            case UDP_ONE_PORT -> List.of(FloodTool.HPING3, FloodTool.MIRAI, FloodTool.SCAPY, FloodTool.MIMIC);
            case ICMP_ECHO -> List.of(FloodTool.SIMPLE, FloodTool.HPING3, FloodTool.MIMIC);
            case DNS_RANDOM_LABELS -> List.of(FloodTool.SIMPLE, FloodTool.MIRAI, FloodTool.MIMIC);
            case HTTP_POST, RAPID_RESET, SLOWLORIS, SLOW_POST, SLOW_READ -> List.of(FloodTool.SIMPLE);
            case HTTP_GET, HTTP_CONNECTIONS, TLS_HANDSHAKE -> List.of(FloodTool.SIMPLE, FloodTool.MIMIC);
            case GRE -> List.of(FloodTool.MIRAI);
            default -> List.of(FloodTool.HPING3, FloodTool.MIMIC);
        };
    }

    private static int sources(FloodVector vector, FloodTool tool) {
        if (vector.name().endsWith("_REFLECTION")) {
            return REFLECTORS;
        }
        if (vector.isOfConnections()) {
            return BOTS;
        }
        return vector == FloodVector.DNS_RANDOM_LABELS && tool == FloodTool.MIMIC ? RESOLVERS : 0;
    }

    String name() {
        String name = vector.text() + "-" + tool.name().toLowerCase(Locale.ROOT);
        return vector == FloodVector.SYN && sources > 0 ? name + (sources == 1 ? "-one-source" : "-bots") : name;
    }

    boolean isMimicked() {
        // Out of state, unasked: that fails the protocol's own test whatever the headers are.
        boolean failsProtocol = vector.name().endsWith("_REFLECTION")
                || TrafficClass.ACK.kind() == vector.kind()
                || vector == FloodVector.ICMP_ECHO_REPLY
                || vector == FloodVector.ICMP_UNREACHABLE;
        return tool == FloodTool.MIMIC && !failsProtocol;
    }

    /** The built-in threshold of one address, a second; of slow requests, where there is none, connections that hurt. */
    double threshold() {
        if (vector == FloodVector.SLOWLORIS || vector == FloodVector.SLOW_POST || vector == FloodVector.SLOW_READ) {
            return SLOW_CONNECTIONS;
        }
        TrafficClass counted = vector == FloodVector.TLS_HANDSHAKE
                ? TrafficClass.TLS
                : TrafficClass.valueOf(vector.kind().name());
        return BuiltInThresholds.ADDRESS.of(counted).packetsPerSecond();
    }

    /** What the flood may rightly be called. */
    Set<String> vectors() {
        return switch (vector) {
            case SYN ->
                switch (sources) {
                    case 0 -> Set.of("syn-spoofed");
                    case 1 -> Set.of("syn-single-source");
                    default -> Set.of("syn-distributed");
                };
            case SYN_ACK_REFLECTION -> Set.of("syn-ack-reflection");
            case RST_REFLECTION -> Set.of("rst", "rst-reflection");
            case ACK -> tool == FloodTool.SIMPLE ? Set.of("ack", "psh-ack", "tcp-mixed") : Set.of("ack");
            case PSH_ACK -> Set.of("psh-ack");
            case FIN -> Set.of("fin");
            case RST -> Set.of("rst");
            case UDP_RANDOM_PORTS -> Set.of("udp-random-ports");
            case UDP_ONE_PORT -> Set.of("udp", "udp-one-port");
            case UNKNOWN_REFLECTION -> Set.of("udp-amplification", "udp-reflection", "unknown-amplification");
            case FRAGMENTS -> Set.of("fragment");
            case ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_UNREACHABLE, GRE, RAPID_RESET -> Set.of(vector.text());
            case DNS_RANDOM_LABELS -> Set.of("dns-query", "dns-random-labels");
            case DNS_QUERY -> Set.of("dns-query");
            case HTTP_GET, HTTP_POST, HTTP_CONNECTIONS -> Set.of("http-request", "http-get", "http-post");
            case SLOWLORIS, SLOW_POST, SLOW_READ -> Set.of("slow-http", vector.text());
            case TLS_HANDSHAKE -> Set.of("tls-handshake");
            default -> Set.of(vector.text().replace("-reflection", "-amplification"));
        };
    }
}
