package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.RuleBox;
import java.util.List;
import java.util.Random;

/** Headers to compare with: inside boxes, at and just beyond their edges, mixed of several boxes, and anywhere. */
final class Headers {
    private final List<RuleBox> boxes;
    private final int version;
    private final Random random;

    Headers(List<RuleBox> boxes, int version, long seed) {
        this.boxes = boxes;
        this.version = version;
        random = new Random(seed);
    }

    FiveTuple next() {
        if (boxes.isEmpty() || random.nextInt(16) == 0) {
            return anywhere();
        }
        RuleBox first = box();
        // Each field of the same box, or of another, or anywhere.
        long[] source = address(fieldBox(first).source());
        long[] destination = address(fieldBox(first).destination());
        int protocol = fieldBox(first).protocol();
        return new FiveTuple(
                source[0],
                source[1],
                destination[0],
                destination[1],
                port(fieldBox(first).sourcePorts()),
                port(fieldBox(first).destinationPorts()),
                protocol < 0 || random.nextInt(16) == 0 ? random.nextInt(256) : protocol);
    }

    private RuleBox box() {
        return boxes.get(random.nextInt(boxes.size()));
    }

    private RuleBox fieldBox(RuleBox usual) {
        return random.nextInt(6) == 0 ? box() : usual;
    }

    private long[] address(IpPrefix prefix) {
        return switch (random.nextInt(6)) {
            case 0 -> new long[] {prefix.high(), prefix.low()};
            case 1 -> new long[] {prefix.lastHigh(), prefix.lastLow()};
            case 2 -> plus(prefix.lastHigh(), prefix.lastLow(), 1);
            case 3 -> plus(prefix.high(), prefix.low(), -1);
            default ->
                new long[] {
                    prefix.high() | (prefix.high() ^ prefix.lastHigh()) & random.nextLong(),
                    prefix.low() | (prefix.low() ^ prefix.lastLow()) & random.nextLong()
                };
        };
    }

    /** Stays in IPv4 where it was. */
    private static long[] plus(long high, long low, int by) {
        if (IpAddress.isIpv4(high, low)) {
            return new long[] {0, IpAddress.mapped((int) low + by)};
        }
        long sum = low + by;
        boolean isCarried = by > 0 ? sum == 0 : low == 0;
        return new long[] {isCarried ? high + by : high, sum};
    }

    private int port(PortRange range) {
        return switch (random.nextInt(6)) {
            case 0 -> range.first();
            case 1 -> range.last();
            case 2 -> Math.min(PortRange.MAXIMUM, range.last() + 1);
            case 3 -> Math.max(0, range.first() - 1);
            default -> range.first() + random.nextInt(range.last() - range.first() + 1);
        };
    }

    private FiveTuple anywhere() {
        boolean isIpv4 = version == 4;
        return new FiveTuple(
                isIpv4 ? 0 : random.nextLong(),
                isIpv4 ? IpAddress.mapped(random.nextInt()) : random.nextLong(),
                isIpv4 ? 0 : random.nextLong(),
                isIpv4 ? IpAddress.mapped(random.nextInt()) : random.nextLong(),
                random.nextInt(1 << 16),
                random.nextInt(1 << 16),
                random.nextInt(256));
    }
}
