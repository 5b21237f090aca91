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

    private MadeRules() {}

    static List<RuleBox> boxes(int count) {
        Random random = new Random(1);
        List<RuleBox> boxes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int port = random.nextInt(1 << 16);
            boxes.add(new RuleBox(
                    prefix(random), prefix(random), PortRange.ANY, new PortRange(port, port), RuleBox.ANY_PROTOCOL));
        }
        return boxes;
    }

    private static IpPrefix prefix(Random random) {
        int length = 16 + random.nextInt(17);
        return new IpPrefix(IPV4, 0, IpAddress.mapped(random.nextInt() & -1 << 32 - length), length);
    }
}
