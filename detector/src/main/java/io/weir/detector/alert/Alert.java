package io.weir.detector.alert;

import io.weir.detector.event.Event;
import io.weir.detector.event.EventWriter;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.report.FloodLine;
import java.util.Locale;
import java.util.Optional;

/**
 * Something to be told.
 *
 * @param key an alert that waits gives way to a later one of the same key
 * @param text one line for people
 */
record Alert(Event event, Severity severity, String key, String text) {
    /** Empty for what nobody needs to be woken for: scans, bans and reloads stand in the events. */
    static Optional<Alert> of(Event event) {
        return switch (event) {
            case Event.FloodChanged flood -> Optional.of(flood(flood));
            case Event.TableFull table ->
                Optional.of(new Alert(
                        table,
                        Severity.WARNING,
                        "table " + table.table(),
                        String.format(
                                Locale.ROOT,
                                "table of %s is full: %,d of %,d entries gave way",
                                table.table(),
                                table.evicted(),
                                table.capacity())));
            case Event.CaptureLoss loss ->
                Optional.of(new Alert(
                        loss,
                        Severity.WARNING,
                        "capture_loss " + loss.timeNanos(),
                        String.format(
                                Locale.ROOT,
                                "%,d packets weren't judged: Weir was overloaded, the kernel had no room",
                                loss.packets())));
            case Event.TotalExceeded total ->
                Optional.of(new Alert(
                        total,
                        Severity.WARNING,
                        "total " + total.target() + " " + total.timeNanos(),
                        String.format(
                                Locale.ROOT,
                                "connections alone exceed the total of %s: %,d of their packets were dropped",
                                total.target(),
                                total.packets())));
            case Event.SuspectNoticed _, Event.Banned _, Event.Reloaded _, Event.Audited _ -> Optional.empty();
        };
    }

    private static Alert flood(Event.FloodChanged flood) {
        FloodReport report = flood.report();
        Severity severity = switch (report.state()) {
            case STARTED -> Severity.ALERT;
            case UPDATED -> Severity.WARNING;
            case ENDED -> Severity.NOTICE;
        };
        return new Alert(flood, severity, report.id() + " " + report.state(), FloodLine.of(report));
    }

    /** Whether a later one will say as much. */
    boolean isUpdate() {
        return event instanceof Event.FloodChanged flood && flood.report().state() == FloodReport.State.UPDATED;
    }

    String type() {
        return EventWriter.type(event);
    }
}
