package io.weir.detector.alert;

import io.weir.detector.event.Event;
import io.weir.detector.event.EventWriter;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.report.DaemonText;
import io.weir.detector.report.JsonView;

/**
 * An event that somebody should hear of.
 *
 * @param json as it stands in the events
 * @param text in words, on one line
 */
record Alert(Event event, String json, String text) {
    static Alert of(Event event) {
        String json = EventWriter.line(event);
        return new Alert(event, json, text(event, json));
    }

    /** Whether an event is one: floods, and whatever means that less is protected than it should be. */
    static boolean isWorthTelling(Event event) {
        return switch (event) {
            case Event.FloodChanged _, Event.TableFull _, Event.CaptureLoss _, Event.TotalExceeded _ -> true;
            case Event.SuspectNoticed _, Event.Banned _, Event.Reloaded _ -> false;
        };
    }

    private static String text(Event event, String json) {
        return switch (event) {
            case Event.FloodChanged flood ->
                state(flood.report().state()) + ": " + DaemonText.sentence(JsonView.of(json));
            case Event.TableFull full ->
                "table of " + full.table() + " is full (" + full.capacity() + " entries): " + full.evicted()
                        + " gave way";
            case Event.CaptureLoss loss -> loss.packets() + " packets weren't seen: the kernel had no room for them";
            case Event.TotalExceeded total ->
                "more than its total comes to " + total.target() + ": " + total.packets()
                        + " packets of connections were dropped";
            default -> EventWriter.type(event);
        };
    }

    private static String state(FloodReport.State state) {
        return switch (state) {
            case STARTED -> "flood started";
            case UPDATED -> "flood changed";
            case ENDED -> "flood over";
        };
    }
}
