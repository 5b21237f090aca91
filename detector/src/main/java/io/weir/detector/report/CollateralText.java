package io.weir.detector.report;

import io.weir.detector.flood.Collateral;
import java.util.ArrayList;
import java.util.List;

/** What a flood cost others, as a line for people. */
final class CollateralText {
    private CollateralText() {}

    static String of(Collateral collateral, boolean isObserving) {
        List<String> parts = new ArrayList<>();
        add(parts, "connections", collateral.establishedPassed(), collateral.establishedDropped());
        add(parts, "credible sources", collateral.crediblePassed(), collateral.credibleDropped());
        add(parts, "newcomers", collateral.newcomersPassed(), collateral.newcomersDropped());
        if (collateral.delayedConnections() > 0) {
            parts.add(HumanText.count(collateral.delayedConnections(), "connection") + " delayed");
        }
        String verb = isObserving ? "would drop " : "dropped ";
        return parts.isEmpty() ? "nobody else sent anything" : verb + String.join(", ", parts);
    }

    private static void add(List<String> parts, String who, long passed, long dropped) {
        if (passed + dropped > 0) {
            parts.add(HumanText.count(dropped) + " of " + HumanText.count(passed + dropped) + " packets of " + who);
        }
    }
}
