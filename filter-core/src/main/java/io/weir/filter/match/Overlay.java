package io.weir.filter.match;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import java.util.Arrays;
import java.util.List;

/**
 * The few rules inserted since the tables were built, tried one after the other. Two bit maps over 16 bits of each address
 * spare that to packets which none of them can match. Immutable.
 */
final class Overlay {
    static final Overlay EMPTY = new Overlay(new Rule[0], new long[0]);

    /** Rules at most; an insertion beyond waits for the tables. */
    static final int MOST_RULES = 256;

    private static final int MAP_BITS = 16;

    /** By rank, the rules in the order in which they decide, and their keys. */
    final Rule[] rules;

    final long[] keys;
    private final boolean has4;
    private final boolean has6;
    private final AddressMap sources = new AddressMap();
    private final AddressMap destinations = new AddressMap();

    /** @param rules in the order in which they decide, with their keys */
    Overlay(Rule[] rules, long[] keys) {
        this.rules = rules;
        this.keys = keys;
        boolean holds4 = false;
        boolean holds6 = false;
        for (Rule rule : rules) {
            for (RuleBox box : rule.boxes()) {
                sources.add(box.source());
                destinations.add(box.destination());
                holds4 |= box.ipVersion() == 4;
                holds6 |= box.ipVersion() == 6;
            }
        }
        has4 = holds4;
        has6 = holds6;
    }

    boolean isEmpty() {
        return rules.length == 0;
    }

    boolean hasVersion(int version) {
        return version == 4 ? has4 : has6;
    }

    /** 1 where a rule may match, else 0: looks at 16 bits of each address. */
    int mayMatch(PacketBatch b, int packet, int version) {
        return sources.mayHold(b.sourceHigh[packet], b.sourceLow[packet], version)
                & destinations.mayHold(b.destinationHigh[packet], b.destinationLow[packet], version);
    }

    /** The rank of the first rule that matches, or the number of rules. */
    int find(LookupScratch s, int k) {
        for (int rank = 0; rank < rules.length; rank++) {
            List<RuleBox> boxes = rules[rank].boxes();
            for (int i = 0; i < boxes.size(); i++) {
                if (matches(boxes.get(i), s, k)) {
                    return rank;
                }
            }
        }
        return rules.length;
    }

    private static boolean matches(RuleBox box, LookupScratch s, int k) {
        return (box.protocol() == RuleBox.ANY_PROTOCOL || box.protocol() == s.ints[LookupScratch.PROTOCOLS + k])
                && box.destinationPorts().contains(s.ints[LookupScratch.DESTINATION_PORTS + k])
                && box.sourcePorts().contains(s.ints[LookupScratch.SOURCE_PORTS + k])
                && s.isSourceIn(box.source(), k)
                && s.isDestinationIn(box.destination(), k);
    }

    /** Of IPv4 the upper 16 bits, of IPv6 the third 16: a bit is set if an address with them is in one of the prefixes. */
    private static final class AddressMap {
        private static final int IPV6_KNOWN_BITS = 48;

        private final long[] ipv4 = new long[(1 << MAP_BITS) / Long.SIZE];
        private final long[] ipv6 = new long[(1 << MAP_BITS) / Long.SIZE];

        private boolean isFull4;
        private boolean isFull6;

        void add(IpPrefix prefix) {
            if (prefix.version() == 4 ? isFull4 : isFull6) {
                return;
            }
            isFull4 |= prefix.version() == 4 && prefix.length() == 0;
            isFull6 |= prefix.version() == 6 && prefix.length() < IPV6_KNOWN_BITS;
            if (prefix.version() == 4) {
                set(ipv4, (int) prefix.low() >>> MAP_BITS, (int) prefix.lastLow() >>> MAP_BITS);
            } else if (prefix.length() >= IPV6_KNOWN_BITS) {
                set(ipv6, (int) (prefix.high() >>> MAP_BITS) & 0xffff, (int) (prefix.high() >>> MAP_BITS) & 0xffff);
            } else {
                set(ipv6, 0, 0xffff);
            }
        }

        private static void set(long[] map, int first, int last) {
            int firstWord = first >>> 6;
            int lastWord = last >>> 6;
            if (firstWord == lastWord) {
                map[firstWord] |= -1L << first & -1L >>> ~last;
            } else {
                // A stretch of prefixes' size that is longer than a word fills whole words.
                Arrays.fill(map, firstWord, lastWord + 1, -1L);
            }
        }

        int mayHold(long high, long low, int version) {
            int bit = version == 4 ? (int) low >>> MAP_BITS : (int) (high >>> MAP_BITS) & 0xffff;
            return (int) ((version == 4 ? ipv4 : ipv6)[bit >>> 6] >>> bit) & 1;
        }
    }
}
