package io.weir.detector.report;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import java.util.List;

/** Packets and rules in the words of {@code weir explain}, so that one can be copied into the other. */
public final class RuleText {
    private RuleText() {}

    /** {@code tcp 203.0.113.9:4242 to 198.51.100.10:22}: what {@code weir explain} reads. */
    public static String packet(FiveTuple packet) {
        boolean hasPorts = PacketNames.hasPorts(packet.protocol());
        String text = number(packet.protocol()) + " "
                + end(packet.sourceHigh(), packet.sourceLow(), hasPorts, packet.sourcePort()) + " to "
                + end(packet.destinationHigh(), packet.destinationLow(), hasPorts, packet.destinationPort());
        return PacketNames.hasTypes(packet.protocol())
                ? text + " " + PacketNames.message(packet.protocol(), packet.destinationPort())
                : text;
    }

    private static String number(int protocol) {
        String name = PacketNames.protocol(protocol);
        return name.indexOf(' ') < 0 ? name : String.valueOf(protocol);
    }

    private static String end(long high, long low, boolean hasPort, int port) {
        String address = IpAddress.format(high, low);
        if (!hasPort) {
            return address;
        }
        return (IpAddress.isIpv4(high, low) ? address : "[" + address + "]") + ":" + port;
    }

    /** {@code accept tcp 22/22 from 0.0.0.0/0, priority 1}: the first box, and how many more there are. */
    static String rule(Rule rule) {
        String start = rule.policy().text() + " ";
        List<RuleBox> boxes = rule.boxes();
        String what = boxes.isEmpty() ? "nothing" : box(boxes.getFirst());
        String more = boxes.size() > 1 ? " and " + (boxes.size() - 1) + " more" : "";
        return start + what + more + (rule.origin().isImplicit() ? "" : ", priority " + rule.priority());
    }

    private static String box(RuleBox box) {
        StringBuilder text = new StringBuilder();
        text.append(box.protocol() == RuleBox.ANY_PROTOCOL ? "all protocols" : PacketNames.protocol(box.protocol()));
        if (!box.destinationPorts().equals(PortRange.ANY)) {
            text.append(' ').append(ports(box));
        }
        if (box.source().length() > 0 || box.destination().length() == 0) {
            text.append(" from ").append(box.source());
        }
        if (!box.sourcePorts().equals(PortRange.ANY)) {
            text.append(" port ").append(box.sourcePorts());
        }
        if (box.destination().length() > 0) {
            text.append(" to ").append(box.destination());
        }
        return text.toString();
    }

    /** Ports, or the ICMP message where the range is one. */
    static String ports(RuleBox box) {
        PortRange ports = box.destinationPorts();
        if (!PacketNames.hasTypes(box.protocol())) {
            return ports.toString();
        }
        if (ports.first() == ports.last()) {
            return PacketNames.message(box.protocol(), ports.first());
        }
        boolean isOneType = ports.first() >>> 8 == ports.last() >>> 8;
        return isOneType && (ports.first() & 0xff) == 0 && (ports.last() & 0xff) == 0xff
                ? "type " + (ports.first() >>> 8)
                : "types " + ports;
    }
}
