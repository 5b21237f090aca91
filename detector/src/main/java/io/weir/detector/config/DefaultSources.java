package io.weir.detector.config;

import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.TrafficClass;
import java.util.HashMap;
import java.util.Map;

/** Why each default is what it is, for people who ask. */
public final class DefaultSources {
    private static final Map<String, String> SOURCES = sources();

    private DefaultSources() {}

    /**
     * Says where the default of a key comes from, empty where there is none.
     *
     * @param key without what tells one entry of a list from another: {@code protect.thresholds.syn.pps}
     */
    public static String of(String key) {
        return SOURCES.getOrDefault(key, "");
    }

    private static Map<String, String> sources() {
        Map<String, String> sources = new HashMap<>();
        sources.put("run.mode", "nothing is dropped before it is asked for");
        sources.put("run.interfaces", "all that are up and have an address");
        sources.put("run.workers", "one reads 300,000 packets a second from a queue");
        sources.put("run.failure", "that Weir is gone is no outage; Linux' queue bypass");
        sources.put("run.overload", "whoever fills the queue doesn't switch the rules off; Linux' own default");
        sources.put("run.capture", "the kernel's own ring, the fastest");
        sources.put("run.filter", "all packets");
        sources.put("run.offload", "an XDP program where the interfaces take one");
        sources.put("protect.prefix", "an address of this host");
        sources.put("protect.view", "learned from whether answers are seen");
        sources.put("protect.groups", "no group: everything is accepted");
        for (TrafficClass one : TrafficClass.values()) {
            sources.put(
                    "protect.thresholds." + one.yamlKey() + '.' + one.rateKey(),
                    BuiltInThresholds.ADDRESS_SOURCES.get(one));
            String ofPrefix = BuiltInThresholds.PREFIX_FACTOR + " times the threshold of an address";
            sources.put("protect.prefix_thresholds." + one.yamlKey() + '.' + one.rateKey(), ofPrefix);
            sources.put("protect.prefix_thresholds." + one.yamlKey() + ".bps", ofPrefix);
        }
        sources.put(
                "protect.prefix_thresholds.total.pps", BuiltInThresholds.PREFIX_FACTOR + " times that of an address");
        sources.put(
                "protect.prefix_thresholds.total.bps", BuiltInThresholds.PREFIX_FACTOR + " times that of an address");
        sources.put("tables.connections", "76 MB: four times what Linux tracks (nf_conntrack_max 262,144)");
        sources.put("timeouts.tcp_syn", "RFC 6298: five retransmissions of a SYN fit");
        sources.put("timeouts.tcp_established", "RFC 5382 REQ-5: not less than 2 hours 4 minutes");
        sources.put("timeouts.tcp_fin_wait", "RFC 5382 REQ-5: not less than 4 minutes");
        sources.put("timeouts.tcp_closed", "RFC 9293 section 3.6.1: two MSL of two minutes each");
        sources.put("timeouts.tcp_midstream", "Linux' nf_conntrack_tcp_timeout_unacknowledged: 300 s");
        sources.put("timeouts.udp_unreplied", "OpenBSD's pf.conf: udp.first 60 s");
        sources.put("timeouts.udp_stream", "RFC 4787 REQ-5: 5 minutes recommended");
        sources.put("timeouts.icmp", "RFC 5508 REQ-1: not less than 60 seconds");
        sources.put("timeouts.fragment", "RFC 8200 section 4.5: reassembly is abandoned after 60 s");
        sources.put("captures", "they need state: FOLDER");
        sources.put("captures.before", "as far as memory reaches back at 20,000 packets a second");
        sources.put("captures.after", "as much as a file takes at 20,000 packets a second");
        sources.put("captures.packet", "headers, and what an application begins with");
        sources.put("captures.memory", "five seconds of 20,000 packets a second");
        sources.put("captures.file", "ten seconds of 20,000 packets a second");
        sources.put("captures.folder", "15 files");
        sources.put("api.socket", "Filesystem Hierarchy Standard 3.0: /run");
        sources.put("alerts.every", "a flood's start, growth and end in a few messages");
        return Map.copyOf(sources);
    }
}
