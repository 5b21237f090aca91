package io.weir.detector.cli;

import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.SystemdNotifier;
import java.util.Map;

/**
 * What systemd hears of the daemon. The watchdog is fed by the thread that judges, so that a daemon which hangs is
 * restarted though its other threads live.
 */
final class ServiceNotice {
    private static final long NANOS_PER_MICRO = 1_000L;

    private final SystemdNotifier systemd;
    private final RunLog log;
    /** Half of what systemd waits (sd_watchdog_enabled(3)); 0 for no watchdog. */
    private final long beatNanos;

    private long nextBeatNanos = Long.MIN_VALUE;

    ServiceNotice(Map<String, String> environment, RunLog log) {
        this.systemd = SystemdNotifier.of(environment.get("NOTIFY_SOCKET"));
        this.log = log;
        this.beatNanos =
                systemd.isHeard() ? micros(environment.getOrDefault("WATCHDOG_USEC", "0")) * NANOS_PER_MICRO / 2 : 0;
    }

    private static long micros(String text) {
        return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
    }

    void ready(String status) {
        tell("READY=1\nSTATUS=" + status);
    }

    void stopping() {
        tell("STOPPING=1");
    }

    /** Called between batches, with a time that is never set back: a clock that is must not look like a hang. */
    void beat(long nowNanos) {
        if (beatNanos > 0 && nowNanos >= nextBeatNanos) {
            nextBeatNanos = nowNanos + beatNanos;
            tell("WATCHDOG=1");
        }
    }

    private void tell(String state) {
        try {
            systemd.notify(state);
        } catch (KernelException unheard) {
            log.say(RunLog.Level.WARNING, String.valueOf(unheard.getMessage()));
        }
    }
}
