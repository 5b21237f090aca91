package io.weir.detector.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The {@code alerts} block: who is told what happens.
 *
 * @param everyNanos each of them is told at once what comes after a quiet time, and then at most once in so long
 * @param webhooks told by an HTTP request
 * @param syslog told by a line
 * @param script told by a call as FastNetMon's {@code notify_script_path}
 */
public record AlertsConfig(
        long everyNanos, List<Webhook> webhooks, Optional<SyslogTarget> syslog, Optional<Path> script) {
    public static final AlertsConfig NONE =
            new AlertsConfig(TimeUnit.SECONDS.toNanos(10), List.of(), Optional.empty(), Optional.empty());

    public AlertsConfig {
        webhooks = List.copyOf(webhooks);
    }

    /**
     * A server that takes a request.
     *
     * @param secret file with the secret that signs it
     */
    public record Webhook(URI url, Optional<Path> secret, AlertTemplate template) {}
}
