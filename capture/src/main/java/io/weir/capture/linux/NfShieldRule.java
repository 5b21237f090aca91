package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.packet.TcpOptions;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.PayloadHead;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Writes what packets a rule or limit means as expressions of nftables: whole packets with their transport header right
 * behind the IP header, as the XDP program reads them.
 */
final class NfShieldRule {
    private static final String SET = "__set%d";
    private static final int SOURCE_PORT_AT = 0;
    private static final int DESTINATION_PORT_AT = 2;
    private static final int UDP_LENGTH_AT = 4;
    private static final int LENGTH_AT = 2;
    private static final int LENGTH_V6_AT = 4;
    private static final int IPV6_BYTES = 40;
    private static final int FRAGMENT_AT = 6;
    private static final int NEXT_HEADER_AT = 6;
    private static final int OPENING = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST | TcpFlags.FIN;
    private static final int FLAGS_AT = 12;
    private static final int ALL_FLAGS = 0x1ff;
    private static final int SHORT_HEADER_BYTES = 8;
    /** The length of a header and reserved bits, the upper half of a byte the former in words. */
    private static final int SHORTEST_TCP = 0x50;

    private static final int LONGEST_TCP = 0xff;
    private static final int ANY_FRAGMENT = 0x3fff;
    private static final int RESPONSE = 0x80;
    private static final int MOST_BYTES = 0xffff;
    private static final int LAST_TYPE = 255;
    private static final int LARGEST_SHIFT = 14;
    private static final int DNS = 53;
    private static final int DHCP_CLIENT = 68;
    private static final int DHCPV6_CLIENT = 546;
    /** UDP and DNS headers, a name of its end alone, type and class. */
    private static final int SHORTEST_QUESTION = 8 + 12 + 1 + 4;

    private static final Map<Integer, Integer> OPTION_KINDS = Map.of(
            TcpOptions.MAXIMUM_SEGMENT_SIZE, 2,
            TcpOptions.WINDOW_SCALE, 3,
            TcpOptions.SACK_PERMITTED, 4,
            TcpOptions.SACK, 5,
            TcpOptions.TIMESTAMPS, 8,
            TcpOptions.FAST_OPEN, 34);
    /** Others that are sent anywhere (IANA TCP parameters): MD5, user time-out, authentication, multipath, experiments. */
    private static final List<Integer> OTHER_OPTIONS = List.of(19, 28, 29, 30, 253, 254);

    private final NfBatch batch;
    private final boolean isIpv4;
    private final List<Consumer<NfExpressions>> parts = new ArrayList<>();

    private NfShieldRule(NfBatch batch, IpPrefix destination) {
        this.batch = batch;
        this.isIpv4 = destination.version() == 4;
    }

    /** What a rule means goes to a chain. */
    static void write(NfBatch batch, String from, ShieldRule rule, String to) {
        NfShieldRule made = new NfShieldRule(batch, rule.destination());
        if (made.isMet(rule)) {
            made.writeKind(rule.destination(), rule.kind(), rule.protocol());
            rule.signature().terms().forEach(term -> made.writeTerm(term, rule.protocol()));
            made.end(from, to);
        }
    }

    /** Whether packets of the destination's version of IP can have the signature. */
    private boolean isMet(ShieldRule rule) {
        int version = isIpv4 ? 4 : 6;
        return (rule.version() == 0 || rule.version() == version)
                && rule.signature().terms().stream().allMatch(term -> switch (term) {
                    case Term.Numeric number -> isIpv4 || number.of() != Field.IP_ID;
                    case Term.Source source ->
                        source.prefixes().stream().anyMatch(prefix -> prefix.version() == version);
                    default -> true;
                });
    }

    static void write(NfBatch batch, String from, ShieldLimit limit, String to) {
        NfShieldRule made = new NfShieldRule(batch, limit.destination());
        made.writeKind(limit.destination(), limit.kind(), ShieldRuleCode.protocol(limit.kind(), made.isIpv4));
        made.end(from, to);
    }

    private void end(String from, String to) {
        // Sets that it asks for stand before it.
        batch.rule(from, code -> {
            parts.forEach(part -> part.accept(code));
            code.goTo(to);
        });
    }

    /** Whether expressions can say of every packet of the kind whether it has the signature. */
    static boolean isPossible(ShieldRule.Kind kind, Signature signature) {
        return ShieldRule.isPossible(kind, signature)
                && signature.terms().stream().allMatch(term -> switch (term) {
                    case Term.Numeric number -> isPossible(number.of(), number.values());
                    case Term.Source _, Term.Payload _ -> true;
                    // Compares a field with a constant only, at a place that doesn't depend on the packet.
                    case Term.SequenceIsDestination _, Term.Qname _ -> false;
                });
    }

