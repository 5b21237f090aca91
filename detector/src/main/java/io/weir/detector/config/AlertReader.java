package io.weir.detector.config;

import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the {@code alerts} block. */
final class AlertReader {
    private static final List<String> KEYS = List.of("webhook", "syslog", "script");
    private static final List<String> WEBHOOK_KEYS = List.of("url", "secret", "template");

    private AlertReader() {}

    static AlertConfig read(Path file, Value value) {
        Optional<Section> section = value.section(KEYS);
        if (section.isEmpty()) {
            return AlertConfig.NONE;
        }
        Optional<InetSocketAddress> syslog = section.get().get("syslog").flatMap(ApiReader::address);
        return new AlertConfig(
                section.get().get("webhook").flatMap(given -> webhook(file, given)),
                syslog,
                section.get().get("script").flatMap(given -> script(file, given)));
    }

    private static Optional<AlertConfig.Webhook> webhook(Path file, Value value) {
        Optional<Section> section = value.section(WEBHOOK_KEYS);
        return section.flatMap(given -> given.require("url", "where to post, such as https://alerts.example/weir"))
                .flatMap(AlertReader::url)
                .map(url -> new AlertConfig.Webhook(
                        url,
                        section.get().get("secret").flatMap(given -> readable(file, given)),
                        section.get().get("template").flatMap(given -> readable(file, given))));
    }

    private static Optional<URI> url(Value value) {
        Optional<String> text = value.text("an address such as https://alerts.example/weir");
        try {
            URI url = new URI(text.orElse(""));
            boolean isUsable =
                    ("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null;
            if (text.isEmpty() || isUsable) {
                return text.map(given -> url);
            }
        } catch (URISyntaxException wrong) {
            // Said below.
        }
        return value.fault("is no address; write one such as https://alerts.example/weir");
    }

    private static Optional<Path> readable(Path file, Value value) {
        Optional<Path> path = FilePath.beside(file, value);
        if (path.isPresent() && !Files.isReadable(path.get())) {
            return value.fault("can't be read; it must be a file");
        }
        return path;
    }

    private static Optional<Path> script(Path file, Value value) {
        Optional<Path> path = FilePath.beside(file, value);
        if (path.isPresent() && !Files.isExecutable(path.get())) {
            return value.fault("can't be run; it must be a program: chmod +x makes it one");
        }
        return path;
    }
}
