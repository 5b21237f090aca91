package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.Head;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.Term;

/**
 * A signature that holds toward a destination, for packets of one kind.
 *
 * @param slot which counter of {@link XdpShield} counts what it drops
 */
public record ShieldRule(int slot, IpPrefix destination, Kind kind, Signature signature) {
    /** What a rule looks at; nothing of it belongs to a conversation that the other side answered. */
    public enum Kind {
        /** SYNs that open a connection. */
        SYN,
        /** All other TCP. */
        SEGMENT,
        /** UDP but DNS and DHCP. */
        DATAGRAM,
        /** DNS questions over UDP to port 53, each by itself. */
        QUESTION,
        /** DNS answers over UDP from port 53. */
        ANSWER,
        /** ICMP and ICMPv6 but errors and neighbour discovery. */
        MESSAGE
    }

    /** Whether the kernel's program can say of every packet of the kind whether it has the signature. */
    public static boolean isPossible(Kind kind, Signature signature) {
        boolean isHead = switch (signature.head().kind()) {
            case TCP -> kind == Kind.SYN || kind == Kind.SEGMENT;
            case UDP -> kind == Kind.DATAGRAM;
            case DNS -> kind == Kind.QUESTION || kind == Kind.ANSWER;
            case ICMP, ICMPV6 -> kind == Kind.MESSAGE;
            case OTHER -> false;
        };
        return isHead && signature.terms().stream().allMatch(term -> isPossible(kind, term));
    }

    private static boolean isPossible(Kind kind, Term term) {
        return switch (term) {
            case Term.Numeric number -> isPossible(kind, number.of(), number.values());
            case Term.Source _, Term.SequenceIsDestination _, Term.Payload _ -> true;
            case Term.Qname name -> name.suffix().wire().length <= ShieldNameCode.LONGEST_SUFFIX;
        };
    }

    private static boolean isPossible(Kind kind, Field field, NumberSet values) {
        return switch (field) {
            case LENGTH,
                    TIME_TO_LIVE,
                    IP_ID,
                    SOURCE_PORT,
                    DESTINATION_PORT,
                    FLAGS,
                    WINDOW,
                    SEQUENCE,
                    ACKNOWLEDGMENT,
                    ICMP_TYPE,
                    ICMP_CODE,
                    ECHO_ID,
                    QTYPE,
                    OPTIONS,
                    MAXIMUM_SEGMENT_SIZE,
                    WINDOW_SCALE -> true;
            // The program reads whole packets alone.
            case FRAGMENT -> values.contains(0);
            case MESSAGE -> values.contains(kind == Kind.ANSWER ? 1 : 0);
        };
    }

    /** Whether the options of a segment have to be read for it; that there are none its header's length says. */
    boolean readsOptions() {
        return signature.terms().stream()
                .anyMatch(term -> term instanceof Term.Numeric number
                        && switch (number.of()) {
                            case OPTIONS -> !number.values().equals(NumberSet.of(0));
                            case MAXIMUM_SEGMENT_SIZE, WINDOW_SCALE -> true;
                            default -> false;
                        });
    }

    /** Which protocol numbers the head means. */
    int protocol() {
        return signature.head().kind() == Head.Kind.DNS
                ? IpProtocol.UDP
                : signature.head().number();
    }

    int version() {
        return signature.head().kind() == Head.Kind.ICMPV6
                ? 6
                : signature.head().kind() == Head.Kind.ICMP ? 4 : 0;
    }
}