    private static boolean isPossible(Field field, NumberSet values) {
        return switch (field) {
            case QTYPE -> false;
            case OPTIONS ->
                values.count() == 1 && !isOther(values.ranges().getLast().last());
            default -> true;
        };
    }

    private static boolean isOther(long kinds) {
        return (kinds & TcpOptions.OTHER) != 0;
    }

    private void writeKind(IpPrefix destination, ShieldRule.Kind kind, int protocol) {
        parts.add(code -> new NfStatement.Address(false, destination).write(code));
        if (isIpv4) {
            masked(NfExpressions.NETWORK_HEADER, FRAGMENT_AT, Short.BYTES, ANY_FRAGMENT, NumberSet.of(0));
            parts.add(code -> code.meta(NfExpressions.META_PROTOCOL).compare(true, NfSet.number(protocol, 1)));
        } else {
            // No extension headers.
            network(NEXT_HEADER_AT, 1, NumberSet.of(protocol));
        }
        switch (kind) {
            case SYN -> opening(true);
            case SEGMENT -> opening(false);
            case DATAGRAM -> {
                isNot(SOURCE_PORT_AT, DNS);
                isNot(DESTINATION_PORT_AT, DNS);
                isNot(DESTINATION_PORT_AT, DHCP_CLIENT);
                isNot(DESTINATION_PORT_AT, DHCPV6_CLIENT);
            }
            case QUESTION -> {
                transport(DESTINATION_PORT_AT, Short.BYTES, NumberSet.of(DNS));
                message(0);
            }
            case ANSWER -> {
                transport(SOURCE_PORT_AT, Short.BYTES, NumberSet.of(DNS));
                message(1);
            }
            case MESSAGE -> writeMessage();
        }
    }

    private void opening(boolean isIt) {
        transport(FLAGS_AT, 1, NumberSet.range(SHORTEST_TCP, LONGEST_TCP));
        parts.add(code -> code.payload(NfExpressions.TRANSPORT_HEADER, FLAGS_AT + 1, 1)
                .mask(NfSet.number(OPENING, 1))
                .compare(isIt, NfSet.number(TcpFlags.SYN, 1)));
    }

    /** With one question, as all have. */
    private void message(int isResponse) {
        transport(UDP_LENGTH_AT, Short.BYTES, NumberSet.range(SHORTEST_QUESTION, MOST_BYTES));
        masked(
                NfExpressions.TRANSPORT_HEADER,
                SHORT_HEADER_BYTES + 2,
                1,
                RESPONSE,
                NumberSet.of(isResponse == 0 ? 0 : RESPONSE));
        transport(SHORT_HEADER_BYTES + 4, Short.BYTES, NumberSet.of(1));
    }

    /** Errors and neighbour discovery are the network's own. */
    private void writeMessage() {
        if (isIpv4) {
            parts.add(code -> code.payload(NfExpressions.TRANSPORT_HEADER, 0, 1)
                    .compare(false, NfSet.number(ShieldRuleCode.UNREACHABLE, 1)));
        } else {
            transport(
                    0,
                    1,
                    new NumberSet(List.of(
                            new NumberSet.Range(ShieldRuleCode.FIRST_REQUEST_V6, ShieldRuleCode.LAST_ECHO_V6),
                            new NumberSet.Range(ShieldRuleCode.LAST_DISCOVERY_V6 + 1, LAST_TYPE))));
        }
    }

    private void writeTerm(Term term, int protocol) {
        switch (term) {
            case Term.Numeric number -> writeNumber(number.of(), number.values());
            case Term.Source source -> {
                int version = isIpv4 ? 4 : 6;
                int id = batch.anonymousSet(SET, NfSet.prefixes(isIpv4));
                batch.add(SET, id, NfSet.ranges(source.prefixes(), version), 0);
                int at = isIpv4 ? NfConversations.SOURCE_AT : NfConversations.SOURCE_V6_AT;
                int bytes = NfSet.prefixes(isIpv4).keyBytes();
                parts.add(code ->
                        code.payload(NfExpressions.NETWORK_HEADER, at, bytes).lookup(SET, id));
            }
            case Term.Payload payload -> writePayload(payload.head(), protocol == IpProtocol.TCP);
            case Term.SequenceIsDestination _, Term.Qname _ -> throw new IllegalArgumentException(term.toString());
        }
    }

