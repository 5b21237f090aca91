package io.weir.filter.signature;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.TcpOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a signature as matches of nftables: one line, or one for each version of IP where they differ. */
final class NftMatch {
    private static final int BOTH = 0;
    private static final int TRANSPORT_HEADER_BITS = 64;
    private static final Map<Integer, String> OPTION_NAMES = Map.of(
            TcpOptions.MAXIMUM_SEGMENT_SIZE, "maxseg",
            TcpOptions.WINDOW_SCALE, "window",
            TcpOptions.SACK_PERMITTED, "sack-perm",
            TcpOptions.SACK, "sack",
            TcpOptions.TIMESTAMPS, "timestamp",
            TcpOptions.FAST_OPEN, "34");
    private static final int LARGEST_FLAGS = 0xff;

    private final Signature signature;
    private final Set<String> missing = new LinkedHashSet<>();

    NftMatch(Signature signature) {
        this.signature = signature;
    }

    Export export() {
        List<String> lines = new ArrayList<>();
        boolean isOfVersion = signature.terms().stream().anyMatch(NftMatch::isOfVersion);
        if (!isOfVersion && signature.hasVersion(4) && signature.hasVersion(6)) {
            line(BOTH, lines);
        } else {
            for (int version : new int[] {4, 6}) {
                if (signature.hasVersion(version)) {
                    line(version, lines);
                }
            }
        }
        return new Export(String.join("\n", lines), List.copyOf(missing));
    }

    /** Whether a term is written in another way for each version of IP. */
    private static boolean isOfVersion(Term term) {
        return term instanceof Term.Source
                || term instanceof Term.SequenceIsDestination
                || term instanceof Term.Numeric number
                        && switch (number.of()) {
                            case TIME_TO_LIVE, IP_ID, FRAGMENT -> true;
                            default -> false;
                        };
    }

    private void line(int version, List<String> lines) {
        List<String> parts = new ArrayList<>();
        if (version != BOTH) {
            parts.add("meta nfproto ipv" + version);
        }
        parts.add(head());
        for (Term term : signature.terms()) {
            String part = part(term, version);
            if (part.isEmpty()) {
                missing.add(SignaturePrinter.print(term));
            } else {
                parts.add(part);
            }
        }
        lines.add(String.join(" ", parts));
    }

    private String head() {
        if (signature.head().kind() != Head.Kind.DNS) {
            return "meta l4proto " + signature.head().number();
        }
        boolean isResponse = signature.terms().stream()
                .anyMatch(term -> term instanceof Term.Numeric number
                        && number.of() == Field.MESSAGE
                        && number.values().equals(NumberSet.of(1)));
        missing.add("dns on other ports than 53, and over TCP");
        return isResponse ? "udp sport 53" : "udp dport 53";
    }

    /** A term's match, empty where there is none. */
    private String part(Term term, int version) {
        return switch (term) {
            case Term.Numeric number -> number(number.of(), number.values(), version);
            case Term.Source source -> source(source.prefixes(), version);
            case Term.Payload payload -> payload(payload.head());
            // It compares a field with a constant only.
            case Term.SequenceIsDestination _, Term.Qname _ -> "";
        };
    }

    private String number(Field field, NumberSet values, int version) {
        String protocol = signature.head().kind() == Head.Kind.ICMPV6 ? "icmpv6" : "icmp";
        return switch (field) {
            case LENGTH -> "meta length " + set(values);
            case TIME_TO_LIVE -> (version == 4 ? "ip ttl " : "ip6 hoplimit ") + set(values);
            case IP_ID -> "ip id " + set(values);
            case FRAGMENT -> fragment(values, version);
            case SOURCE_PORT -> "th sport " + set(values);
            case DESTINATION_PORT -> "th dport " + set(values);
            case FLAGS -> flags(values);
            case WINDOW -> "tcp window " + set(values);
            case OPTIONS -> options(values);
            case MAXIMUM_SEGMENT_SIZE -> "tcp option maxseg size " + set(values);
            case WINDOW_SCALE -> "tcp option window count " + set(values);
            case SEQUENCE -> "tcp sequence " + set(values);
            case ACKNOWLEDGMENT -> "tcp ackseq " + set(values);
            case ICMP_TYPE ->
                protocol + " type "
                        + set(
                                hasEchoId()
                                        ? NumberSet.ofAll(PacketFields.echoTypes(
                                                signature.head().number(), values))
                                        : values);
            case ICMP_CODE -> protocol + " code " + set(values);
            // By its name, nft allows one type beside it alone.
            case ECHO_ID -> hasType() ? "@th,32,16 " + set(values) : protocol + " id " + set(values);
            case MESSAGE, QTYPE -> "";
        };
    }

