package io.weir.detector.cli;

import io.weir.detector.report.PacketNames;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.FiveTuple;
import java.util.List;
import java.util.Locale;

/**
 * Reads a packet in words: {@code tcp 203.0.113.9:4242 to 198.51.100.10:22}. Protocols with ports need both; ICMP and
 * ICMPv6 need a message behind the destination, a name or {@code type/code}; the others have neither.
 */
final class PacketDescription {
    private static final String EXAMPLE = "tcp 203.0.113.9:4242 to 198.51.100.10:22";
    private static final int PORT_MAXIMUM = 65_535;
    private static final int BYTE_MAXIMUM = 255;

    private final int protocol;
    private final String protocolWord;

    private PacketDescription(String protocolWord) {
        this.protocolWord = protocolWord;
        protocol = protocol(protocolWord);
    }

    /** An address, and the port or -1 where none was given. */
    private record End(long high, long low, int port, String text) {}

    /** Where the description begins: two words before the "to"; before that stand more files. */
    static int start(List<String> words) {
        int to = words.indexOf("to");
        return Math.max(0, to - 2);
    }

    /** @throws CommandException that says what is wrong and what would be right */
    static FiveTuple parse(List<String> words) {
        if (words.size() < 4 || !words.get(2).equals("to")) {
            throw wrong("'" + String.join(" ", words) + "' describes no packet; write one such as " + EXAMPLE);
        }
        PacketDescription description = new PacketDescription(words.getFirst().toLowerCase(Locale.ROOT));
        End source = description.end(words.get(1));
        End destination = description.end(words.get(3));
        if (IpAddress.isIpv4(source.high, source.low) != IpAddress.isIpv4(destination.high, destination.low)) {
            throw wrong("'" + source.text + "' and '" + destination.text
                    + "' are of different IP versions; a packet has one");
        }
        int destinationPort = description.destinationPort(words.subList(4, words.size()), destination);
        return new FiveTuple(
                source.high,
                source.low,
                destination.high,
                destination.low,
                Math.max(source.port, 0),
                destinationPort,
                description.protocol);
    }

    private static int protocol(String word) {
        return PacketNames.protocolNumber(word).orElseGet(() -> {
            int number = number(word, BYTE_MAXIMUM);
            if (number < 0) {
                throw wrong("'" + word + "' is no protocol; write " + PacketNames.protocols()
                        + ", or a number from 0 to 255");
            }
            return number;
        });
    }

    private End end(String text) {
        boolean isBracketed = text.startsWith("[");
        int close = text.indexOf(']');
        if (isBracketed && close < 0) {
            throw wrong(
                    "'" + text + "' lacks its closing bracket; write an IPv6 address with port as [2001:db8::9]:22");
        }
        boolean isOneColon = text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':');
        int addressEnd = isBracketed ? close : isOneColon ? text.indexOf(':') : text.length();
        String address = text.substring(isBracketed ? 1 : 0, addressEnd);
        String rest = text.substring(isBracketed ? addressEnd + 1 : addressEnd);
        long[] halves = new long[2];
        if (!IpAddress.parse(address, halves)) {
            throw wrong("'" + text + "' has no address; write one such as 203.0.113.9 or 2001:db8::9"
                    + (PacketNames.hasPorts(protocol) ? " with a port: 203.0.113.9:4242 or [2001:db8::9]:4242" : ""));
        }
        return new End(halves[0], halves[1], port(text, rest), text);
    }

    private int port(String text, String rest) {
        if (!PacketNames.hasPorts(protocol)) {
            if (!rest.isEmpty()) {
                throw wrong("'" + text + "' has a port, and " + protocolWord + " has none; write the address alone");
            }
            return -1;
        }
        if (rest.isEmpty()) {
            throw wrong("'" + text + "' lacks a port; write one such as 203.0.113.9:4242 or [2001:db8::9]:4242");
        }
        int port = rest.startsWith(":") ? number(rest.substring(1), PORT_MAXIMUM) : -1;
        if (port < 0) {
            throw wrong("'" + text + "' ends in no port; write a number from 0 to 65535 behind a colon");
        }
        return port;
    }

    private int destinationPort(List<String> rest, End destination) {
        if (!PacketNames.hasTypes(protocol)) {
            if (!rest.isEmpty()) {
                throw wrong("'" + String.join(" ", rest) + "' is too much: the destination ends a " + protocolWord
                        + " packet");
            }
            return Math.max(destination.port, 0);
        }
        String example = protocol == IpProtocol.ICMP ? "echo-request or 8/0" : "echo-request or 128/0";
        if (rest.size() != 1) {
            throw wrong((rest.isEmpty() ? "the message is missing" : "'" + String.join(" ", rest) + "' is no message")
                    + "; end with one such as " + example);
        }
        String word = rest.getFirst().toLowerCase(Locale.ROOT);
        int slash = word.indexOf('/');
        String typeWord = slash < 0 ? word : word.substring(0, slash);
        int type = PacketNames.messageType(protocol, typeWord).orElseGet(() -> number(typeWord, BYTE_MAXIMUM));
        int code = slash < 0 ? 0 : number(word.substring(slash + 1), BYTE_MAXIMUM);
        if (type < 0 || code < 0) {
            throw wrong("'" + rest.getFirst() + "' is no " + protocolWord + " message; write one such as " + example);
        }
        return type << 8 | code;
    }

    /** Decimal digits alone, up to the maximum; -1 for all else. */
    private static int number(String text, int maximum) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int number = Integer.parseInt(text);
        return number <= maximum ? number : -1;
    }

    private static CommandException wrong(String problem) {
        return CommandException.wrongUsage(problem);
    }
}
