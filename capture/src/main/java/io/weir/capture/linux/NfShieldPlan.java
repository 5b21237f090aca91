package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import java.util.List;
import java.util.stream.Collectors;

/** What {@link NfShield} puts into the kernel, in the words of nft(8); for people. */
final class NfShieldPlan {
    private static final String FLOW = " . meta l4proto . ";

    private NfShieldPlan() {}

    static String text(List<String> interfaces, List<IpPrefix> protect, List<QueueRules.Management> management) {
        StringBuilder text = new StringBuilder("table inet " + NfShieldTable.NAME + " {\n"
                + "\tcounter " + NfShieldTable.BANNED + " { }\n"
                + "\tcounter " + NfConversations.FULL + " { }\n"
                + set(NfShieldTable.ALIVE, "nf_proto", 2, "timeout", List.of()));
        for (int version : NfShieldTable.VERSIONS) {
            String address = "ipv" + version + "_addr";
            String flow = address + " . " + address + " . inet_proto . inet_service . inet_service";
            List<String> ranges = NfSet.apart(protect).stream()
                    .filter(prefix -> prefix.version() == version)
                    .map(NfShieldPlan::element)
                    .toList();
            text.append(set("protect" + version, address, 2 * Math.max(1, protect.size()), "interval", ranges))
                    .append(set("trusted" + version, address, NfShieldTable.RANGES, "interval", List.of()))
                    .append(set("hosts" + version, address, XdpShield.HOSTS, "", List.of()))
                    .append(set("bans" + version, address, NfShieldTable.RANGES, "interval", List.of()))
                    .append(set("known" + version, address, NfShieldTable.KNOWN, "dynamic,timeout", List.of()))
                    .append(set("flows" + version, flow, NfShieldTable.FLOWS, "dynamic,timeout", List.of()))
                    .append(set("answers" + version, flow, NfShieldTable.FLOWS, "dynamic,timeout", List.of()));
        }
        text.append(chain(NfShieldTable.GATE, "", List.of()))
                .append(chain(NfShieldTable.NOTE, "", notes()))
                .append(chain(NfShieldTable.ARRIVING, hook("prerouting", NfShieldTable.FIRST), List.of()))
                .append(chain(
                        NfShieldTable.LEAVING,
                        hook("postrouting", NfShieldTable.LAST),
                        interfaces.stream()
                                .map(name -> "oifname \"" + name + "\" jump " + NfShieldTable.NOTE)
                                .toList()));
        return text.append(dropping(interfaces, management)).append("}\n").toString();
    }

    /** A whole address stands alone. */
    private static String element(IpPrefix prefix) {
        boolean isHost = ShieldMaps.mappedLength(prefix) == Byte.SIZE * ShieldMaps.ADDRESS_BYTES;
        String text = prefix.toString();
        return isHost && text.contains("/") ? text.substring(0, text.indexOf('/')) : text;
    }

    private static String set(String name, String type, int size, String flags, List<String> elements) {
        return "\tset " + name + " { type " + type + "; size " + size + ";"
                + (flags.isEmpty() ? "" : " flags " + flags + ";")
                + (elements.isEmpty() ? "" : " elements = { " + String.join(", ", elements) + " }") + " }\n";
    }

    private static String hook(String name, int priority) {
        return "\t\ttype filter hook " + name + " priority " + priority + "; policy accept;\n";
    }

    private static String chain(String name, String hook, List<String> rules) {
        return "\tchain " + name + " {\n" + hook
                + rules.stream().map(rule -> "\t\t" + rule + "\n").collect(Collectors.joining()) + "\t}\n";
    }

    /** As {@link NfConversations} writes them; that a counter counts what found no room nft(8) doesn't say. */
    private static List<String> notes() {
        return List.of(
                "ip saddr != @protect4 accept",
                "ip6 saddr != @protect6 accept",
                note("tcp flags ack / syn,rst,ack", 4, "flows", "tcp", "10m"),
                note("tcp flags syn,ack / syn,rst,ack", 4, "answers", "tcp", "5s"),
                note("tcp flags syn / syn,rst,ack", 4, "flows", "tcp", "30s"),
                note("", 4, "flows", "udp", "30s"),
                note("icmp type echo-request", 4, "flows", "", "30s"),
                "tcp flags ack / syn,rst,ack ip length 121-65535 update @known4 { ip daddr timeout 1h } counter name \"full\"",
                note("tcp flags ack / syn,rst,ack", 6, "flows", "tcp", "10m"),
                note("tcp flags syn,ack / syn,rst,ack", 6, "answers", "tcp", "5s"),
                note("tcp flags syn / syn,rst,ack", 6, "flows", "tcp", "30s"),
                note("", 6, "flows", "udp", "30s"),
                note("icmpv6 type echo-request", 6, "flows", "", "30s"),
                "tcp flags ack / syn,rst,ack ip6 length 61-65535 update @known6 { ip6 daddr timeout 1h } counter name \"full\"");
    }

    private static String note(String match, int version, String set, String ports, String time) {
        String ip = version == 4 ? "ip" : "ip6";
        String ends = ip + " daddr . " + ip + " saddr";
        String between = ports.isEmpty() ? "0 . 0" : ports + " dport . " + ports + " sport";
        return (match + " update @" + set + version + " { " + ends + FLOW + between + " timeout " + time
                        + " } counter name \"full\"")
                .strip();
    }

    private static String dropping(List<String> interfaces, List<QueueRules.Management> management) {
        String jumps = interfaces.stream()
                .map(name -> "iifname \"" + name + "\" jump " + NfShieldTable.GATE)
                .collect(Collectors.joining(", "));
        String access = management.stream()
                .map(one -> "passes TCP from " + one.prefix() + " to port " + one.port() + "; ")
                .collect(Collectors.joining());
        int slots = XdpShield.slots();
        return """
                \t# While anything is dropped, each of these for every interface, signature and limit:
                \t# chain arriving: %s
                \t# chain gate: %spasses all once set alive, renewed every second, is empty; counts as banned and drops sources in
                \t#   hosts and bans toward protect; sends on what a signature or a limit means, to a chain of its own
                \t# chains s1 to s%d, of signatures: pass what is in flows and answers, but for SYNs and DNS questions, and one packet
                \t#   in %d; count in counter slot1 to slot%d, and drop
                \t# chains l1 to l%d, of limits: pass the same, what is from trusted and known, and so many packets a second; count, and drop
                """.formatted(jumps, access, slots, ShieldProgram.SHOWN, slots, slots);
    }
}
