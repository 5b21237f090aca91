package io.weir.detector.config.group;

import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.RuleBox;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** Names and numbers of protocols in rules. */
final class Protocols {
    static final int ANY = RuleBox.ANY_PROTOCOL;

    static final int MAXIMUM = 255;

    private static final Map<String, Integer> NAMES = Map.of(
            "tcp", IpProtocol.TCP,
            "udp", IpProtocol.UDP,
            "icmp", IpProtocol.ICMP,
            "icmpv6", IpProtocol.ICMPV6,
            "gre", IpProtocol.GRE,
            "all", ANY);

    private Protocols() {}

    /** A name in any case, or a number from 0 to 255; empty where it is neither. */
    static OptionalInt parse(String text) {
        Integer named = NAMES.get(text.toLowerCase(Locale.ROOT));
        return named != null ? OptionalInt.of(named) : Numbers.parse(text, 0, MAXIMUM);
    }

    static String name(int protocol) {
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue() == protocol)
                .map(entry -> entry.getKey().equals("icmpv6")
                        ? "ICMPv6"
                        : entry.getKey().toUpperCase(Locale.ROOT))
                .findFirst()
                .orElse("protocol " + protocol);
    }

    static boolean hasPorts(int protocol) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
    }

    static boolean isIcmp(int protocol) {
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
    }
}
