package io.weir.detector.daemon;

import io.weir.detector.api.Control.ConfigValue;
import io.weir.detector.config.ApiConfig;
import io.weir.detector.config.ManagementAccess;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.TableSizes;
import io.weir.detector.config.View;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A configuration as it holds, value by value, for people who ask why. */
final class ConfigListing {
    private static final String BUILT_IN = "built in";
    private static final String SET = "set";

    private final List<ConfigValue> values = new ArrayList<>();

    private ConfigListing() {}

    static List<ConfigValue> of(LiveSettings settings) {
        ConfigListing listing = new ConfigListing();
        listing.run(settings);
        for (int i = 0; i < settings.protect().size(); i++) {
            listing.protect("protect[" + i + "]", settings.protect().get(i));
        }
        listing.rest(settings);
        return listing.values;
    }

    private void run(LiveSettings settings) {
        String origin = settings.config().run().isPresent() ? SET : BUILT_IN;
        add("run.mode", settings.run().mode(), origin);
        add("run.interfaces", String.join(", ", settings.run().interfaces()), origin);
        add("run.workers", settings.run().workers(), origin);
        add("run.failure", settings.run().failure(), origin);
        add("run.overload", settings.run().overload(), origin);
        add("run.offload", settings.run().offload(), origin);
    }

    private void protect(String key, ProtectedPrefix entry) {
        add(key + ".prefix", entry.prefix(), SET);
        compare(key + ".view", entry.view(), View.AUTO);
        add(
                key + ".groups",
                entry.rules().isPresent() ? "rules of both directions" : "none: everything is accepted",
                entry.rules().isPresent() ? SET : BUILT_IN);
        thresholds(key + ".thresholds", entry.thresholds(), BuiltInThresholds.ADDRESS);
        thresholds(
                key + ".prefix_thresholds",
                entry.prefixThresholds(),
                entry.thresholds().times(BuiltInThresholds.PREFIX_FACTOR));
        entry.signatures().forEach(signature -> add(key + ".signatures", signature, SET));
    }

    private void thresholds(String key, Thresholds thresholds, Thresholds base) {
        limit(key + ".total", "pps", thresholds.total(), base.total());
        for (TrafficClass one : TrafficClass.values()) {
            limit(key + "." + one.yamlKey(), one.rateKey(), thresholds.of(one), base.of(one));
        }
    }

    private void limit(String key, String unit, Limit limit, Limit base) {
        if (limit.packetsPerSecond() != Limit.UNLIMITED) {
            compare(key + "." + unit, limit.packetsPerSecond(), base.packetsPerSecond());
        }
        if (limit.bitsPerSecond() != Limit.UNLIMITED) {
            compare(key + ".bps", limit.bitsPerSecond(), base.bitsPerSecond());
        }
    }

    private void rest(LiveSettings settings) {
        settings.config().trusted().forEach(prefix -> add("trusted", prefix, SET));
        for (ManagementAccess access : settings.config().management()) {
            add("management", access.prefix() + " to TCP " + access.ports(), SET);
        }
        settings.config().events().ifPresent(file -> add("events", file, SET));
        settings.config().state().ifPresent(folder -> add("state", folder, SET));
        compare("api.socket", settings.config().api().socket(), ApiConfig.DEFAULT_SOCKET);
        settings.config().api().listen().ifPresent(address -> add("api.listen", address, SET));
        settings.config().alerts().webhooks().forEach(webhook -> add("alerts.webhooks", webhook.url(), SET));
        settings.config().alerts().syslog().ifPresent(address -> add("alerts.syslog", address, SET));
        settings.config().alerts().script().ifPresent(script -> add("alerts.script", script, SET));
        compare("tables.connections", settings.config().tables().connections(), TableSizes.DEFAULT.connections());
    }

    private void compare(String key, Object value, Object base) {
        add(key, value, Objects.equals(value, base) ? BUILT_IN : SET);
    }

    private void add(String key, Object value, String origin) {
        values.add(new ConfigValue(key, value.toString(), origin));
    }
}
