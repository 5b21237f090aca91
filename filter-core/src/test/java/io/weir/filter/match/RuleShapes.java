package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.RuleBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/** Rule sets of shapes that are hard for a classifier, and of those that ClassBench makes from other seeds. */
final class RuleShapes {
    private static final int[] PROTOCOLS = {6, 17, 1, 47, 50, 58, 132, -1};

    private final Random random;
    private final int version;

    RuleShapes(int version, long seed) {
        this.version = version;
        random = new Random(seed);
    }

    static IpPrefix prefix(int version, int bits, int length) {
        int kept = length == 0 ? 0 : bits & -1 << 32 - length;
        if (version == 4) {
            return new IpPrefix(4, 0, IpAddress.mapped(kept), length);
        }
        return new ClassBenchRules(
                        List.of(new RuleBox(
                                prefix(4, bits, length), prefix(4, 0, 0), PortRange.ANY, PortRange.ANY, -1)),
                        List.of())
                .mapped()
                .getFirst()
                .source();
    }

    static List<RuleBox> boxes(int count, IntFunction<RuleBox> made) {
        List<RuleBox> boxes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boxes.add(made.apply(i));
        }
        return boxes;
    }

    IpPrefix any() {
        return prefix(version, 0, 0);
    }

    List<RuleBox> allWild(int count) {
        return boxes(count, i -> new RuleBox(any(), any(), range(), range(), protocol()));
    }

    List<RuleBox> equal(int count) {
        IpPrefix host = prefix(version, 0x0a01_0203, 32);
        return boxes(count, i -> new RuleBox(host, any(), PortRange.ANY, new PortRange(80, 80), 6));
    }

    /** Prefixes of every length around one address, the narrowest last so that none hides another. */
    List<RuleBox> nested(int count) {
        return boxes(
                count,
                i -> new RuleBox(
                        prefix(version, 0xc633_6407, 32 - i % 33),
                        prefix(version, 0xcb00_7109, 32 - i / 33 % 33),
                        i % 5 == 0 ? PortRange.ANY : port(),
                        i % 3 == 0 ? PortRange.ANY : port(),
                        protocol()));
    }

    /** Every port range different: more than can be folded. */
    List<RuleBox> manyRanges(int count) {
        return boxes(
                count,
                i -> new RuleBox(
                        prefix(version, random.nextInt(), 8 + random.nextInt(25)),
                        prefix(version, random.nextInt(4) << 24, random.nextInt(9)),
                        range(),
                        range(),
                        random.nextInt(257) - 1));
    }

    /** Pairs of popular prefixes, nested, with popular ports: {@code wildPercent} of the addresses are wide. */
    List<RuleBox> likeClassBench(int count, int wildPercent, int differentPrefixes) {
        int[] sources = random.ints(Math.max(1, differentPrefixes)).toArray();
        int[] destinations = random.ints(Math.max(1, differentPrefixes / 4)).toArray();
        int[] ports = random.ints(60, 0, 1 << 16).toArray();
        return boxes(
                count,
                i -> new RuleBox(
                        likely(sources, wildPercent),
                        likely(destinations, wildPercent),
                        likelyPorts(ports, 80),
                        likelyPorts(ports, 30),
                        protocol()));
    }

    private IpPrefix likely(int[] prefixes, int wildPercent) {
        if (random.nextInt(100) < wildPercent) {
            return prefix(version, random.nextInt(), random.nextInt(3));
        }
        int near = prefixes[random.nextInt(prefixes.length)] ^ random.nextInt(16);
        return prefix(version, near, random.nextInt(3) == 0 ? 14 + random.nextInt(19) : 30 + random.nextInt(3));
    }

    private PortRange likelyPorts(int[] ports, int anyPercent) {
        int choice = random.nextInt(100);
        if (choice < anyPercent) {
            return PortRange.ANY;
        }
        int port = ports[random.nextInt(ports.length)];
        return choice > 95 ? new PortRange(1024, PortRange.MAXIMUM) : new PortRange(port, port);
    }

    private PortRange port() {
        int port = random.nextInt(1 << 16);
        return new PortRange(port, port);
    }

    private PortRange range() {
        int first = random.nextInt(1 << 16);
        int second = random.nextInt(1 << 16);
        return new PortRange(Math.min(first, second), Math.max(first, second));
    }

    private int protocol() {
        return PROTOCOLS[random.nextInt(PROTOCOLS.length)];
    }
}
