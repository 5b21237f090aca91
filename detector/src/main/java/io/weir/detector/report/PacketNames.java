package io.weir.detector.report;

import io.weir.filter.packet.IpProtocol;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Protocols and ICMP messages by the names that people write. */
public final class PacketNames {
    private static final Map<String, Integer> PROTOCOLS = new LinkedHashMap<>();
    /** Types of ICMP (RFC 792) by name; the code is 0 unless given. */
    private static final Map<String, Integer> ICMP = new LinkedHashMap<>();
    /** Types of ICMPv6 (RFC 4443, RFC 4861, RFC 2710). */
    private static final Map<String, Integer> ICMPV6 = new LinkedHashMap<>();

    static {
        PROTOCOLS.put("tcp", IpProtocol.TCP);
        PROTOCOLS.put("udp", IpProtocol.UDP);
        PROTOCOLS.put("icmp", IpProtocol.ICMP);
        PROTOCOLS.put("icmpv6", IpProtocol.ICMPV6);
        PROTOCOLS.put("gre", IpProtocol.GRE);
        PROTOCOLS.put("sctp", IpProtocol.SCTP);
        PROTOCOLS.put("esp", IpProtocol.ESP);
        PROTOCOLS.put("ah", IpProtocol.AH);
        PROTOCOLS.put("igmp", IpProtocol.IGMP);
        PROTOCOLS.put("ipip", IpProtocol.IPIP);
        ICMP.put("echo-reply", 0);
        ICMP.put("destination-unreachable", 3);
        ICMP.put("redirect", 5);
        ICMP.put("echo-request", 8);
        ICMP.put("router-advertisement", 9);
        ICMP.put("router-solicitation", 10);
        ICMP.put("time-exceeded", 11);
        ICMP.put("parameter-problem", 12);
        ICMP.put("timestamp-request", 13);
        ICMP.put("timestamp-reply", 14);
        ICMPV6.put("destination-unreachable", 1);
        ICMPV6.put("packet-too-big", 2);
        ICMPV6.put("time-exceeded", 3);
        ICMPV6.put("parameter-problem", 4);
        ICMPV6.put("echo-request", 128);
        ICMPV6.put("echo-reply", 129);
        ICMPV6.put("router-solicitation", 133);
        ICMPV6.put("router-advertisement", 134);
        ICMPV6.put("neighbour-solicitation", 135);
        ICMPV6.put("neighbour-advertisement", 136);
    }

    private PacketNames() {}

    /** {@code tcp}; the number where people have no name for it. */
    public static String protocol(int protocol) {
        return nameOf(PROTOCOLS, protocol).orElseGet(() -> "protocol " + protocol);
    }

    /** The number of a name in lower case. */
    public static Optional<Integer> protocolNumber(String name) {
        return Optional.ofNullable(PROTOCOLS.get(name));
    }

    /** Names of protocols, for those who need to be told. */
    public static String protocols() {
        return String.join(", ", PROTOCOLS.keySet());
    }

    public static boolean hasPorts(int protocol) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP;
    }

    /** Whether type and code stand where others have the destination port. */
    public static boolean hasTypes(int protocol) {
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
    }

    /** {@code echo-request}, or {@code 3/4} where the code isn't 0 or the type has no name. */
    static String message(int protocol, int typeAndCode) {
        int code = typeAndCode & 0xff;
        String numbers = (typeAndCode >>> 8) + "/" + code;
        return code == 0 ? nameOf(messages(protocol), typeAndCode >>> 8).orElse(numbers) : numbers;
    }

    /** The type of a message by its name in lower case. */
    public static Optional<Integer> messageType(int protocol, String name) {
        return Optional.ofNullable(messages(protocol).get(name));
    }

    private static Map<String, Integer> messages(int protocol) {
        return protocol == IpProtocol.ICMP ? ICMP : ICMPV6;
    }

    private static Optional<String> nameOf(Map<String, Integer> names, int number) {
        return names.entrySet().stream()
                .filter(entry -> entry.getValue() == number)
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