    private void writeNumber(Field field, NumberSet values) {
        switch (field) {
            case LENGTH -> length(values);
            case TIME_TO_LIVE -> network(isIpv4 ? 8 : 7, 1, values);
            case IP_ID -> network(4, Short.BYTES, values);
            case SOURCE_PORT -> transport(SOURCE_PORT_AT, Short.BYTES, values);
            case DESTINATION_PORT -> transport(DESTINATION_PORT_AT, Short.BYTES, values);
            case FLAGS -> masked(NfExpressions.TRANSPORT_HEADER, FLAGS_AT, Short.BYTES, ALL_FLAGS, values);
            case WINDOW -> transport(14, Short.BYTES, values);
            case SEQUENCE -> transport(4, Integer.BYTES, values);
            case ACKNOWLEDGMENT -> transport(8, Integer.BYTES, values);
            case ICMP_TYPE -> transport(0, 1, values);
            case ICMP_CODE -> transport(1, 1, values);
            case ECHO_ID -> {
                transport(0, 1, isIpv4 ? NumberSet.ofAll(List.of(0L, 8L)) : NumberSet.range(128, 129));
                transport(4, Short.BYTES, values);
            }
            case OPTIONS -> options((int) values.ranges().getLast().last());
            case MAXIMUM_SEGMENT_SIZE -> option(2, Short.BYTES, values);
            case WINDOW_SCALE -> option(3, 1, shifts(values));
            case FRAGMENT, MESSAGE -> {
                // What the kind says already.
            }
            case QTYPE -> throw new IllegalArgumentException(field.text());
        }
    }

    private void length(NumberSet values) {
        if (isIpv4) {
            network(LENGTH_AT, Short.BYTES, values);
        } else {
            network(
                    LENGTH_V6_AT,
                    Short.BYTES,
                    new NumberSet(values.ranges().stream()
                            .map(range -> new NumberSet.Range(
                                    Math.max(0, range.first() - IPV6_BYTES), Math.max(0, range.last() - IPV6_BYTES)))
                            .toList()));
        }
    }

    private void options(int kinds) {
        if (kinds == 0) {
            masked(NfExpressions.TRANSPORT_HEADER, FLAGS_AT, 1, 0xf0, NumberSet.of(SHORTEST_TCP));
            return;
        }
        OPTION_KINDS.forEach((bit, kind) -> parts.add(code -> code.hasOption(kind, (kinds & bit) != 0)));
        OTHER_OPTIONS.forEach(kind -> parts.add(code -> code.hasOption(kind, false)));
    }

    /** What is beyond the largest stands for that (RFC 7323 section 2.3). */
    private static NumberSet shifts(NumberSet values) {
        return values.contains(LARGEST_SHIFT)
                ? new NumberSet(Stream.concat(
                                values.ranges().stream(), Stream.of(new NumberSet.Range(LARGEST_SHIFT, LAST_TYPE)))
                        .toList())
                : values;
    }

    private void option(int kind, int bytes, NumberSet values) {
        in(code -> code.option(kind, 2, bytes), bytes, values);
    }

    /** Of TCP, whose header has no fixed length, from the kernel's inner header on, which is its payload. */
    private void writePayload(PayloadHead head, boolean isTcp) {
        for (int at = 0; at < head.length(); at++) {
            if (head.isFixed(at)) {
                int first = at;
                while (at + 1 < head.length() && head.isFixed(at + 1)) {
                    at++;
                }
                byte[] value = new byte[at + 1 - first];
                for (int i = 0; i < value.length; i++) {
                    value[i] = (byte) head.value(first + i);
                }
                int header = isTcp ? NfExpressions.INNER_HEADER : NfExpressions.TRANSPORT_HEADER;
                int offset = isTcp ? first : first + SHORT_HEADER_BYTES;
                parts.add(code -> code.payload(header, offset, value.length).compare(true, value));
            }
        }
    }

    private void isNot(int at, int port) {
        parts.add(code -> code.payload(NfExpressions.TRANSPORT_HEADER, at, Short.BYTES)
                .compare(false, NfSet.number(port, Short.BYTES)));
    }

    private void network(int at, int bytes, NumberSet values) {
        in(code -> code.payload(NfExpressions.NETWORK_HEADER, at, bytes), bytes, values);
    }

    private void transport(int at, int bytes, NumberSet values) {
        in(code -> code.payload(NfExpressions.TRANSPORT_HEADER, at, bytes), bytes, values);
    }

    private void masked(int header, int at, int bytes, int mask, NumberSet values) {
        in(code -> code.payload(header, at, bytes).mask(NfSet.number(mask, bytes)), bytes, values);
    }

    private void in(Consumer<NfExpressions> load, int bytes, NumberSet values) {
        if (values.ranges().size() > 1) {
            int id = batch.anonymousSet(SET, NfSet.numbers(bytes));
            batch.add(SET, id, NfSet.ranges(values, bytes), 0);
            parts.add(code -> {
                load.accept(code);
                code.lookup(SET, id);
            });
            return;
        }
        NumberSet.Range range = values.ranges().getFirst();
        byte[] first = NfSet.number(range.first(), bytes);
        byte[] last = NfSet.number(Math.min(range.last(), (1L << Byte.SIZE * bytes) - 1), bytes);
        parts.add(code -> {
            load.accept(code);
            if (range.first() == range.last()) {
                code.compare(true, first);
            } else {
                code.range(first, last);
            }
        });
    }
}
