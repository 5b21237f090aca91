package io.weir.detector.alert;

import io.weir.detector.config.AlertConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Posts alerts as JSON: an object with the list {@code events}, or what a template says for each. */
final class Webhook implements Channel.Teller {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int ERRORS = 300;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final URI url;
    private final byte @Nullable [] secret;
    private final @Nullable String template;

    private Webhook(URI url, byte @Nullable [] secret, @Nullable String template) {
        this.url = url;
        this.secret = secret;
        this.template = template;
    }

    static Webhook of(AlertConfig.Webhook config) throws IOException {
        return new Webhook(
                config.url(),
                config.secret().isPresent()
                        ? Files.readString(config.secret().get()).strip().getBytes(StandardCharsets.UTF_8)
                        : null,
                config.template().isPresent()
                        ? Files.readString(config.template().get())
                        : null);
    }

    @Override
    public void tell(List<Alert> alerts) throws IOException, InterruptedException {
        if (template == null) {
            post(alerts.stream().map(Alert::json).collect(Collectors.joining(",", "{\"events\":[", "]}")));
            return;
        }
        for (Alert alert : alerts) {
            post(template.replace("${event}", alert.json()).replace("${text}", escaped(alert.text())));
        }
    }

    /** As it may stand inside a JSON string. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private void post(String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (secret != null) {
            request.header("X-Weir-Signature", "sha256=" + signature(secret, body));
        }
        int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
        if (status >= ERRORS) {
            throw new IOException(url + " answered " + status);
        }
    }

    static String signature(byte[] secret, String body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
