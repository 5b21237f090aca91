package io.weir.filter.signature;

import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes a signature as a tcpdump expression: one alternative for IPv4 and one for IPv6, each by offsets. */
final class BpfExpression {
    private static final int IPV6_HEADER = 40;
    private static final int UDP_HEADER = 8;

    private final Signature signature;
    private final Set<String> missing = new LinkedHashSet<>();

    BpfExpression(Signature signature) {
        this.signature = signature;
    }

    Export export() {
        List<String> alternatives = new ArrayList<>();
        if (signature.hasVersion(4)) {
            alternative(4).ifPresent(alternatives::add);
        }
        if (signature.hasVersion(6)) {
            alternative(6).ifPresent(alternatives::add);
        }
        String text = alternatives.size() == 1
                ? alternatives.getFirst()
                : String.join(
                        " or ",
                        alternatives.stream().map(one -> "(" + one + ")").toList());
        return new Export(text, List.copyOf(missing));
    }

    private Optional<String> alternative(int version) {
        List<String> parts = new ArrayList<>();
        parts.add(head(version));
        for (Term term : signature.terms()) {
            Part part = part(term, version);
            switch (part) {
                case Part.Text text -> parts.add(text.text());
                case Part.Never _ -> {
                    return Optional.empty();
                }
                case Part.Unspeakable _ -> missing.add(SignaturePrinter.print(term));
            }
        }
        return Optional.of(String.join(" and ", parts));
    }

    /** What becomes of a term in one version of IP. */
    private sealed interface Part {
        record Text(String text) implements Part {}

        /** No packet of this version meets it. */
        record Never() implements Part {}

        record Unspeakable() implements Part {}
    }

    private static final Part NEVER = new Part.Never();
    private static final Part UNSPEAKABLE = new Part.Unspeakable();

    private String head(int version) {
        String ip = version == 4 ? "ip" : "ip6";
        if (signature.head().kind() == Head.Kind.DNS) {
            missing.add("dns on other ports than 53, and over TCP");
            return ip + " and udp port 53";
        }
        return version == 4
                ? "ip and ip[9] = " + signature.head().number()
                : "ip6 and ip6[6] = " + signature.head().number();
    }

    private Part part(Term term, int version) {
        return switch (term) {
            case Term.Numeric number -> number(number.of(), number.values(), version);
            case Term.Source source -> source(source.prefixes(), version);
            case Term.SequenceIsDestination _ -> version == 4 ? new Part.Text("tcp[4:4] = ip[16:4]") : NEVER;
            case Term.Qname _ -> UNSPEAKABLE;
            case Term.Payload payload -> payload(payload.head(), version);
        };
    }

    private Part number(Field field, NumberSet values, int version) {
        return switch (field) {
            case LENGTH -> any(version == 4 ? "ip[2:2]" : "(ip6[4:2] + 40)", values);
            case TIME_TO_LIVE -> any(version == 4 ? "ip[8]" : "ip6[7]", values);
            case IP_ID -> version == 4 ? any("ip[4:2]", values) : NEVER;
            case FRAGMENT -> fragment(values, version);
            case SOURCE_PORT -> any(transport(0, 2, version), values);
            case DESTINATION_PORT -> any(transport(2, 2, version), values);
            case FLAGS -> any("(" + transport(12, 2, version) + " & 0x1ff)", values);
            case WINDOW -> any(transport(14, 2, version), values);
            case OPTIONS ->
                values.equals(NumberSet.of(0))
                        ? new Part.Text("(" + transport(12, 1, version) + " & 0xf0) = 0x50")
                        : UNSPEAKABLE;
            case SEQUENCE -> any(transport(4, 4, version), values);
            case ACKNOWLEDGMENT -> any(transport(8, 4, version), values);
            case ICMP_TYPE -> any(transport(0, 1, version), values);
            case ICMP_CODE -> any(transport(1, 1, version), values);
            case ECHO_ID -> echoId(values, version);
            case MAXIMUM_SEGMENT_SIZE, WINDOW_SCALE, MESSAGE, QTYPE -> UNSPEAKABLE;
        };
    }

    /** A load from the transport header. That of IPv4 also says that the packet is no later fragment. */
    private String transport(int offset, int bytes, int version) {
        String size = bytes == 1 ? "" : ":" + bytes;
        if (version == 6) {
            return "ip6[" + (IPV6_HEADER + offset) + size + "]";
        }
        String protocol = switch (signature.head().kind()) {
            case TCP -> "tcp";
            case UDP, DNS -> "udp";
            default -> "icmp";
        };
        return protocol + "[" + offset + size + "]";
    }

