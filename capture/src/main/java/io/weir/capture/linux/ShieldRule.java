package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
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
        /** ICMP and ICMPv6 but errors and neighbour discovery. */
        MESSAGE
    }

    /** Whether the kernel's program can say of every packet of the kind whether it has the signature. */
    public static boolean isPossible(Kind kind, Signature signature) {
        boolean isHead = switch (signature.head().kind()) {
            case TCP -> kind == Kind.SYN || kind == Kind.SEGMENT;
            case UDP -> kind == Kind.DATAGRAM;
            case ICMP, ICMPV6 -> kind == Kind.MESSAGE;
            case DNS, OTHER -> false;
        };
        return isHead && signature.terms().stream().allMatch(ShieldRule::isPossible);
    }

    private static boolean isPossible(Term term) {
        return switch (term) {
            case Term.Numeric number -> isPossible(number.of(), number.values());
            case Term.Source _, Term.SequenceIsDestination _, Term.Payload _ -> true;
            case Term.Qname _ -> false;
        };
    }

    private static boolean isPossible(Field field, NumberSet values) {
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
                    ECHO_ID -> true;
            // The program reads whole packets alone, and no options but their absence.
            case FRAGMENT -> values.contains(0);
            case OPTIONS -> values.equals(NumberSet.of(0));
            case MAXIMUM_SEGMENT_SIZE, WINDOW_SCALE, MESSAGE, QTYPE -> false;
        };
    }

    /** Which protocol numbers the head means. */
    int protocol() {
        return signature.head().number();
    }

    int version() {
        return signature.head().kind() == Head.Kind.ICMPV6
                ? 6
                : signature.head().kind() == Head.Kind.ICMP ? 4 : 0;
    }
}
