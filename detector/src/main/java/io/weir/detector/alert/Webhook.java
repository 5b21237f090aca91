package io.weir.detector.alert;

import io.weir.detector.config.AlertsConfig;
import io.weir.detector.event.EventWriter;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * One POST of JSON for all that waited. What a server can't take now (429, 5xx, no answer) is tried again, each time after
 * twice as long; the identifier stays the same, so that the server can tell.
 */
final class Webhook implements Receiver {
    static final int MOST_TRIES = 5;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERRORS = 500;
    private static final int SUCCESSES_END = 300;

    private final AlertsConfig.Webhook config;
    private final Optional<WebhookSignature> signature;
    private final String host;
    private final Duration firstPause;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /** @param firstPause before the second try */
    Webhook(AlertsConfig.Webhook config, Optional<WebhookSignature> signature, String host, Duration firstPause) {
        this.config = config;
        this.signature = signature;
        this.host = host;
        this.firstPause = firstPause;
    }

    /** @throws IOException if the secret can't be read */
    static Webhook of(AlertsConfig.Webhook config, String host) throws IOException {
        Optional<WebhookSignature> signature = Optional.empty();
        if (config.secret().isPresent()) {
            signature = Optional.of(
                    WebhookSignature.of(Files.readString(config.secret().get()).strip()));
        }
        return new Webhook(config, signature, host, Duration.ofSeconds(1));
    }

    @Override
    public String name() {
        return "webhook " + config.url();
    }

    @Override
    public void tell(List<Alert> alerts, long left) throws IOException, InterruptedException {
        String id = "msg_" + UUID.randomUUID();
        String body = body(alerts, left);
        Duration pause = firstPause;
        for (int tried = 1; ; tried++) {
            Optional<String> problem = send(id, body);
            if (problem.isEmpty()) {
                return;
            }
            if (tried == MOST_TRIES) {
                throw new IOException(problem.get() + ", tried " + tried + " times");
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
        }
    }

    /**
     * What went wrong and may go better next time.
     *
     * @throws IOException if trying again is of no use
     */
    private Optional<String> send(String id, String body) throws IOException, InterruptedException {
        int status;
        try {
            status = client.send(request(id, body), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException unreachable) {
            String message = unreachable.getMessage();
            return Optional.of(message == null ? "can't be reached" : message);
        }
        if (status == TOO_MANY || status >= SERVER_ERRORS) {
            return Optional.of("answers " + status);
        }
        if (status >= SUCCESSES_END) {
            throw new IOException("refuses it, status " + status);
        }
        return Optional.empty();
    }

    private HttpRequest request(String id, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(config.url())
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("User-Agent", "weir");
        long seconds = System.currentTimeMillis() / 1000;
        request.header("webhook-id", id).header("webhook-timestamp", Long.toString(seconds));
        signature.ifPresent(key -> request.header("webhook-signature", key.of(id, seconds, body)));
        return request.POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    private String body(List<Alert> alerts, long left) {
        Severity worst =
                alerts.stream().map(Alert::severity).min(Severity::compareTo).orElseThrow();
        String summary = alerts.stream().map(Alert::text).collect(Collectors.joining("\n"))
                + (left > 0 ? "\n" + left + " more alerts found no room" : "");
        String all = alerts.stream()
                .map(alert -> EventWriter.line(alert.event()))
                .collect(Collectors.joining(",", "[", "]"));
        return config.template().filled(summary, worst.text(), host, all);
    }
}
