package io.weir.detector.alert;

import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Calls a script as FastNetMon calls its {@code notify_script_path}: address, direction, packets a second, action; details on
 * standard input, none with {@code unban}. FastNetMon knows one attack of an address at a time: the first flood is its {@code
 * ban}, the end of the last its {@code unban}, everything between {@code attack_details}.
 */
final class NotifyScript implements Receiver {
    private static final long MOST_SECONDS = 30;

    private final Path script;
    /** Floods that were told, by their target. Bounded by what the monitor follows. */
    private final Map<String, Set<String>> banned = new HashMap<>();

    NotifyScript(Path script) {
        this.script = script.toAbsolutePath();
    }

    @Override
    public String name() {
        return "script " + script;
    }

    @Override
    public void tell(List<Alert> alerts, long left) throws IOException, InterruptedException {
        Optional<String> problem = Optional.empty();
        for (Alert alert : alerts) {
            if (alert.event() instanceof Event.FloodChanged flood) {
                Optional<String> failed = tell(flood.report());
                problem = problem.isPresent() ? problem : failed;
            }
        }
        if (problem.isPresent()) {
            throw new IOException(problem.get());
        }
    }

    /** What went wrong; whatever it was, later floods and the end of this one are told. */
    private Optional<String> tell(FloodReport flood) throws InterruptedException {
        String target = flood.target();
        Set<String> floods = banned.getOrDefault(target, Set.of());
        if (flood.state() != FloodReport.State.ENDED) {
            banned.computeIfAbsent(target, first -> new HashSet<>()).add(flood.id());
            return run(flood, floods.isEmpty() ? "ban" : "attack_details", FloodDetails.of(flood));
        }
        if (!floods.contains(flood.id())) {
            return Optional.empty();
        }
        floods.remove(flood.id());
        if (!floods.isEmpty()) {
            return Optional.empty();
        }
        banned.remove(target);
        return run(flood, "unban", "");
    }

    private Optional<String> run(FloodReport flood, String action, String details) throws InterruptedException {
        try {
            Process process = start(flood, action, details);
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                return Optional.of(action + " of " + flood.target() + " didn't end within " + MOST_SECONDS + " s");
            }
            return process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(action + " of " + flood.target() + " ended with status " + process.exitValue());
        } catch (IOException unusable) {
            return Optional.of(String.valueOf(unusable.getMessage()));
        }
    }

    private Process start(FloodReport flood, String action, String details) throws IOException {
        String power = Long.toString(Math.round(
                flood.state() == FloodReport.State.ENDED ? flood.peakPacketsPerSecond() : flood.packetsPerSecond()));
        Process process = new ProcessBuilder(script.toString(), flood.target(), "incoming", power, action)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream input = process.getOutputStream()) {
            input.write(details.getBytes(StandardCharsets.UTF_8));
        } catch (IOException unread) {
            // A script may leave its input alone.
        }
        return process;
    }
}
