package io.weir.filter.signature;

import io.weir.filter.packet.TcpFlags;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the packets of a flood have in common: a protocol, and up to {@value #MOST_TERMS} conditions that all hold.
 *
 * @param head the protocol
 * @param terms in the order they are written
 */
public record Signature(Head head, List<Term> terms) {
    /** More than these nobody reads. */
    public static final int MOST_TERMS = 4;

    /** ECN bits come with any of them (RFC 3168 section 6.1, RFC 9768). */
    private static final int ECN = TcpFlags.ECE | TcpFlags.CWR | TcpFlags.AE;
    /** The flags of packets that every connection sends (RFC 9293 section 3.10). */
    private static final Set<Integer> ORDINARY_FLAGS = Set.of(
            TcpFlags.SYN,
            TcpFlags.SYN | TcpFlags.ACK,
            TcpFlags.ACK,
            TcpFlags.PSH | TcpFlags.ACK,
            TcpFlags.FIN | TcpFlags.ACK,
            TcpFlags.FIN | TcpFlags.PSH | TcpFlags.ACK,
            TcpFlags.RST,
            TcpFlags.RST | TcpFlags.ACK);

    /** What {@link #parse} makes of a text. */
    public sealed interface Parsed {
        record Valid(Signature signature) implements Parsed {}

        /**
         * @param position where in the text, from 0
         * @param problem what is wrong there, and what would be right
         */
        record Invalid(int position, String problem) implements Parsed {
            /** {@code at character 5: …}, counted from 1. */
            @Override
            public String toString() {
                return "at character " + (position + 1) + ": " + problem;
            }
        }
    }

    /** @throws IllegalArgumentException where it isn't one: {@link #problem} says why */
    public Signature {
        terms = List.copyOf(terms);
        String problem = problem(head, terms);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException(problem);
        }
    }

    /** Why a head and terms make no signature, or empty where they do. */
    public static String problem(Head head, List<Term> terms) {
        if (terms.isEmpty() || terms.size() > MOST_TERMS) {
            return terms.size() + " fields; write 1 to " + MOST_TERMS;
        }
        Set<String> seen = new HashSet<>();
        for (Term term : terms) {
            if (!head.has(term)) {
                return head + " has no " + term.field();
            }
            if (!seen.add(term.field())) {
                return term.field() + " is given twice";
            }
        }
        if (!hasVersion(head, terms, 4) && !hasVersion(head, terms, 6)) {
            return "matches no packet: some of its fields are of IPv4 alone, others of IPv6";
        }
        if (seen.contains(Field.ECHO_ID.text())
                && terms.stream().anyMatch(term -> isTypeWithoutIdentifier(head, term))) {
            return "matches no packet: echo requests and replies alone have an echo-id";
        }
        return terms.stream().noneMatch(Signature::isDistinguishing)
                ? "would match what everybody sends: a port, a type, a message or ordinary flags alone are no signature;"
                        + " add what else its packets have in common, such as length, ttl or payload"
                : "";
    }

    private static boolean hasVersion(Head head, List<Term> terms, int version) {
        return head.hasVersion(version) && terms.stream().allMatch(term -> term.hasVersion(version));
    }

    private static boolean isTypeWithoutIdentifier(Head head, Term term) {
        return term instanceof Term.Numeric number
                && number.of() == Field.ICMP_TYPE
                && PacketFields.echoTypes(head.number(), number.values()).isEmpty();
    }

    /** Whether packets of a version of IP can be meant. */
    boolean hasVersion(int version) {
        return hasVersion(head, terms, version);
    }

    /** Whether a term alone may tell a flood from what services live on. */
    private static boolean isDistinguishing(Term term) {
        if (!(term instanceof Term.Numeric number)) {
            return true;
        }
        NumberSet values = number.values();
        return switch (number.of()) {
            case SOURCE_PORT, DESTINATION_PORT, ICMP_TYPE, ICMP_CODE, MESSAGE -> false;
            case FRAGMENT -> !values.contains(0);
            case FLAGS ->
                values.ranges().stream().noneMatch(range -> ORDINARY_FLAGS.contains((int) range.first() & ~ECN));
            default -> values.count() <= number.of().maximum();
        };
    }

    /** Reads a signature. */
    public static Parsed parse(String text) {
        return new SignatureParser(text).parse();
    }

    /** Whether a packet is meant, from its row. */
    public boolean matches(long[] rows, int at) {
        if (!head.matches(rows, at)) {
            return false;
        }
        for (int i = 0; i < terms.size(); i++) {
            if (!terms.get(i).matches(rows, at)) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return SignaturePrinter.print(this);
    }
}
