package io.weir.detector.alert;

import io.weir.detector.event.Event;
import io.weir.detector.flood.Collateral;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.FloodSamples;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.TrafficClass;
import java.util.List;

/** Floods to be told of. */
public final class Floods {
    static final long START_NANOS = 1_767_323_045_123_456_789L;

    private Floods() {}

    static Event syn(String id, String target, FloodReport.State state) {
        return syn(id, target, state, "syn-spoofed");
    }

    static Event syn(String id, String target, FloodReport.State state, String vector) {
        return syn(id, target, state, vector, START_NANOS);
    }

    /** @param timeNanos when it is told; it began 87 ms before */
    public static Event.FloodChanged syn(
            String id, String target, FloodReport.State state, String vector, long timeNanos) {
        return new Event.FloodChanged(new FloodReport(
                id,
                state,
                TrafficClass.SYN,
                vector,
                target,
                false,
                80,
                6,
                timeNanos,
                timeNanos - 87_000_000,
                timeNanos,
                timeNanos + 5_000_000_000L,
                20_311,
                9_749_280,
                25_000,
                12_000_000,
                1_000,
                Limit.UNLIMITED,
                19_800,
                List.of(new FloodSamples.TopSource("203.0.113.9", 0.02)),
                100_000,
                6_000_000,
                99_970,
                5_998_200,
                Collateral.NONE,
                false,
                new FloodReport.Detection("threshold", "", "", 1),
                List.of(),
                ""));
    }
}
