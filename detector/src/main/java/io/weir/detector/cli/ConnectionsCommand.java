package io.weir.detector.cli;

import io.weir.detector.report.ConnectionText;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir connections}: who is connected to whom. */
@Command(
        name = "connections",
        description = "Connections that are remembered, in no order that means anything.",
        mixinStandardHelpOptions = true)
final class ConnectionsCommand extends DaemonCommands.Asking {
    @Option(names = "--prefix", paramLabel = "PREFIX", description = "Only those with one end in it.")
    private @Nullable String prefix;

    @Option(names = "--port", paramLabel = "PORT", description = "Only those with this port at one end.")
    private @Nullable String port;

    @Option(names = "--protocol", paramLabel = "NAME", description = "tcp, udp, gre, esp, sctp, or a number.")
    private @Nullable String protocol;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "open, closing, closed, one-sided, midstream or exchange.")
    private @Nullable String state;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many (default: 100, at most 1,000).")
    private int limit = 100;

    @Option(names = "--from", paramLabel = "N", description = "Go on from where another page ended.")
    private int from;

    @Override
    public Integer call() {
        StringBuilder path = new StringBuilder("/api/v1/connections?limit=" + limit + "&from=" + from);
        add(path, "prefix", prefix);
        add(path, "port", port);
        add(path, "protocol", protocol);
        add(path, "state", state);
        return show(path.toString(), ConnectionText::list);
    }

    private static void add(StringBuilder path, String name, @Nullable String value) {
        if (value != null) {
            path.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
