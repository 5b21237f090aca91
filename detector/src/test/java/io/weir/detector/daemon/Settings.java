package io.weir.detector.daemon;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.View;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowTimeouts;
import java.util.List;

/** Settings around the simulator's target, with built-in thresholds unless said. */
final class Settings {
    static final long TARGET_V6_HIGH = 0x2001_0db8_0000_0000L;
    static final long TARGET_V6_LOW = 0x10;

    private static final List<IpPrefix> PREFIXES =
            List.of(new IpPrefix(4, 0, IpAddress.mapped(0xc633_6400), 24), new IpPrefix(6, TARGET_V6_HIGH, 0, 64));

    private Settings() {}

    static EngineSettings standard() {
        return of(View.AUTO, BuiltInThresholds.ADDRESS, false);
    }

    static EngineSettings observing() {
        return of(View.AUTO, BuiltInThresholds.ADDRESS, true);
    }

    /** With room for so many connections. */
    static EngineSettings withConnections(int connections) {
        EngineSettings base = standard();
        return new EngineSettings(base.protect(), true, List.of(), connections, base.timeouts(), base.hashKey(), false);
    }

    static EngineSettings of(View view, Thresholds thresholds, boolean isObserving) {
        List<ProtectedPrefix> protect = PREFIXES.stream()
                .map(prefix -> new ProtectedPrefix(
                        prefix, view, thresholds, thresholds.times(BuiltInThresholds.PREFIX_FACTOR)))
                .toList();
        return new EngineSettings(
                protect, true, List.of(), 1 << 16, FlowTimeouts.DEFAULT, EngineSettings.REPLAY_HASH_KEY, isObserving);
    }
}
