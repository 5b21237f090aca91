package io.weir.detector.alert;

import io.weir.detector.event.ProtocolName;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.FloodSamples;
import io.weir.detector.report.FloodLine;
import java.util.Locale;
import java.util.StringJoiner;

/** A flood in lines that begin as FastNetMon's do, where it has such a line; scripts look for these. */
final class FloodDetails {
    private static final double MEGABIT = 1e6;

    private FloodDetails() {}

    static String of(FloodReport flood) {
        StringJoiner lines = new StringJoiner("\n", "", "\n");
        lines.add("IP: " + flood.target());
        lines.add("Attack type: " + type(flood));
        lines.add("Initial attack power: " + perSecond(flood.packetsPerSecond()));
        lines.add("Peak attack power: " + perSecond(flood.peakPacketsPerSecond()));
        lines.add("Attack direction: incoming");
        lines.add("Attack protocol: " + ProtocolName.of(flood.protocol()).toLowerCase(Locale.ROOT));
        lines.add("Total incoming traffic: " + Math.round(flood.bitsPerSecond() / MEGABIT) + " mbps");
        lines.add("Total incoming pps: " + perSecond(flood.packetsPerSecond()));
        lines.add("");
        lines.add(FloodLine.of(flood));
        lines.add("Flood: " + flood.id());
        if (flood.destinationPort() > 0) {
            lines.add("Port: " + flood.destinationPort());
        }
        lines.add("Sources: " + flood.distinctSources());
        for (FloodSamples.TopSource source : flood.topSources()) {
            lines.add(String.format(Locale.ROOT, "  %s %.1f %%", source.address(), 100 * source.share()));
        }
        flood.signatures().forEach(signature -> lines.add("Signature: " + signature.text()));
        return lines.toString();
    }

    /** FastNetMon's word where it has one. */
    private static String type(FloodReport flood) {
        if (flood.vector().equals("fragment")) {
            return "ip_fragmentation";
        }
        return switch (flood.kind()) {
            case SYN -> "syn_flood";
            case UDP -> "udp_flood";
            case ICMP -> "icmp_flood";
            default -> flood.kind().text() + "_flood";
        };
    }

    private static String perSecond(double rate) {
        return Math.round(rate) + " packets per second";
    }
}
