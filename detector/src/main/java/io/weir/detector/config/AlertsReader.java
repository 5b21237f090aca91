package io.weir.detector.config;

import io.weir.detector.config.tree.Faults;
import io.weir.detector.config.tree.FileText;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Reads the {@code alerts} block. */
final class AlertsReader {
    private static final List<String> KEYS = List.of("every", "webhooks", "syslog", "script");
    private static final List<String> WEBHOOK_KEYS = List.of("url", "secret", "template");
    private static final String DURATION = "a duration from 1s to 1h, such as 10s";
    private static final String URL = "an address such as https://alerts.example.net/weir";
    private static final String RECEIVER =
            "/dev/log, or an address and a port such as 192.0.2.5:514 or [2001:db8::5]:514, over TCP after tcp://";
    private static final String TCP = "tcp://";

    private final Path file;

    private AlertsReader(Path file) {
        this.file = file;
    }

    static AlertsConfig read(Path file, Value value) {
        AlertsReader reader = new AlertsReader(file);
        return value.section(KEYS).map(reader::read).orElse(AlertsConfig.NONE);
    }

    private AlertsConfig read(Section section) {
        List<AlertsConfig.Webhook> webhooks = new ArrayList<>();
        section.get("webhooks").map(given -> given.items("a list such as - url: https://…")).stream()
                .flatMap(List::stream)
                .forEach(item -> webhook(item).ifPresent(webhooks::add));
        return new AlertsConfig(
                section.get("every").flatMap(AlertsReader::every).orElse(AlertsConfig.NONE.everyNanos()),
                webhooks,
                section.get("syslog").flatMap(AlertsReader::receiver),
                section.get("script").flatMap(this::script));
    }

    private static Optional<Long> every(Value value) {
        Optional<String> text = value.text(DURATION);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong nanos = DurationText.parse(text.get());
        boolean isGood = nanos.isPresent()
                && nanos.getAsLong() >= TimeUnit.SECONDS.toNanos(1)
                && nanos.getAsLong() <= TimeUnit.HOURS.toNanos(1);
        return isGood ? Optional.of(nanos.getAsLong()) : value.fault("must be " + DURATION);
    }

    /** Names aren't looked up: in a flood of DNS nobody might answer. */
    private static Optional<SyslogTarget> receiver(Value value) {
        Optional<String> text = value.text(RECEIVER);
        if (text.isPresent() && text.get().startsWith("/")) {
            return text.get().getBytes(StandardCharsets.UTF_8).length <= ApiReader.SOCKET_BYTES_MAXIMUM
                    ? Optional.of(new SyslogTarget.Local(Path.of(text.get())))
                    : value.fault("is too long for the path of a socket; write /dev/log");
        }
        boolean isTcp = text.isPresent() && text.get().startsWith(TCP);
        return ApiReader.address(value, isTcp ? TCP.length() : 0, RECEIVER)
                .map(address -> isTcp ? new SyslogTarget.Tcp(address) : new SyslogTarget.Udp(address));
    }

    private Optional<AlertsConfig.Webhook> webhook(Value value) {
        Optional<Section> section = value.section(WEBHOOK_KEYS);
        Optional<URI> url = section.flatMap(given -> given.require("url", URL)).flatMap(AlertsReader::url);
        Optional<Path> secret = section.flatMap(given -> given.get("secret")).flatMap(this::secret);
        Optional<AlertTemplate> template =
                section.flatMap(given -> given.get("template")).flatMap(this::template);
        return url.map(address -> new AlertsConfig.Webhook(address, secret, template.orElse(AlertTemplate.DEFAULT)));
    }

    private static Optional<URI> url(Value value) {
        Optional<String> text = value.text(URL);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI url = new URI(text.get());
            boolean isHttp = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
            return isHttp && url.getHost() != null && url.getUserInfo() == null
                    ? Optional.of(url)
                    : value.fault("isn't known; write " + URL + " or the same with http");
        } catch (URISyntaxException invalid) {
            return value.fault("is no address: " + invalid.getReason() + "; write " + URL);
        }
    }

    private Optional<Path> secret(Value value) {
        Optional<Path> path = FilePath.beside(file, value);
        return path.isPresent() && !Files.isReadable(path.get())
                ? value.fault("can't be read; give a file with the secret that signs each request")
                : path;
    }

    private Optional<Path> script(Value value) {
        Optional<Path> path = FilePath.beside(file, value);
        return path.isPresent() && !(Files.isRegularFile(path.get()) && Files.isExecutable(path.get()))
                ? value.fault("isn't a file that can be run; give a script, and chmod +x it")
                : path;
    }

    private Optional<AlertTemplate> template(Value value) {
        Optional<Path> path = FilePath.beside(file, value);
        if (path.isEmpty()) {
            return Optional.empty();
        }
        Faults faults = new Faults(path.get().toString());
        Optional<String> text = FileText.read(path.get(), 1, "a template", faults);
        if (text.isEmpty()) {
            return value.fault(faults.list().getFirst().problem());
        }
        AlertTemplate template = new AlertTemplate(text.get());
        Optional<String> problem = template.problem();
        return problem.isPresent() ? value.fault(problem.get()) : Optional.of(template);
    }
}
