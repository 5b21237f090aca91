package io.weir.detector.daemon;

import io.weir.detector.api.Control.ConfigValue;
import io.weir.detector.config.AlertsConfig;
import io.weir.detector.config.ApiConfig;
import io.weir.detector.config.CapturesConfig;
import io.weir.detector.config.DefaultSources;
import io.weir.detector.config.DurationText;
import io.weir.detector.config.ManagementAccess;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.flow.FlowTimeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/** A configuration as it holds, value by value with where it comes from, for people who ask why. */
final class ConfigListing {
    private static final String BUILT_IN = "built in";
    private static final String COMMAND_LINE = "command line";
    private static final String RUNNING = "set while running";
    private static final Pattern INDEX = Pattern.compile("\\[\\d+]");

    private final WeirConfig config;
    private final List<ConfigValue> values = new ArrayList<>();

    private ConfigListing(LiveSettings settings) {
        this.config = settings.config();
    }

    static List<ConfigValue> of(LiveSettings settings) {
        ConfigListing listing = new ConfigListing(settings);
        listing.run(settings.run());
        for (int i = 0; i < settings.protect().size(); i++) {
            listing.protect("protect[" + i + "]", settings.protect().get(i), i);
        }
        listing.access();
        listing.tables();
        listing.captures();
        listing.around();
        return listing.values;
    }

    private void run(RunConfig run) {
        add("run.mode", run.mode());
        add("run.interfaces", String.join(", ", run.interfaces()));
        add("run.workers", run.workers());
        add("run.failure", run.failure());
        add("run.overload", run.overload());
        add("run.offload", run.offload());
        add("run.capture", run.observation().capture());
        add("run.filter", run.observation().filter());
    }

    private void protect(String key, ProtectedPrefix entry, int index) {
        boolean isOfFile = config.origins().of(key).isPresent();
        // Nothing was named anywhere: the addresses of this host are protected.
        boolean isOfHost = config.protect().isEmpty();
        add(key + ".prefix", entry.prefix(), isOfFile || isOfHost ? BUILT_IN : COMMAND_LINE);
        add(key + ".view", entry.view());
        boolean hasRules = entry.rules().isPresent();
        add(key + ".groups", hasRules ? "rules of both directions" : "none", hasRules ? COMMAND_LINE : BUILT_IN);
        ProtectedPrefix read =
                isOfHost ? ProtectedPrefix.of(entry.prefix()) : config.protect().get(index);
        thresholds(key + ".thresholds", entry.thresholds(), read.thresholds());
        thresholds(key + ".prefix_thresholds", entry.prefixThresholds(), read.prefixThresholds());
        signatures(key, entry);
    }

    /** An entry's own come first, then those for every prefix. */
    private void signatures(String key, ProtectedPrefix entry) {
        int own = 0;
        while (config.origins().of(key + ".signatures[" + own + "]").isPresent()) {
            own++;
        }
        for (int i = 0; i < entry.signatures().size(); i++) {
            String at = i < own ? key + ".signatures[" + i + "]" : "signatures[" + (i - own) + "]";
            add(at, entry.signatures().get(i));
        }
    }

    /** @param read as the file says: what differs was set since */
    private void thresholds(String key, Thresholds thresholds, Thresholds read) {
        limit(key + ".total", "pps", thresholds.total(), read.total());
        for (TrafficClass one : TrafficClass.values()) {
            limit(key + "." + one.yamlKey(), one.rateKey(), thresholds.of(one), read.of(one));
        }
    }

    private void limit(String key, String unit, Limit limit, Limit read) {
        limit(key + "." + unit, limit.packetsPerSecond(), read.packetsPerSecond());
        limit(key + ".bps", limit.bitsPerSecond(), read.bitsPerSecond());
    }

    private void limit(String key, long limit, long read) {
        if (limit == Limit.UNLIMITED) {
            return;
        }
        if (limit == read) {
            add(key, limit);
        } else {
            values.add(new ConfigValue(key, Long.toString(limit), RUNNING, ""));
        }
    }

    private void access() {
        for (int i = 0; i < config.trusted().size(); i++) {
            add("trusted[" + i + "]", config.trusted().get(i));
        }
        for (int i = 0; i < config.management().size(); i++) {
            ManagementAccess access = config.management().get(i);
            add("management[" + i + "]", access.prefix() + " to TCP " + access.ports());
        }
    }

    private void tables() {
        add("tables.connections", config.tables().connections());
        timeout("tcp_syn", FlowTimeouts::tcpSynNanos);
        timeout("tcp_established", FlowTimeouts::tcpEstablishedNanos);
        timeout("tcp_fin_wait", FlowTimeouts::tcpFinWaitNanos);
        timeout("tcp_closed", FlowTimeouts::tcpClosedNanos);
        timeout("tcp_midstream", FlowTimeouts::tcpMidstreamNanos);
        timeout("udp_unreplied", FlowTimeouts::udpUnrepliedNanos);
        timeout("udp_stream", FlowTimeouts::udpStreamNanos);
        timeout("icmp", FlowTimeouts::icmpNanos);
        timeout("fragment", FlowTimeouts::fragmentNanos);
    }

    private void timeout(String key, ToLongFunction<FlowTimeouts> nanos) {
        add("timeouts." + key, DurationText.format(nanos.applyAsLong(config.timeouts())));
    }

    private void captures() {
        Optional<CapturesConfig> captures = config.state().flatMap(state -> config.captures());
        if (captures.isEmpty()) {
            add("captures", "off");
            return;
        }
        CapturesConfig set = captures.get();
        add("captures.before", DurationText.format(set.beforeNanos()));
        add("captures.after", DurationText.format(set.afterNanos()));
        add("captures.packet", set.packetBytes());
        add("captures.memory", set.memoryBytes());
        add("captures.file", set.fileBytes());
        add("captures.folder", set.folderBytes());
    }

    private void around() {
        config.events().ifPresent(file -> add("events", file));
        config.state().ifPresent(folder -> add("state", folder));
        ApiConfig api = config.api();
        add("api.socket", api.socket());
        api.listen().ifPresent(address -> add("api.listen", address));
        api.viewToken().ifPresent(file -> add("api.tokens.view", file));
        api.operateToken().ifPresent(file -> add("api.tokens.operate", file));
        api.tls().ifPresent(tls -> add("api.tls", tls.certificate() + ", " + tls.key()));
        AlertsConfig alerts = config.alerts();
        for (int i = 0; i < alerts.webhooks().size(); i++) {
            add("alerts.webhooks[" + i + "]", alerts.webhooks().get(i).url());
        }
        alerts.syslog().ifPresent(address -> add("alerts.syslog", address));
        alerts.script().ifPresent(script -> add("alerts.script", script));
        add("alerts.every", DurationText.format(alerts.everyNanos()));
    }

    private void add(String key, Object value) {
        add(key, value, BUILT_IN);
    }

    /** @param otherwise where it comes from if the file doesn't say it */
    private void add(String key, Object value, String otherwise) {
        String origin = config.origins().of(key).orElse(otherwise);
        String source =
                origin.equals(BUILT_IN) ? DefaultSources.of(INDEX.matcher(key).replaceAll("")) : "";
        values.add(new ConfigValue(key, value.toString(), origin, source));
    }
}
