package io.weir.detector.cli;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.RuleBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Headers for a benchmark: a rule at random, then a header at random inside its box. */
final class HeaderDraw {
    private static final int PORTS = 1 << 16;
    private static final int PROTOCOLS = 256;
    private static final long DOCUMENTATION = 0x2001_0db8_0000_0000L;

    private final List<RuleBox> boxes;
    private final Random random;

    HeaderDraw(List<RuleBox> boxes, long seed) {
        this.boxes = boxes;
        random = new Random(seed);
    }

    List<FiveTuple> drawn(int count) {
        List<FiveTuple> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            RuleBox box = boxes.get(random.nextInt(boxes.size()));
            headers.add(new FiveTuple(
                    high(box.source()),
                    low(box.source()),
                    high(box.destination()),
                    low(box.destination()),
                    port(box.sourcePorts()),
                    port(box.destinationPorts()),
                    box.protocol() == RuleBox.ANY_PROTOCOL ? random.nextInt(PROTOCOLS) : box.protocol()));
        }
        return headers;
    }

    /** The same with source address and port at random. */
    List<FiveTuple> spoofed(List<FiveTuple> headers) {
        return headers.stream()
                .map(header -> {
                    FiveTuple from = anywhere(header.ipVersion());
                    return new FiveTuple(
                            from.sourceHigh(),
                            from.sourceLow(),
                            header.destinationHigh(),
                            header.destinationLow(),
                            from.sourcePort(),
                            header.destinationPort(),
                            header.protocol());
                })
                .toList();
    }

    List<FiveTuple> anywhere(int count, int version) {
        List<FiveTuple> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            headers.add(anywhere(version));
        }
        return headers;
    }

    private FiveTuple anywhere(int version) {
        boolean isIpv4 = version == 4;
        return new FiveTuple(
                isIpv4 ? 0 : DOCUMENTATION | random.nextInt() & 0xffff_ffffL,
                isIpv4 ? IpAddress.mapped(random.nextInt()) : random.nextLong(),
                isIpv4 ? 0 : DOCUMENTATION | random.nextInt() & 0xffff_ffffL,
                isIpv4 ? IpAddress.mapped(random.nextInt()) : random.nextLong(),
                random.nextInt(PORTS),
                random.nextInt(PORTS),
                random.nextInt(PROTOCOLS));
    }

    private long high(IpPrefix prefix) {
        return prefix.high() | (prefix.high() ^ prefix.lastHigh()) & random.nextLong();
    }

    private long low(IpPrefix prefix) {
        return prefix.low() | (prefix.low() ^ prefix.lastLow()) & random.nextLong();
    }

    private int port(PortRange range) {
        return range.first() + random.nextInt(range.last() - range.first() + 1);
    }
}
