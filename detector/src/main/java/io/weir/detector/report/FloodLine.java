package io.weir.detector.report;

import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.Limit;

/** A flood in one line, for a log. */
public final class FloodLine {
    private FloodLine() {}

    public static String of(FloodReport flood) {
        String unit = flood.trafficClass().rateKey();
        String what = flood.vector() + " flood on " + flood.target()
                + (flood.destinationPort() > 0 && !flood.isPrefix() ? " port " + flood.destinationPort() : "");
        return switch (flood.state()) {
            case STARTED, UPDATED ->
                what + ": " + HumanText.rate(flood.packetsPerSecond(), unit) + ", " + threshold(flood, unit)
                        + ", seen after " + HumanText.duration(flood.detectionNanos());
            case ENDED ->
                what + " ended after " + HumanText.duration(flood.lengthNanos()) + ": "
                        + HumanText.count(flood.packets(), "packet") + ", "
                        + HumanText.percent(flood.droppedPackets(), flood.packets())
                        + (flood.isObserving() ? " would have been dropped" : " dropped");
        };
    }

    private static String threshold(FloodReport flood, String unit) {
        return "threshold "
                + (flood.threshold() != Limit.UNLIMITED
                        ? HumanText.rate((double) flood.threshold(), unit)
                        : HumanText.bitRate((double) flood.bitThreshold()));
    }
}
