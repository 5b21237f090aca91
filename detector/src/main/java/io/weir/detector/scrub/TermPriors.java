package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.Term;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What share of peace a term would hit by the look of it, before much of peace was seen: rough, on the high side, and
 * worth {@value #SAMPLES} samples, so that what was seen soon counts for more.
 */
final class TermPriors {
    /** How many samples of peace a guess is worth. */
    static final int SAMPLES = 64;

    private static final double FLOOR = 1e-6;
    /** However much terms say together, so much of what isn't known remains. */
    private static final double FLOOR_TOGETHER = 2e-4;

    private static final int ORDINARY_FLAGS = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.PSH | TcpFlags.RST | TcpFlags.FIN;
    /** Ports that services answer from and peers share, whose question may have gone unseen. */
    private static final Set<Long> SERVICE_PORTS = Set.of(53L, 123L, 443L, 500L, 3478L, 4500L, 5060L, 51_820L);

    /** First windows of the systems most people use (p0f's fp file, nmap-os-db): Linux, Android, Windows, macOS, iOS, BSD. */
    private static final long[] WINDOWS = {5_840, 8_192, 14_600, 16_384, 29_200, 64_240, 65_160, 65_535};
    /** A SYN with the options that these systems send, IPv4 and IPv6. */
    private static final long[] SYN_LENGTHS = {44, 48, 52, 56, 60, 64, 72, 80, 84};
    /** Pings of Windows and of Linux, IPv4 and IPv6; traceroute. */
    private static final long[] PING_LENGTHS = {60, 80, 84, 92, 104};
    /** Segments without data, with and without time stamps. */
    private static final long[] ACK_LENGTHS = {40, 52, 60, 72};

    private static final long[] NO_LENGTHS = {};
    /** What a value has that many systems send. */
    private static final double COMMON = 0.5;

    private TermPriors() {}

    static double of(TrafficClass trafficClass, Term term) {
        double bound = StackHabits.bound(trafficClass, term);
        double guess = switch (term) {
            case Term.Numeric number -> number(trafficClass, number.of(), number.values());
            case Term.Source source ->
                source.prefixes().stream().mapToDouble(TermPriors::network).sum();
            case Term.SequenceIsDestination _ -> FLOOR;
            case Term.Qname qname -> qname.suffix().isBeneath() ? 0.1 : 0.05;
            // A protocol's own beginning is the same for all who speak it.
            case Term.Payload payload ->
                Math.max(0.02, Math.pow(0.25, payload.head().fixedCount()));
        };
        return Math.clamp(Math.min(guess, bound + FLOOR), FLOOR, 1);
    }

    /** Of terms together: what protocols have is all of one piece, what senders have comes on top. */
    static double of(TrafficClass trafficClass, List<Term> terms) {
        double ofProtocol = 1;
        double ofSender = 1;
        for (Term term : terms) {
            if (isOfSender(term)) {
                ofSender *= of(trafficClass, term);
            } else {
                ofProtocol = Math.min(ofProtocol, of(trafficClass, term));
            }
        }
        return Math.max(FLOOR_TOGETHER, ofProtocol * ofSender);
    }

    private static boolean isOfSender(Term term) {
        return switch (term) {
            case Term.Source _, Term.SequenceIsDestination _ -> true;
            case Term.Qname _, Term.Payload _ -> false;
            case Term.Numeric number ->
                switch (number.of()) {
                    case TIME_TO_LIVE, IP_ID, SOURCE_PORT, WINDOW, SEQUENCE, ACKNOWLEDGMENT, ECHO_ID -> true;
                    default -> false;
                };
        };
    }

    private static double network(IpPrefix prefix) {
        int fixed = prefix.version() == 4 ? prefix.length() : prefix.length() / 2;
        return fixed >= 32 ? 0.001 : fixed >= 24 ? 0.003 : 0.02;
    }

    private static double number(TrafficClass trafficClass, Field field, NumberSet values) {
        double count = values.count();
        long first = values.ranges().getFirst().first();
        return switch (field) {
            case LENGTH -> isAny(values, lengths(trafficClass)) ? COMMON : spread(count, 0.05, 1500);
            case TIME_TO_LIVE -> spread(count, 0.08, 64);
            case IP_ID -> first == 0 ? 0.3 : spread(count, first < 256 ? 0.001 : 0.0001, 65_536);
            case FRAGMENT -> values.contains(0) ? 0.99 : 0.02;
            case SOURCE_PORT -> sourcePort(first, count);
            case DESTINATION_PORT -> Math.min(1, 0.5 + 0.05 * count);
            case FLAGS -> (first & ~ORDINARY_FLAGS) == 0 ? 0.9 : 0.05;
            case WINDOW -> isAny(values, WINDOWS) ? COMMON : spread(count, 0.05, 65_536);
            case OPTIONS -> 0.3;
            case MAXIMUM_SEGMENT_SIZE -> spread(count, 0.4, 1500);
            case WINDOW_SCALE -> spread(count, 0.2, 15);
            case SEQUENCE -> spread(count, FLOOR, 4e9);
            case ACKNOWLEDGMENT -> first == 0 ? 0.9 : spread(count, FLOOR, 4e9);
            case ICMP_TYPE, ICMP_CODE -> 0.9;
            case ECHO_ID -> first <= 1 ? 0.1 : spread(count, 0.005, 65_536);
            case MESSAGE -> 0.6;
            case QTYPE -> first == 1 || first == 28 ? 0.5 : 0.05 * Math.min(8, count);
        };
    }

    private static long[] lengths(TrafficClass trafficClass) {
        return switch (trafficClass) {
            case SYN -> SYN_LENGTHS;
            case ACK -> ACK_LENGTHS;
            case ICMP -> PING_LENGTHS;
            default -> NO_LENGTHS;
        };
    }

    private static boolean isAny(NumberSet values, long[] known) {
        return LongStream.of(known).anyMatch(values::contains);
    }

    private static double sourcePort(long first, double count) {
        if (SERVICE_PORTS.contains(first)) {
            return 0.3;
        }
        return first < 1024 ? 0.05 : spread(count, 0.001, 65_536);
    }

    /** Of one value so much, of a range as much as it is wide, of a few values something between. */
    private static double spread(double count, double ofOne, double all) {
        return Math.min(1, Math.max(Math.min(count, 8) * ofOne, count / all));
    }
}
