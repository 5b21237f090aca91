package io.weir.filter.signature;

import io.weir.filter.packet.TcpFlags;
import io.weir.filter.packet.TcpOptions;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What of a packet is a number that a signature may name: a closed list. A packet that lacks the field has {@link #ABSENT}
 * in its place.
 */
public enum Field {
    /** Of the IP packet, header included, in bytes. */
    LENGTH("length", 65_575, Vocabulary.NUMBERS),
    TIME_TO_LIVE("ttl", 255, Vocabulary.NUMBERS),
    /** IPv4 alone (RFC 791 section 3.1). */
    IP_ID("ip-id", 0xffff, Vocabulary.NUMBERS),
    /** Of a packet in several pieces, which this is. */
    FRAGMENT("fragment", 2, Vocabulary.words(Map.of(0L, "no", 1L, "first", 2L, "later"))),
    SOURCE_PORT("source-port", 0xffff, Vocabulary.NUMBERS),
    DESTINATION_PORT("destination-port", 0xffff, Vocabulary.NUMBERS),
    /** All of {@link TcpFlags}: those not named are not set. */
    FLAGS(
            "flags",
            0x1ff,
            Vocabulary.bits(
                    Vocabulary.bit("syn", TcpFlags.SYN),
                    Vocabulary.bit("fin", TcpFlags.FIN),
                    Vocabulary.bit("rst", TcpFlags.RST),
                    Vocabulary.bit("psh", TcpFlags.PSH),
                    Vocabulary.bit("ack", TcpFlags.ACK),
                    Vocabulary.bit("urg", TcpFlags.URG),
                    Vocabulary.bit("ece", TcpFlags.ECE),
                    Vocabulary.bit("cwr", TcpFlags.CWR),
                    Vocabulary.bit("ae", TcpFlags.AE))),
    WINDOW("window", 0xffff, Vocabulary.NUMBERS),
    /** All kinds of {@link TcpOptions}; {@code other} stands for any further kind, and for padding alone. */
    OPTIONS(
            "options",
            0x7f,
            Vocabulary.bits(
                    Vocabulary.bit("mss", TcpOptions.MAXIMUM_SEGMENT_SIZE),
                    Vocabulary.bit("sack-permitted", TcpOptions.SACK_PERMITTED),
                    Vocabulary.bit("timestamps", TcpOptions.TIMESTAMPS),
                    Vocabulary.bit("window-scale", TcpOptions.WINDOW_SCALE),
                    Vocabulary.bit("sack", TcpOptions.SACK),
                    Vocabulary.bit("fast-open", TcpOptions.FAST_OPEN),
                    Vocabulary.bit("other", TcpOptions.OTHER))),
    MAXIMUM_SEGMENT_SIZE("mss", 0xffff, Vocabulary.NUMBERS),
    WINDOW_SCALE("window-scale", 14, Vocabulary.NUMBERS),
    SEQUENCE("sequence", 0xffff_ffffL, Vocabulary.NUMBERS),
    ACKNOWLEDGMENT("acknowledgment", 0xffff_ffffL, Vocabulary.NUMBERS),
    ICMP_TYPE("type", 255, Vocabulary.NUMBERS),
    ICMP_CODE("code", 255, Vocabulary.NUMBERS),
    /** Identifier of an echo request or reply. */
    ECHO_ID("echo-id", 0xffff, Vocabulary.NUMBERS),
    MESSAGE("message", 1, Vocabulary.words(Map.of(0L, "query", 1L, "response"))),
    /** Type of the first question (IANA DNS parameters). */
    QTYPE(
            "qtype",
            0xffff,
            Vocabulary.wordsAndNumbers(Map.ofEntries(
                    Map.entry(1L, "a"),
                    Map.entry(2L, "ns"),
                    Map.entry(5L, "cname"),
                    Map.entry(6L, "soa"),
                    Map.entry(12L, "ptr"),
                    Map.entry(15L, "mx"),
                    Map.entry(16L, "txt"),
                    Map.entry(28L, "aaaa"),
                    Map.entry(33L, "srv"),
                    Map.entry(43L, "ds"),
                    Map.entry(46L, "rrsig"),
                    Map.entry(48L, "dnskey"),
                    Map.entry(64L, "svcb"),
                    Map.entry(65L, "https"),
                    Map.entry(252L, "axfr"),
                    Map.entry(255L, "any"))));

    /** The value of a packet that lacks a field; no term matches it. */
    public static final long ABSENT = -1;

    private static final Field[] VALUES = values();
    private static final Map<String, Field> BY_NAME =
            Arrays.stream(VALUES).collect(Collectors.toUnmodifiableMap(Field::text, field -> field));

    private final String text;
    private final long maximum;
    /** A record of unmodifiable collections, which the checker can't know. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final Vocabulary vocabulary;

    Field(String text, long maximum, Vocabulary vocabulary) {
        this.text = text;
        this.maximum = maximum;
        this.vocabulary = vocabulary;
    }

    /** As a signature writes it. */
    public String text() {
        return text;
    }

    /** The largest value; the smallest is 0. */
    public long maximum() {
        return maximum;
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Whether its values are names rather than quantities, so that none lies between two others. */
    public boolean isSymbolic() {
        return vocabulary.isSymbolic();
    }

    /** The field of a name. */
    static Optional<Field> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The constant of an ordinal, without the copy that {@link #values()} makes. */
    static Field of(int ordinal) {
        return VALUES[ordinal];
    }
}
