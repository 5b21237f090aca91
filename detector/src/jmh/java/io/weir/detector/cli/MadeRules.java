package io.weir.detector.cli;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.RuleBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rules of prefixes and ports, alike on every run; {@code scripts/bench pipeline --rules} takes those of a file. */
final class MadeRules {
    private static final int IPV4 = 4;
    private static final int SERVERS = 0xc633_6400; // 198.51.100.0/24

    private MadeRules() {}

    static List<RuleBox> boxes(int count) {
        Random random = new Random(1);
        List<RuleBox> boxes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int port = random.nextInt(1 << 16);
            PortRange ports = switch (random.nextInt(4)) {
                case 0 -> PortRange.ANY;
                case 1 -> new PortRange(port / 2, port);
                default -> new PortRange(port, port);
            };
            boxes.add(new RuleBox(side(random), side(random), PortRange.ANY, ports, RuleBox.ANY_PROTOCOL));
        }
        return boxes;
    }

    /** One in five is everybody, as in real groups; one in four of the rest is around the simulator's servers. */
    private static IpPrefix side(Random random) {
        if (random.nextInt(5) == 0) {
            return IpPrefix.ANY_IPV4;
        }
        int length = 16 + random.nextInt(17);
        int address = random.nextInt(4) == 0 ? SERVERS | random.nextInt(1 << 8) : random.nextInt();
        return new IpPrefix(IPV4, 0, IpAddress.mapped(address & -1 << 32 - length), length);
    }
}
