package io.weir.detector.alert;

import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program as FastNetMon does, so that scripts made for it run unchanged: with address, direction, packets a second
 * and {@code ban} or {@code unban}; at a ban the details come on standard input. Other alerts are none of its business.
 */
final class NotifyScript implements Channel.Teller {
    private static final long PATIENCE_SECONDS = 30;

    private final Path script;

    NotifyScript(Path script) {
        this.script = script;
    }

    @Override
    public void tell(List<Alert> alerts) throws IOException, InterruptedException {
        for (Alert alert : alerts) {
            if (alert.event() instanceof Event.FloodChanged flood
                    && flood.report().state() != FloodReport.State.UPDATED) {
                run(alert, flood.report());
            }
        }
    }

    private void run(Alert alert, FloodReport flood) throws IOException, InterruptedException {
        boolean isOver = flood.state() == FloodReport.State.ENDED;
        Process process = new ProcessBuilder(
                        script.toAbsolutePath().toString(),
                        flood.target(),
                        "incoming",
                        Long.toString(Math.round(flood.peakPacketsPerSecond())),
                        isOver ? "unban" : "ban")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            if (!isOver) {
                in.write((alert.text() + "\n" + alert.json() + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException unread) {
            // A script need not read.
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
