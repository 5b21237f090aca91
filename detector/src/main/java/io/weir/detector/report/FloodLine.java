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
                what + ": " + HumanText.rate(flood.packetsPerSecond(), unit) + ", " + detection(flood) + ", seen after "
                        + HumanText.duration(flood.detectionNanos());
            case ENDED ->
                what + " ended after " + HumanText.duration(flood.lengthNanos()) + ": "
                        + HumanText.count(flood.packets(), "packet") + ", "
                        + HumanText.percent(flood.droppedPackets(), flood.packets())
                        + (flood.isObserving() ? " would have been dropped" : " dropped");
        };
    }

    /** What raised it, and above which rate. */
    static String detection(FloodReport flood) {
        String limit = flood.threshold() != Limit.UNLIMITED
                ? HumanText.rate(
                        (double) flood.threshold(), flood.trafficClass().rateKey())
                : HumanText.bitRate((double) flood.bitThreshold());
        String detector = flood.detection().detector();
        return switch (detector) {
            case "threshold" -> "threshold " + limit;
            // No rate raises it.
            case "idling" -> "by idling connections";
            default -> "by " + detector + " above " + limit;
        };
    }
}
