package io.weir.detector.daemon;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowTimeouts;
import java.util.List;

/**
 * What an engine is built from.
 *
 * @param protect the protected prefixes
 * @param isWatchingPrefixes whether each is watched as a whole, too
 * @param trusted prefixes that have buckets of their own during a flood
 * @param connections that there is room for
 * @param timeouts how long they are remembered
 * @param hashKey the same key judges the same packets the same way
 * @param isObserving whether drops are only reported
 */
public record EngineSettings(
        List<ProtectedPrefix> protect,
        boolean isWatchingPrefixes,
        List<IpPrefix> trusted,
        int connections,
        FlowTimeouts timeouts,
        long hashKey,
        boolean isObserving) {
    /** Fixed in a replay, so that the same file and configuration give the same bytes on every run. */
    public static final long REPLAY_HASH_KEY = 0x7765_6972; // "weir"

    private static final List<ProtectedPrefix> EVERYTHING = List.of(
            ProtectedPrefix.of(new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0)),
            ProtectedPrefix.of(new IpPrefix(6, 0, 0, 0)));

    /**
     * A daemon's.
     *
     * @param protect what is protected, one prefix or more
     * @param hashKey random: who floods can't know it
     */
    public static EngineSettings forLive(
            WeirConfig config, List<ProtectedPrefix> protect, long hashKey, boolean isObserving) {
        return new EngineSettings(
                protect,
                true,
                config.trusted(),
                config.tables().connections(),
                config.timeouts(),
                hashKey,
                isObserving);
    }

    /** A replay's. Where the configuration protects nothing by name, every destination is protected. */
    public static EngineSettings forReplay(WeirConfig config, boolean isObserving) {
        boolean isEverything = config.protect().isEmpty();
        List<ProtectedPrefix> protect = isEverything
                ? EVERYTHING.stream().map(entry -> entry.with(config.rules())).toList()
                : config.protect();
        return new EngineSettings(
                protect,
                !isEverything,
                config.trusted(),
                config.tables().connections(),
                config.timeouts(),
                REPLAY_HASH_KEY,
                isObserving);
    }
}
