package io.weir.detector.config;

import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads {@code thresholds} and {@code prefix_thresholds}. A rate that isn't given keeps the base's: the built-in one for
 * an address, {@value BuiltInThresholds#PREFIX_FACTOR} times the address's for a prefix.
 */
public final class ThresholdsReader {
    /** Packets, questions, requests or handshakes; 400 Gbit/s carry less than 0.6 G packets a second. */
    static final long RATE_MAXIMUM = 1_000_000_000L;

    /** Fewer bits than this are a single packet. */
    static final long BITS_MINIMUM = 1_000L;

    static final long BITS_MAXIMUM = 1_000_000_000_000L;

    private static final String TOTAL = "total";
    private static final String PACKETS = "pps";
    private static final String BITS = "bps";

    private ThresholdsReader() {}

    /** What isn't given, or faulty, is as the base says. */
    public static Thresholds read(Optional<Value> given, Thresholds base) {
        Optional<Section> section = given.flatMap(value -> value.section(keys()));
        if (section.isEmpty()) {
            return base;
        }
        Thresholds thresholds = base;
        for (TrafficClass trafficClass : TrafficClass.values()) {
            Optional<Value> value = section.get().get(trafficClass.yamlKey());
            if (value.isPresent()) {
                Limit limit = limit(value.get(), trafficClass.rateKey(), base.of(trafficClass));
                thresholds = thresholds.with(trafficClass, limit);
            }
        }
        Optional<Value> total = section.get().get(TOTAL);
        return total.isPresent() ? thresholds.withTotal(limit(total.get(), PACKETS, base.total())) : thresholds;
    }

    private static List<String> keys() {
        List<String> keys = new ArrayList<>(List.of(TOTAL));
        for (TrafficClass trafficClass : TrafficClass.values()) {
            keys.add(trafficClass.yamlKey());
        }
        return keys;
    }

    private static Limit limit(Value value, String rateKey, Limit base) {
        List<String> keys = List.of(rateKey, BITS);
        Optional<Section> section = value.section(keys);
        if (section.isEmpty()) {
            return base;
        }
        Optional<Value> rate = section.get().get(rateKey);
        Optional<Value> bits = section.get().get(BITS);
        if (value.node() instanceof Node.Mapping mapping && mapping.entries().isEmpty()) {
            value.fault("names no rate; give " + String.join(" or ", keys) + ", or leave it out");
        }
        OptionalLong packetsPerSecond = number(rate, 1, RATE_MAXIMUM);
        OptionalLong bitsPerSecond = number(bits, BITS_MINIMUM, BITS_MAXIMUM);
        return new Limit(packetsPerSecond.orElse(base.packetsPerSecond()), bitsPerSecond.orElse(base.bitsPerSecond()));
    }

    private static OptionalLong number(Optional<Value> value, long minimum, long maximum) {
        return value.isPresent() ? value.get().number(minimum, maximum) : OptionalLong.empty();
    }
}
