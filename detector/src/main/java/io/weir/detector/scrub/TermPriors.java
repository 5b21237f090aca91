package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.Term;

/**
 * What share of peace a term would hit by the look of it, before any of peace was seen: rough, and only to choose between
 * terms that the samples don't tell apart. What is accepted is decided by {@link HarmBound} and {@link StackHabits}.
 */
final class TermPriors {
    private static final double FLOOR = 1e-6;
    private static final int ORDINARY_FLAGS = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.PSH | TcpFlags.RST | TcpFlags.FIN;

    private TermPriors() {}

    static double of(TrafficClass trafficClass, Term term) {
        double bound = StackHabits.bound(trafficClass, term);
        double guess = switch (term) {
            case Term.Numeric number -> number(number.of(), number.values());
            case Term.Source source -> 0.002 * source.prefixes().size();
            case Term.SequenceIsDestination _ -> FLOOR;
            case Term.Qname qname -> qname.suffix().isBeneath() ? 0.1 : 0.02;
            case Term.Payload payload -> Math.pow(0.25, payload.head().fixedCount());
        };
        return Math.clamp(Math.min(guess, bound + FLOOR), FLOOR, 1);
    }

    private static double number(Field field, NumberSet values) {
        double count = values.count();
        long first = values.ranges().getFirst().first();
        return switch (field) {
            case LENGTH -> spread(count, 0.05, 1500);
            case TIME_TO_LIVE -> spread(count, 0.05, 64);
            case IP_ID -> first == 0 ? 0.3 : spread(count, 0.0001, 65_536);
            case FRAGMENT -> values.contains(0) ? 0.99 : 0.02;
            case SOURCE_PORT -> first < 1024 ? 0.05 : spread(count, 0.001, 65_536);
            case DESTINATION_PORT -> Math.min(1, 0.5 + 0.05 * count);
            case FLAGS -> (first & ~ORDINARY_FLAGS) == 0 ? 0.9 : 0.05;
            case WINDOW -> spread(count, 0.05, 65_536);
            case OPTIONS -> 0.3;
            case MAXIMUM_SEGMENT_SIZE -> spread(count, 0.4, 1500);
            case WINDOW_SCALE -> spread(count, 0.2, 15);
            case SEQUENCE -> spread(count, FLOOR, 4e9);
            case ACKNOWLEDGMENT -> first == 0 ? 0.9 : spread(count, FLOOR, 4e9);
            case ICMP_TYPE, ICMP_CODE -> 0.9;
            case ECHO_ID -> first == 1 ? 0.3 : spread(count, 0.01, 65_536);
            case MESSAGE -> 0.6;
            case QTYPE -> first == 1 || first == 28 ? 0.5 : 0.05 * Math.min(8, count);
        };
    }

    /** Of one value so much, of a range as much as it is wide, of a few values something between. */
    private static double spread(double count, double ofOne, double all) {
        return Math.min(1, Math.max(Math.min(count, 8) * ofOne, count / all));
    }
}
