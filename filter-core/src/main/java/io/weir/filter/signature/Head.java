package io.weir.filter.signature;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a signature begins with: the protocol that it is about.
 *
 * @param kind which of them
 * @param number IANA protocol number, -1 for {@link Kind#DNS}
 */
public record Head(Kind kind, int number) {
    /** Each with fields of its own. */
    public enum Kind {
        TCP,
        UDP,
        ICMP,
        ICMPV6,
        /** Messages recognised as DNS, on any port, over UDP and TCP. */
        DNS,
        /** Any other protocol, by its number. */
        OTHER
    }

    /** TCP and the others that have a word of their own. */
    public static final Head TCP = new Head(Kind.TCP, IpProtocol.TCP);

    public static final Head UDP = new Head(Kind.UDP, IpProtocol.UDP);
    public static final Head ICMP = new Head(Kind.ICMP, IpProtocol.ICMP);
    public static final Head ICMPV6 = new Head(Kind.ICMPV6, IpProtocol.ICMPV6);
    public static final Head DNS = new Head(Kind.DNS, -1);

    static final List<Head> WORDS = List.of(TCP, UDP, ICMP, ICMPV6, DNS);
    /** What stands before the number of any other. */
    static final String NUMBERED = "protocol";

    private static final Set<Field> OF_IP = EnumSet.of(Field.LENGTH, Field.TIME_TO_LIVE, Field.IP_ID, Field.FRAGMENT);
    private static final Set<Field> OF_PORTS = EnumSet.of(Field.SOURCE_PORT, Field.DESTINATION_PORT);
    private static final Set<Field> OF_TCP = EnumSet.of(
            Field.FLAGS,
            Field.WINDOW,
            Field.OPTIONS,
            Field.MAXIMUM_SEGMENT_SIZE,
            Field.WINDOW_SCALE,
            Field.SEQUENCE,
            Field.ACKNOWLEDGMENT);
    private static final Set<Field> OF_ICMP = EnumSet.of(Field.ICMP_TYPE, Field.ICMP_CODE, Field.ECHO_ID);
    private static final Set<Field> OF_DNS = EnumSet.of(Field.MESSAGE, Field.QTYPE);
    private static final int DNS_QUERY = Application.DNS_QUERY.ordinal();
    private static final int DNS_RESPONSE = Application.DNS_RESPONSE.ordinal();

    /** The head of a protocol. */
    public static Head of(int protocol) {
        return WORDS.stream()
                .filter(head -> head.number == protocol)
                .findFirst()
                .orElse(new Head(Kind.OTHER, protocol));
    }

    static Optional<Head> named(String word) {
        return WORDS.stream().filter(head -> head.toString().equals(word)).findFirst();
    }

    /** Whether packets of it have a field. */
    public boolean has(Field field) {
        return OF_IP.contains(field)
                || switch (kind) {
                    case TCP -> OF_PORTS.contains(field) || OF_TCP.contains(field);
                    case UDP -> OF_PORTS.contains(field);
                    case DNS -> OF_PORTS.contains(field) || OF_DNS.contains(field);
                    case ICMP, ICMPV6 -> OF_ICMP.contains(field);
                    case OTHER -> false;
                };
    }

    boolean has(Term term) {
        return switch (term) {
            case Term.Numeric number -> has(number.of());
            case Term.SequenceIsDestination _ -> kind == Kind.TCP;
            case Term.Qname _ -> kind == Kind.DNS;
            case Term.Source _, Term.Payload _ -> true;
        };
    }

    /** The names of all its fields. */
    List<String> fieldNames() {
        List<String> names = new ArrayList<>();
        for (Field field : Field.values()) {
            if (has(field)) {
                names.add(field.text());
            }
        }
        if (kind == Kind.DNS) {
            names.add(Term.Qname.NAME);
        }
        names.add(Term.Source.NAME);
        names.add(Term.Payload.NAME);
        return names;
    }

    /** Whether it occurs in a version of IP. */
    boolean hasVersion(int version) {
        return switch (kind) {
            case ICMP -> version == 4;
            case ICMPV6 -> version == 6;
            case TCP, UDP, DNS, OTHER -> version == 4 || version == 6;
        };
    }

    boolean matches(PacketBatch batch, int i) {
        if (kind == Kind.DNS) {
            return batch.application[i] == DNS_QUERY || batch.application[i] == DNS_RESPONSE;
        }
        return batch.protocol[i] == number && hasVersion(batch.ipVersion[i]);
    }

    /** Leaves those of {@code count} packets that are of it, in the same order, and answers how many. */
    int select(PacketBatch batch, int[] packets, int count) {
        boolean isDns = kind == Kind.DNS;
        boolean isOfIpv4 = hasVersion(4);
        boolean isOfIpv6 = hasVersion(6);
        int left = 0;
        for (int k = 0; k < count; k++) {
            int i = packets[k];
            packets[left] = i;
            boolean isMeant = isDns
                    ? batch.application[i] == DNS_QUERY || batch.application[i] == DNS_RESPONSE
                    : batch.protocol[i] == number
                            && (batch.ipVersion[i] == 4 ? isOfIpv4 : isOfIpv6 && batch.ipVersion[i] == 6);
            left += isMeant ? 1 : 0;
        }
        return left;
    }

    boolean matches(long[] rows, int at) {
        if (kind == Kind.DNS) {
            int application = PacketRow.application(rows, at);
            return application == DNS_QUERY || application == DNS_RESPONSE;
        }
        return PacketRow.protocol(rows, at) == number && hasVersion(PacketRow.ipVersion(rows, at));
    }

    @Override
    public String toString() {
        return switch (kind) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case ICMP -> "icmp";
            case ICMPV6 -> "icmpv6";
            case DNS -> "dns";
            case OTHER -> NUMBERED + " " + number;
        };
    }
}
