package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The boxes of all rules of one IP version as ranges of ints. Addresses are numbered by the stretches between the
 * prefixes' ends, so that a box of 128-bit addresses costs what one of 32-bit addresses does; ports and protocols are
 * themselves. A range is two ints, first and last, at {@code 2 * field} of its box.
 */
final class HeaderGrid {
    static final int SOURCE = 0;
    static final int DESTINATION = 1;
    static final int SOURCE_PORT = 2;
    static final int DESTINATION_PORT = 3;
    static final int PROTOCOL = 4;
    static final int FIELDS = 5;

    /** Ints of a box. */
    static final int STRIDE = 2 * FIELDS;

    private static final int PROTOCOL_MAXIMUM = 255;

    /** A port of the dynamic range (RFC 6335 section 6), for packets that are shown to people. */
    private static final int EPHEMERAL_PORT = 50_000;

    /** Protocols whose packets have ports, those people know first. */
    private static final int[] WITH_PORTS = {IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP};

    /** Protocols whose packets have a type and a code. */
    private static final int[] WITH_TYPES = {IpProtocol.ICMP, IpProtocol.ICMPV6};

    /** Ranges of the protocols that have neither. */
    private static final int[][] BARE = bareProtocols();

    private final int version;
    private final AddressStretches sources;
    private final AddressStretches destinations;
    private final int[] ranges;
    private final int[] owners;
    private final int[] firstBox;

    private HeaderGrid(int version, List<Rule> rules, Collection<IpPrefix> alsoSources) {
        this.version = version;
        List<RuleBox> boxes = new ArrayList<>();
        List<Integer> rulesOfBoxes = new ArrayList<>();
        firstBox = new int[rules.size() + 1];
        for (int rule = 0; rule < rules.size(); rule++) {
            firstBox[rule] = boxes.size();
            for (RuleBox box : rules.get(rule).boxes()) {
                if (box.ipVersion() == version) {
                    boxes.add(box);
                    rulesOfBoxes.add(rule);
                }
            }
        }
        firstBox[rules.size()] = boxes.size();
        List<IpPrefix> sourcePrefixes = new ArrayList<>(alsoSources);
        boxes.forEach(box -> sourcePrefixes.add(box.source()));
        sources = AddressStretches.of(version, sourcePrefixes);
        destinations = AddressStretches.of(
                version, boxes.stream().map(RuleBox::destination).toList());
        owners = rulesOfBoxes.stream().mapToInt(Integer::intValue).toArray();
        ranges = new int[boxes.size() * STRIDE];
        for (int box = 0; box < boxes.size(); box++) {
            write(boxes.get(box), ranges, box * STRIDE);
        }
    }

    /** @param alsoSources prefixes besides the rules' own by which {@link #withSources} will ask */
    static HeaderGrid of(int version, List<Rule> rules, Collection<IpPrefix> alsoSources) {
        return new HeaderGrid(
                version,
                rules,
                alsoSources.stream()
                        .filter(prefix -> prefix.version() == version)
                        .toList());
    }

    private void write(RuleBox box, int[] to, int at) {
        sources.write(box.source(), to, at + 2 * SOURCE);
        destinations.write(box.destination(), to, at + 2 * DESTINATION);
        to[at + 2 * SOURCE_PORT] = box.sourcePorts().first();
        to[at + 2 * SOURCE_PORT + 1] = box.sourcePorts().last();
        to[at + 2 * DESTINATION_PORT] = box.destinationPorts().first();
        to[at + 2 * DESTINATION_PORT + 1] = box.destinationPorts().last();
        boolean isAny = box.protocol() == RuleBox.ANY_PROTOCOL;
        to[at + 2 * PROTOCOL] = isAny ? 0 : box.protocol();
        to[at + 2 * PROTOCOL + 1] = isAny ? PROTOCOL_MAXIMUM : box.protocol();
    }

    /** Ranges of all boxes, in the order of the rules; never written. */
    int[] ranges() {
        return ranges;
    }

    int boxCount() {
        return owners.length;
    }

    /** The rule that a box belongs to. */
    int owner(int box) {
        return owners[box];
    }

    /** The first box of a rule, and of the rule after it where this one ends. */
    int firstBox(int rule) {
        return firstBox[rule];
    }

    /** Narrows a box to the sources of a prefix that the grid was told of. */
    int[] withSources(int[] box, IpPrefix prefix) {
        int[] narrowed = box.clone();
        sources.write(prefix, narrowed, 2 * SOURCE);
        return narrowed;
    }