    private Part echoId(NumberSet values, int version) {
        String type = transport(0, 1, version);
        int request = version == 4 ? PacketFields.ECHO_REQUEST : PacketFields.ECHO_REQUEST_V6;
        int reply = version == 4 ? PacketFields.ECHO_REPLY : PacketFields.ECHO_REPLY_V6;
        return new Part.Text("(" + type + " = " + request + " or " + type + " = " + reply + ") and "
                + text(transport(4, 2, version), values));
    }

    private static Part fragment(NumberSet values, int version) {
        if (version == 6) {
            // By its next header the packet is no fragment.
            return values.contains(0) ? new Part.Text("ip6") : NEVER;
        }
        List<String> parts = new ArrayList<>();
        if (values.contains(0)) {
            parts.add("ip[6:2] & 0x3fff = 0");
        }
        if (values.contains(1)) {
            parts.add("ip[6:2] & 0x3fff = 0x2000");
        }
        if (values.contains(2)) {
            parts.add("ip[6:2] & 0x1fff != 0");
        }
        return new Part.Text("(" + String.join(" or ", parts) + ")");
    }

    private static Part source(List<IpPrefix> prefixes, int version) {
        List<String> parts = prefixes.stream()
                .filter(prefix -> prefix.version() == version)
                .map(prefix -> "src net " + prefix)
                .toList();
        return parts.isEmpty() ? NEVER : new Part.Text("(" + String.join(" or ", parts) + ")");
    }

    private Part payload(PayloadHead head, int version) {
        boolean isUnknown = signature.head().kind() == Head.Kind.OTHER;
        if (isUnknown) {
            return UNSPEAKABLE;
        }
        List<String> parts = new ArrayList<>();
        parts.add(isLongEnough(head.length(), version));
        for (int at = 0; at < head.length(); ) {
            int size = head.length() - at >= 4 ? 4 : head.length() - at >= 2 ? 2 : 1;
            long mask = 0;
            long value = 0;
            for (int k = 0; k < size; k++) {
                mask = mask << 8 | (head.isFixed(at + k) ? 0xff : 0);
                value = value << 8 | head.value(at + k);
            }
            if (mask != 0) {
                String load = payloadLoad(at, size, version);
                // A mask of all bits isn't only needless: libpcap's optimizer goes wrong where the value is 0.
                parts.add(
                        mask == (1L << 8 * size) - 1
                                ? String.format("%s = 0x%x", load, value)
                                : String.format("(%s & 0x%x) = 0x%x", load, mask, value));
            }
            at += size;
        }
        return new Part.Text(String.join(" and ", parts));
    }

    private String payloadLoad(int offset, int bytes, int version) {
        if (signature.head().kind() != Head.Kind.TCP) {
            return transport(UDP_HEADER + offset, bytes, version);
        }
        String start = "((" + transport(12, 1, version) + " & 0xf0) >> 2)";
        return version == 4
                ? "tcp[(" + start + " + " + offset + "):" + bytes + "]"
                : "ip6[(" + start + " + " + (IPV6_HEADER + offset) + "):" + bytes + "]";
    }

    /** Padding of the link isn't payload. */
    private String isLongEnough(int bytes, int version) {
        String room = version == 4 ? "ip[2:2] - ((ip[0] & 0xf) << 2)" : "ip6[4:2]";
        return switch (signature.head().kind()) {
            case TCP -> room + " - ((" + transport(12, 1, version) + " & 0xf0) >> 2) >= " + bytes;
            case UDP, DNS ->
                room + " >= " + (UDP_HEADER + bytes) + " and " + transport(4, 2, version) + " >= "
                        + (UDP_HEADER + bytes);
            default -> room + " >= " + (UDP_HEADER + bytes);
        };
    }

    private static Part any(String load, NumberSet values) {
        return new Part.Text(text(load, values));
    }

    private static String text(String load, NumberSet values) {
        List<String> parts = values.ranges().stream()
                .map(range -> range.first() == range.last()
                        ? load + " = " + range.first()
                        : values.ranges().size() == 1
                                ? load + " >= " + range.first() + " and " + load + " <= " + range.last()
                                : "(" + load + " >= " + range.first() + " and " + load + " <= " + range.last() + ")")
                .toList();
        return parts.size() == 1 ? parts.getFirst() : "(" + String.join(" or ", parts) + ")";
    }
}
