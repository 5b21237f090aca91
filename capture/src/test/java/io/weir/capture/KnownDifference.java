package io.weir.capture;

import io.weir.capture.testing.TsharkField;
import io.weir.capture.testing.TsharkRow;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.DecodeOutcome;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where tshark and the decoder rightly differ: each class with its reason, and as narrow as can be told. */
enum KnownDifference {
    /** tshark follows frames inside frames. Weir judges what a host or router on this link would: a frame without IP. */
    FRAME_IN_FRAME("an Ethernet frame or MACsec inside the link layer isn't followed") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            return difference.what().equals(Difference.IP_VERSION)
                    && decoded.outcome() == DecodeOutcome.NOT_IP
                    && !Collections.disjoint(tshark.protocols(), INNER_LINKS);
        }
    },
    /** tshark follows any number of labels; more than sixteen are no label stack. */
    LABEL_STACK("more than 16 MPLS labels") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            return difference.what().equals(Difference.IP_VERSION)
                    && decoded.outcome() == DecodeOutcome.LINK_TOO_DEEP
                    && tshark.protocols().contains("mpls");
        }
    },
    /** tshark shows no address of a header whose lengths are impossible; Weir counts the packet to its destination. */
    IMPOSSIBLE_LENGTH("the IP header's lengths are impossible: addresses are decoded, tshark shows none") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            return difference.what().equals(Difference.IP_VERSION)
                    && HEADER_FAULTS.contains(decoded.outcome())
                    && tshark.ipVersion() == 0
                    && (tshark.protocols().contains("ip") || tshark.protocols().contains("ipv6"));
        }
    },
    /** tshark shows single fields of a header that ends early. */
    HEADER_ENDS_EARLY("the frame ends inside the IP header: tshark shows the fields before") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            boolean shown = difference.what().equals(Difference.IP_VERSION)
                    || difference.what().equals(Difference.DESTINATION)
                            && difference.tshark().isEmpty();
            return shown && (decoded.outcome() == DecodeOutcome.IP_TRUNCATED || decoded.outcome() == DecodeOutcome.CUT);
        }
    },
    /** tshark shows ports, and nothing behind them, of a fixed header that isn't whole. */
    TRANSPORT_HEADER_CUT("the capture cut the fixed transport header: tshark shows no field behind the ports") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            return decoded.isOk()
                    && decoded.isHeaderCut()
                    && BEHIND_PORTS.contains(difference.what())
                    && !tshark.has(TsharkField.TCP_FLAGS)
                    && !tshark.has(TsharkField.ICMP_TYPE)
                    && !tshark.has(TsharkField.ICMPV6_TYPE);
        }
    },
    /** The first bytes tell a hello; tshark reads whole records. */
    TLS_RECORD_CUT("the capture cut a TLS record") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            return difference.what().equals(Difference.TLS)
                    && decoded.isPayloadCut()
                    && tshark.protocols().contains("tls")
                    && !tshark.has(TsharkField.TLS_HANDSHAKE);
        }
    },
    /** On a port not its own, tshark takes a request only by its whole line. */
    REQUEST_LINE_CUT("the capture cut an HTTP request on a port that isn't HTTP's") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            return difference.what().equals(Difference.HTTP)
                    && decoded.isPayloadCut()
                    && decoded.application() == Application.HTTP_REQUEST
                    && !tshark.protocols().contains("http");
        }
    },
    /** A message with any number of questions but one isn't read (RFC 9619). */
    QUESTION_COUNT("a DNS message that doesn't hold exactly one question") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            return difference.what().equals(Difference.DNS_NAME)
                    && difference.weir().isEmpty()
                    && tshark.number(TsharkField.DNS_QUESTIONS) != 1;
        }
    },
    /** tshark takes any text for a target; RFC 9112 section 3.2 has four forms. */
    HTTP_TARGET("an HTTP request whose target has none of the four forms") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            String target = tshark.first(TsharkField.HTTP_TARGET);
            return difference.what().equals(Difference.HTTP)
                    && decoded.application() == Application.NONE
                    && !target.startsWith("/")
                    && !target.startsWith("http")
                    && !target.equals("*");
        }
    },
    /** tshark gives a port that it knows to that protocol alone. */
    TLS_ON_ANOTHER_PORT("TLS on a port that tshark has for another protocol") {
        @Override
        boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded) {
            return difference.what().equals(Difference.TLS)
                    && decoded.application() == Application.TLS_CLIENT_HELLO
                    && !tshark.protocols().contains("tls")
                    && !decoded.hasPort(443);
        }
    };

    private static final List<String> INNER_LINKS = List.of("pwethcw", "pwethnocw", "pwethheuristic", "macsec");
    private static final Set<String> BEHIND_PORTS = Set.of(
            Difference.TCP_FLAGS,
            TsharkField.TCP_SEQUENCE.text(),
            TsharkField.TCP_WINDOW.text(),
            TsharkField.TCP_LENGTH.text(),
            TsharkField.ICMP_TYPE.text(),
            TsharkField.ICMPV6_TYPE.text());
    private static final Set<DecodeOutcome> HEADER_FAULTS =
            EnumSet.of(DecodeOutcome.IP_TRUNCATED, DecodeOutcome.IP_LENGTH, DecodeOutcome.IPV4_HEADER_LENGTH);

    private final String reason;

    KnownDifference(String reason) {
        this.reason = reason;
    }

    String reason() {
        return reason;
    }

    abstract boolean explains(Difference difference, TsharkRow tshark, DecodedRow decoded);

    static Optional<KnownDifference> of(Difference difference, TsharkRow tshark, DecodedRow decoded) {
        for (KnownDifference known : values()) {
            if (known.explains(difference, tshark, decoded)) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }
}
