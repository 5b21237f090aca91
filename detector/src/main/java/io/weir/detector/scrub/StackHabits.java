package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.packet.TcpOptions;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.PayloadHead;
import io.weir.filter.signature.Term;
import java.util.Set;

/**
 * What the stacks that people use never send as the first packet to somebody, and what they leave to chance: the list
 * that stands in where peace has been too short to be sampled. Each entry has its source.
 */
final class StackHabits {
    /**
     * nmap's os-db and p0f's list know no system in use whose SYN offers less: 1,024 is nmap's and masscan's own, 512
     * hping3's, 0 that of many flooders. lwIP's smallest default is 2,144 (4 × 536).
     */
    private static final long SMALLEST_WINDOW = 1025;

    /** RFC 6056 section 3.2: ephemeral ports are 1024 and above. */
    private static final long FIRST_EPHEMERAL = 1024;

    /** The widest use IANA's dynamic range or Linux's, from 32,768 on: each port one in 16,384 at most often. */
    private static final long FIRST_COMMON_EPHEMERAL = 32_768;

    private static final double PORT_SHARE = 1.0 / 16_384;

    /** 60 bytes of IPv4 header or 40 of IPv6, 60 of TCP: what is longer brings data (RFC 7413 apart, no stack does). */
    private static final long LONGEST_SYN = 120;

    /** 20 of IPv4, 8 of UDP: a datagram without data. RFC 768 allows it; no protocol opens with one. */
    private static final Set<Long> EMPTY_DATAGRAM = Set.of(28L, 48L);

    /**
     * UDP services that answer larger than they are asked and aren't meant for the Internet (CISA TA14-017A, and for
     * memcached and WS-Discovery the CERTs' notes of 2018 and 2019): quotd, chargen, portmap, CLDAP, SSDP, WS-Discovery,
     * ARMS, DVR discovery, memcached. Who is sent their answers unasked is flooded. NTP, DNS and SNMP aren't among them:
     * people do ask those, and the question may have gone unseen.
     */
    private static final Set<Long> REFLECTORS = Set.of(17L, 19L, 111L, 389L, 1900L, 3702L, 3283L, 37_810L, 11_211L);

    /** RFC 8482: ANY is no question that resolvers ask. */
    private static final long ANY = 255;

    /** RFC 6528: initial sequence numbers are as good as random; so are identifications, but for small ones and 0. */
    private static final double IDENTIFICATION_SHARE = 4.0 / 65_536;

    private static final long FIRST_RANDOM_IDENTIFICATION = 256;

    private static final int SHORTEST_FILL = 8;
    private static final int CONTROL = TcpFlags.SYN | TcpFlags.FIN | TcpFlags.RST | TcpFlags.ACK;

    private StackHabits() {}

    /** Upper bound of the share of peace that a term may hit, known without having seen any; 1 where nothing is known. */
    static double bound(TrafficClass trafficClass, Term term) {
        return switch (term) {
            case Term.SequenceIsDestination _ -> 0;
            case Term.Numeric number -> bound(trafficClass, number.of(), number.values());
            case Term.Payload payload -> trafficClass == TrafficClass.UDP && isFill(payload.head()) ? 0 : 1;
            case Term.Source _, Term.Qname _ -> 1;
        };
    }

    private static double bound(TrafficClass trafficClass, Field field, NumberSet values) {
        if (field == Field.IP_ID) {
            boolean isLeftToChance = values.ranges().getFirst().first() >= FIRST_RANDOM_IDENTIFICATION;
            return isLeftToChance ? Math.min(1, values.count() * IDENTIFICATION_SHARE) : 1;
        }
        return switch (trafficClass) {
            case SYN -> ofSyn(field, values);
            case ACK -> ofSegment(field, values);
            case UDP -> ofDatagram(field, values);
            case DNS -> field == Field.QTYPE && values.equals(NumberSet.of(ANY)) ? 0 : 1;
            case ICMP, HTTP, TLS, OTHER -> 1;
        };
    }

    private static double ofSyn(Field field, NumberSet values) {
        long first = values.ranges().getFirst().first();
        long last = values.ranges().getLast().last();
        boolean isNever = switch (field) {
            case WINDOW -> last < SMALLEST_WINDOW;
            // RFC 9293 section 3.7.1: the option SHOULD be sent in every SYN; every system of p0f's list does.
            case OPTIONS ->
                values.ranges().stream().allMatch(range -> (range.first() & TcpOptions.MAXIMUM_SEGMENT_SIZE) == 0);
            // p0f's quirk "ack+": a number where the flag says that there is none.
            case ACKNOWLEDGMENT -> first > 0;
            case SEQUENCE -> values.count() <= NumberSet.MOST_RANGES;
            case SOURCE_PORT -> last < FIRST_EPHEMERAL;
            case LENGTH -> first > LONGEST_SYN;
            default -> false;
        };
        if (field == Field.SOURCE_PORT && first >= FIRST_COMMON_EPHEMERAL) {
            return Math.min(1, values.count() * PORT_SHARE);
        }
        return isNever ? 0 : 1;
    }

    private static double ofSegment(Field field, NumberSet values) {
        boolean isNever = switch (field) {
            case SEQUENCE -> values.count() <= NumberSet.MOST_RANGES;
            case ACKNOWLEDGMENT -> values.equals(NumberSet.of(0));
            // RFC 9293 section 3.1: once established, the ACK flag is always set; SYN goes with neither FIN nor RST.
            case FLAGS -> values.ranges().stream().allMatch(range -> isImpossible((int) range.first() & CONTROL));
            default -> false;
        };
        return isNever ? 0 : 1;
    }

    private static boolean isImpossible(int control) {
        return (control & TcpFlags.SYN) != 0 && (control & (TcpFlags.FIN | TcpFlags.RST)) != 0
                || (control & (TcpFlags.ACK | TcpFlags.RST | TcpFlags.SYN)) == 0;
    }

    private static double ofDatagram(Field field, NumberSet values) {
        boolean isNever = switch (field) {
            case LENGTH ->
                values.ranges().stream()
                        .allMatch(range -> range.first() == range.last() && EMPTY_DATAGRAM.contains(range.first()));
            case SOURCE_PORT ->
                values.ranges().stream()
                        .allMatch(range -> range.first() == range.last() && REFLECTORS.contains(range.first()));
            default -> false;
        };
        return isNever ? 0 : 1;
    }

    /** The same byte over and over: what tools fill packets with, and no protocol begins with. */
    private static boolean isFill(PayloadHead head) {
        if (head.fixedCount() < SHORTEST_FILL || head.fixedCount() < head.length()) {
            return false;
        }
        for (int i = 1; i < head.length(); i++) {
            if (head.value(i) != head.value(0)) {
                return false;
            }
        }
        return true;
    }
}
