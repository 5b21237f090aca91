package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.fault.Fault;
import io.weir.filter.rule.RuleBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rules as ClassBench writes them (Taylor and Turner, "ClassBench: a packet classification benchmark"), one a line:
 *
 * <pre>
 *   &#64;source/length  destination/length  first : last  first : last  protocol/mask  flags/mask…
 * </pre>
 *
 * <p>The ports are source, then destination; the protocol is in hexadecimal, its mask 0xFF for one protocol and 0x00 for
 * any. What follows the protocol (TCP flags) is no part of the five-tuple and is ignored. Address bits beyond a prefix's
 * length are cleared, as its mask would.
 *
 * @param boxes in the order of the file, which is that in which they decide
 * @param faults none where every line was read
 */
public record ClassBenchRules(List<RuleBox> boxes, List<Fault> faults) {
    private static final Pattern LINE = Pattern.compile("@(\\S+)/(\\d{1,2})\\s+(\\S+)/(\\d{1,2})"
            + "\\s+(\\d{1,5})\\s*:\\s*(\\d{1,5})\\s+(\\d{1,5})\\s*:\\s*(\\d{1,5})"
            + "\\s+0[xX](\\p{XDigit}{1,2})/0[xX](\\p{XDigit}{1,2})(\\s.*)?");
    private static final String SHAPE =
            "is no rule; write @192.0.2.0/24 198.51.100.7/32 0 : 65535 80 : 80 0x06/0xFF, separated by tabs";
    private static final int IPV4_BITS = 32;
    private static final int ONE_PROTOCOL = 0xff;
    /** Where {@link #mapped} puts IPv4 addresses: 2001:db8::/32 (RFC 3849). */
    private static final long DOCUMENTATION = 0x2001_0db8_0000_0000L;

    public ClassBenchRules {
        boxes = List.copyOf(boxes);
        faults = List.copyOf(faults);
    }

    /** @param file as the user named it, for faults */
    public static ClassBenchRules read(String file, List<String> lines) {
        List<RuleBox> boxes = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty()) {
                List<String> problems = new ArrayList<>();
                box(line, problems).ifPresent(boxes::add);
                for (String problem : problems) {
                    faults.add(new Fault(file, i + 1, "", line, problem));
                }
            }
        }
        return new ClassBenchRules(boxes, faults);
    }

    private static Optional<RuleBox> box(String line, List<String> problems) {
        Matcher fields = LINE.matcher(line);
        if (!fields.matches()) {
            problems.add(SHAPE);
            return Optional.empty();
        }
        Optional<IpPrefix> source = prefix(fields.group(1), fields.group(2), problems);
        Optional<IpPrefix> destination = prefix(fields.group(3), fields.group(4), problems);
        Optional<PortRange> sourcePorts = ports(fields.group(5), fields.group(6), problems);
        Optional<PortRange> destinationPorts = ports(fields.group(7), fields.group(8), problems);
        int mask = Integer.parseInt(fields.group(10), 16);
        if (mask != 0 && mask != ONE_PROTOCOL) {
            problems.add("has a protocol mask that is neither 0xFF nor 0x00");
        }
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        int protocol = mask == 0 ? RuleBox.ANY_PROTOCOL : Integer.parseInt(fields.group(9), 16);
        return Optional.of(new RuleBox(
                source.orElseThrow(),
                destination.orElseThrow(),
                sourcePorts.orElseThrow(),
                destinationPorts.orElseThrow(),
                protocol));
    }

    private static Optional<IpPrefix> prefix(String address, String lengthText, List<String> problems) {
        long[] halves = new long[2];
        int length = Integer.parseInt(lengthText);
        if (!IpAddress.parse(address, halves) || !IpAddress.isIpv4(halves[0], halves[1])) {
            problems.add("has no IPv4 address in '" + address + "'");
            return Optional.empty();
        }
        if (length > IPV4_BITS) {
            problems.add("has a prefix length of " + length + "; 0 to 32 is possible");
            return Optional.empty();
        }
        long mask = length == 0 ? 0 : -1L << IPV4_BITS - length;
        return Optional.of(new IpPrefix(4, 0, IpAddress.mapped((int) (halves[1] & mask)), length));
    }

    private static Optional<PortRange> ports(String first, String last, List<String> problems) {
        int from = Integer.parseInt(first);
        int to = Integer.parseInt(last);
        if (from > to || to > PortRange.MAXIMUM) {
            problems.add("has an impossible port range " + first + " : " + last + "; 0 to 65535, the smaller first");
            return Optional.empty();
        }
        return Optional.of(new PortRange(from, to));
    }

    /**
     * The same rules for IPv6: {@code a.b.c.d/n} becomes {@code 2001:db8:<abcd>::/(32+n)}, but 0.0.0.0/0 becomes {@code
     * ::/0}, and a single address {@code 2001:db8:<abcd>::1/128}, so that both halves of addresses count.
     */
    public List<RuleBox> mapped() {
        return boxes.stream()
                .map(box -> new RuleBox(
                        mapped(box.source()),
                        mapped(box.destination()),
                        box.sourcePorts(),
                        box.destinationPorts(),
                        box.protocol()))
                .toList();
    }

    private static IpPrefix mapped(IpPrefix prefix) {
        long high = mappedHigh(prefix.low());
        return switch (prefix.length()) {
            case 0 -> new IpPrefix(6, 0, 0, 0);
            case IPV4_BITS -> new IpPrefix(6, high, 1, 128);
            default -> new IpPrefix(6, high, 0, 32 + prefix.length());
        };
    }

    /** High half of the IPv6 address for an IPv4 one given in mapped form; the low half is 1. */
    public static long mappedHigh(long ipv4Low) {
        return DOCUMENTATION | ipv4Low & 0xffff_ffffL;
    }
}
