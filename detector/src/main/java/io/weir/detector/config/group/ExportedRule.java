package io.weir.detector.config.group;

import io.weir.detector.config.tree.Value;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One rule as its file has it.
 *
 * @param place where it stands
 * @param protocol IANA number, or -1 for any
 * @param sources any of them; none for everywhere
 * @param destinations any of them; none for everywhere
 * @param ports of the destination; types and codes of ICMP as in {@code FiveTuple}
 */
record ExportedRule(
        Value place,
        String id,
        Direction direction,
        Policy policy,
        int priority,
        int protocol,
        List<AddressTerm> sources,
        List<PortRange> sourcePorts,
        List<AddressTerm> destinations,
        List<PortRange> ports,
        String description) {

    /** On one line, such as {@code accept TCP 22/22 from 10.1.2.3/32}. */
    String text() {
        StringBuilder text = new StringBuilder(policy.text())
                .append(' ')
                .append(Protocols.name(protocol))
                .append(ports(ports));
        side(text, " from ", sources, sourcePorts);
        side(text, " to ", destinations, List.of(PortRange.ANY));
        return text.toString();
    }

    private void side(StringBuilder text, String word, List<AddressTerm> terms, List<PortRange> itsPorts) {
        boolean isAnyPort = itsPorts.equals(List.of(PortRange.ANY));
        if (terms.isEmpty() && isAnyPort) {
            return;
        }
        text.append(word)
                .append(
                        terms.isEmpty()
                                ? "anywhere"
                                : terms.stream().map(AddressTerm::text).collect(Collectors.joining(", ")))
                .append(isAnyPort ? "" : " port" + ports(itsPorts));
    }

    private String ports(List<PortRange> ranges) {
        if (ranges.equals(List.of(PortRange.ANY))) {
            return "";
        }
        return ranges.stream()
                .map(Protocols.isIcmp(protocol) ? ExportedRule::typeAndCode : PortRange::toString)
                .collect(Collectors.joining(",", " ", ""));
    }

    private static String typeAndCode(PortRange range) {
        String type = "type " + (range.first() >> 8);
        return range.first() == range.last() ? type + " code " + (range.first() & 0xff) : type;
    }
}