    private boolean hasEchoId() {
        return signature.terms().stream().anyMatch(term -> term.field().equals(Field.ECHO_ID.text()));
    }

    private boolean hasType() {
        return signature.terms().stream().anyMatch(term -> term.field().equals(Field.ICMP_TYPE.text()));
    }

    private static String set(NumberSet values) {
        List<String> texts = values.ranges().stream()
                .map(range -> range.first() == range.last() ? "" + range.first() : range.first() + "-" + range.last())
                .toList();
        return texts.size() == 1 ? texts.getFirst() : "{ " + String.join(", ", texts) + " }";
    }

    private static String fragment(NumberSet values, int version) {
        if (version == 6 || values.ranges().size() > 1) {
            return "";
        }
        return switch ((int) values.last()) {
            case 0 -> "ip frag-off & 0x3fff == 0";
            case 1 -> "ip frag-off & 0x3fff == 0x2000";
            default -> "ip frag-off & 0x1fff != 0";
        };
    }

    /** Eight flags have names there; the ninth (RFC 9768) can't be said. */
    private static String flags(NumberSet values) {
        if (values.last() > LARGEST_FLAGS) {
            return "";
        }
        if (values.ranges().size() > 1) {
            return "tcp flags " + set(values);
        }
        String names = Field.FLAGS
                .vocabulary()
                .print(values.last())
                .replace("+", " | ")
                .replace("ece", "ecn");
        return "tcp flags == " + (values.last() == 0 ? "0x0" : names);
    }

    private static String options(NumberSet values) {
        long kinds = values.last();
        if (values.ranges().size() > 1 || (kinds & TcpOptions.OTHER) != 0) {
            return "";
        }
        if (kinds == 0) {
            return "tcp doff 5";
        }
        List<String> parts = new ArrayList<>();
        OPTION_NAMES.keySet().stream()
                .sorted()
                .forEach(bit -> parts.add(
                        "tcp option " + OPTION_NAMES.get(bit) + ((kinds & bit) != 0 ? " exists" : " missing")));
        return String.join(" ", parts);
    }

    private static String source(List<IpPrefix> prefixes, int version) {
        List<String> texts = prefixes.stream()
                .filter(prefix -> prefix.version() == version)
                .map(Object::toString)
                .toList();
        return (version == 4 ? "ip saddr " : "ip6 saddr ")
                + (texts.size() == 1 ? texts.getFirst() : "{ " + String.join(", ", texts) + " }");
    }

    /** Of TCP, whose header has no fixed length, from the inner header on, which is its payload. */
    private String payload(PayloadHead head) {
        Head.Kind kind = signature.head().kind();
        if (kind == Head.Kind.OTHER) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        for (int at = 0; at < head.length(); ) {
            if (!head.isFixed(at)) {
                at++;
                continue;
            }
            StringBuilder value = new StringBuilder();
            int first = at;
            for (; at < head.length() && head.isFixed(at); at++) {
                value.append(String.format("%02x", head.value(at)));
            }
            String base = kind == Head.Kind.TCP ? "@ih," + first * 8 : "@th," + (TRANSPORT_HEADER_BITS + first * 8);
            parts.add(base + "," + (at - first) * 8 + " 0x" + value);
        }
        return String.join(" ", parts);
    }
}
