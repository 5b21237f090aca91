package io.weir.detector.config.group;

import io.weir.detector.config.tree.Value;
import io.weir.filter.address.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Port ranges as Alibaba Cloud writes them: {@code 22/22}, {@code 1/65535}, several with commas as its console takes
 * them ({@code 22/23,443/443}), and {@code -1/-1} for protocols without ports.
 */
final class PortTexts {
    static final List<PortRange> ANY = List.of(PortRange.ANY);

    private static final String NONE = "-1/-1";
    private static final int MINIMUM = 1;

    private PortTexts() {}

    /** The ranges, or none with a fault added. */
    static List<PortRange> read(Value value, int protocol) {
        String text = value.text("a port range such as 22/22").orElse("");
        if (text.isEmpty()) {
            return List.of();
        }
        if (!Protocols.hasPorts(protocol)) {
            if (!text.equals(NONE)) {
                value.fault("names ports, which " + Protocols.name(protocol) + " has none of; it must be " + NONE);
            }
            return ANY;
        }
        List<PortRange> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            OptionalInt first = OptionalInt.empty();
            OptionalInt last = OptionalInt.empty();
            int slash = part.indexOf('/');
            if (slash >= 0) {
                first = Numbers.parse(part.substring(0, slash).strip(), MINIMUM, PortRange.MAXIMUM);
                last = Numbers.parse(part.substring(slash + 1).strip(), MINIMUM, PortRange.MAXIMUM);
            }
            if (first.isEmpty() || last.isEmpty() || first.getAsInt() > last.getAsInt()) {
                value.fault(problem(text, part, first, last));
                return List.of();
            }
            ranges.add(new PortRange(first.getAsInt(), last.getAsInt()));
        }
        return ranges;
    }

    private static String problem(String text, String part, OptionalInt first, OptionalInt last) {
        String which = part.equals(text) ? "is" : "holds '" + part.strip() + "', which is";
        if (first.isPresent() && last.isPresent()) {
            return which + " backwards; write " + last.getAsInt() + "/" + first.getAsInt();
        }
        OptionalInt single = Numbers.parse(part.strip(), MINIMUM, PortRange.MAXIMUM);
        return which + " no port range; write first/last from " + MINIMUM + " to " + PortRange.MAXIMUM + ", such as "
                + (single.isPresent() ? single.getAsInt() + "/" + single.getAsInt() : "22/22 or 1/65535");
    }
}
