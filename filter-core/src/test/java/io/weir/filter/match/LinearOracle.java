package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.RuleBox;
import java.util.List;

/** The first box that holds a header, by trying one after the other over plain arrays. */
final class LinearOracle {
    /** By box: first and last address halves less the sign bit, ports, protocol. */
    private final long[][] bounds;

    private final int[][] small;

    LinearOracle(List<RuleBox> boxes) {
        bounds = new long[boxes.size()][];
        small = new int[boxes.size()][];
        for (int i = 0; i < bounds.length; i++) {
            RuleBox b = boxes.get(i);
            bounds[i] = new long[] {
                b.source().high(),
                b.source().low(),
                ~(b.source().high() ^ b.source().lastHigh()),
                ~(b.source().low() ^ b.source().lastLow()),
                b.destination().high(),
                b.destination().low(),
                ~(b.destination().high() ^ b.destination().lastHigh()),
                ~(b.destination().low() ^ b.destination().lastLow())
            };
            small[i] = new int[] {
                b.sourcePorts().first(),
                b.sourcePorts().last(),
                b.destinationPorts().first(),
                b.destinationPorts().last(),
                b.protocol(),
                b.ipVersion()
            };
        }
    }

    int find(FiveTuple h) {
        int version = IpAddress.isIpv4(h.sourceHigh(), h.sourceLow())
                ? IpAddress.isIpv4(h.destinationHigh(), h.destinationLow()) ? 4 : 0
                : IpAddress.isIpv4(h.destinationHigh(), h.destinationLow()) ? 0 : 6;
        for (int i = 0; i < bounds.length; i++) {
            long[] b = bounds[i];
            if ((h.sourceLow() & b[3]) == b[1]
                    && (h.destinationLow() & b[7]) == b[5]
                    && (h.sourceHigh() & b[2]) == b[0]
                    && (h.destinationHigh() & b[6]) == b[4]
                    && matchesPorts(small[i], h, version)) {
                return i;
            }
        }
        return Classifier.NONE;
    }

    private static boolean matchesPorts(int[] s, FiveTuple h, int version) {
        return s[5] == version
                && h.sourcePort() >= s[0]
                && h.sourcePort() <= s[1]
                && h.destinationPort() >= s[2]
                && h.destinationPort() <= s[3]
                && (s[4] == RuleBox.ANY_PROTOCOL || s[4] == h.protocol());
    }
}