    /**
     * The parts of a box that packets can have: ports where the protocol has ports, 0 elsewhere, as {@link FiveTuple}
     * defines them. Without that, "no GRE packet to port 80 is matched" would keep a rule alive.
     */
    List<int[]> possibleParts(int box) {
        int at = box * STRIDE;
        List<int[]> parts = new ArrayList<>();
        for (int protocol : WITH_PORTS) {
            addPart(parts, at, protocol, protocol, false, false);
        }
        for (int protocol : WITH_TYPES) {
            addPart(parts, at, protocol, protocol, true, false);
        }
        for (int[] bare : BARE) {
            addPart(parts, at, bare[0], bare[1], true, true);
        }
        return parts;
    }

    private void addPart(
            List<int[]> parts, int at, int first, int last, boolean isSourceZero, boolean isDestinationZero) {
        int[] part = new int[STRIDE];
        System.arraycopy(ranges, at, part, 0, STRIDE);
        part[2 * PROTOCOL] = Math.max(part[2 * PROTOCOL], first);
        part[2 * PROTOCOL + 1] = Math.min(part[2 * PROTOCOL + 1], last);
        if (isSourceZero) {
            part[2 * SOURCE_PORT + 1] = 0;
        }
        if (isDestinationZero) {
            part[2 * DESTINATION_PORT + 1] = 0;
        }
        for (int field = SOURCE_PORT; field < FIELDS; field++) {
            if (part[2 * field] > part[2 * field + 1]) {
                return;
            }
        }
        parts.add(part);
    }

    /** Whether any packet is in both. */
    static boolean doTouch(int[] one, int[] other, int otherAt) {
        for (int i = 0; i < STRIDE; i += 2) {
            if (one[i] > other[otherAt + i + 1] || one[i + 1] < other[otherAt + i]) {
                return false;
            }
        }
        return true;
    }

    /** The packets of both; empty where there are none. */
    static int[] intersection(int[] one, int[] other, int otherAt) {
        int[] both = new int[STRIDE];
        for (int i = 0; i < STRIDE; i += 2) {
            both[i] = Math.max(one[i], other[otherAt + i]);
            both[i + 1] = Math.min(one[i + 1], other[otherAt + i + 1]);
            if (both[i] > both[i + 1]) {
                return new int[0];
            }
        }
        return both;
    }

    /** A packet of the box, such as people write in examples where the box holds one. */
    FiveTuple packet(int[] box) {
        long[] source = sources.example(box[2 * SOURCE], box[2 * SOURCE + 1], version == 4 ? CLIENT_4 : CLIENT_6);
        long[] destination =
                destinations.example(box[2 * DESTINATION], box[2 * DESTINATION + 1], version == 4 ? HOST_4 : HOST_6);
        int protocol = preferred(box, PROTOCOL, IpProtocol.TCP);
        return new FiveTuple(
                source[0],
                source[1],
                destination[0],
                destination[1],
                preferred(box, SOURCE_PORT, EPHEMERAL_PORT),
                preferred(box, DESTINATION_PORT, protocol == IpProtocol.ICMP ? 8 << 8 : 443),
                protocol);
    }

    private static int preferred(int[] box, int field, int wish) {
        return wish >= box[2 * field] && wish <= box[2 * field + 1] ? wish : box[2 * field];
    }

    /** Documentation addresses (RFC 5737, RFC 3849). */
    private static final long[] CLIENT_4 = {0, IpAddress.mapped(0xcb007109)};

    private static final long[] HOST_4 = {0, IpAddress.mapped(0xc633640a)};
    private static final long[] CLIENT_6 = {0x20010db8_00000000L, 9};
    private static final long[] HOST_6 = {0x20010db8_00000000L, 0x10};

    private static int[][] bareProtocols() {
        TreeSet<Integer> others = new TreeSet<>(List.of(PROTOCOL_MAXIMUM + 1));
        for (int protocol : WITH_PORTS) {
            others.add(protocol);
        }
        for (int protocol : WITH_TYPES) {
            others.add(protocol);
        }
        List<int[]> bare = new ArrayList<>();
        int first = 0;
        for (int next : others) {
            if (first < next) {
                bare.add(new int[] {first, next - 1});
            }
            first = next + 1;
        }
        return bare.toArray(int[][]::new);
    }
}
