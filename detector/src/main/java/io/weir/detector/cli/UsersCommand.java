package io.weir.detector.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scripts/loadtest}'s users: what of their requests is served, and how late. */
@Command(
        name = "load-users",
        hidden = true,
        description = "Ask a web and a DNS server at a fixed rate, whatever they answer; prints one JSON line.",
        mixinStandardHelpOptions = true)
final class UsersCommand implements Callable<Integer> {
    private static final int HTTP_PORT = 80;
    private static final int DNS_PORT = 53;
    private static final long HTTP_TIMEOUT_NANOS = 2_000_000_000L;
    private static final long DNS_TIMEOUT_NANOS = 1_000_000_000L;

    @Option(names = "--target", required = true, paramLabel = "ADDRESS", description = "The server.")
    private InetAddress target = InetAddress.getLoopbackAddress();

    @Option(
            names = "--sources",
            required = true,
            split = ",",
            paramLabel = "ADDRESS",
            description = "Own addresses to ask from in turn, parted by commas.")
    private List<InetAddress> sources = new ArrayList<>();

    @Option(names = "--http", paramLabel = "N", description = "Requests a second, a connection each (default: 200).")
    private int httpPerSecond = 200;

    @Option(names = "--dns", paramLabel = "N", description = "Questions a second (default: 100).")
    private int dnsPerSecond = 100;

    @Option(names = "--seconds", paramLabel = "S", description = "For how long (default: 10).")
    private double seconds = 10;

    @Option(names = "--from", paramLabel = "S", description = "Count only what is asked from this second on.")
    private double fromSeconds;

    @Option(
            names = "--hgrm",
            paramLabel = "FILE",
            description = "Write the latencies of HTTP as HdrHistogram prints them.")
    private @Nullable Path hgrm;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try (OpenLoop users = new OpenLoop(Math.round(seconds * 1e9), Math.round(fromSeconds * 1e9))) {
            OpenLoop.Tally http =
                    users.add(httpPerSecond, HTTP_TIMEOUT_NANOS, new WebRequests(users, target, HTTP_PORT, sources));
            OpenLoop.Tally dns =
                    users.add(dnsPerSecond, DNS_TIMEOUT_NANOS, new DnsQuestions(users, target, DNS_PORT, sources));
            users.run();
            spec.commandLine().getOut().println("{\"http\":" + json(http) + ",\"dns\":" + json(dns) + "}");
            spec.commandLine().getOut().flush();
            if (hgrm != null) {
                try (PrintStream out = new PrintStream(hgrm.toFile(), StandardCharsets.UTF_8)) {
                    http.latency().outputPercentileDistribution(out, 1e6);
                }
            }
        } catch (IOException failure) {
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        }
        return ExitStatus.DONE;
    }

    private static String json(OpenLoop.Tally tally) {
        Histogram latency = tally.latency();
        return String.format(
                Locale.ROOT,
                "{\"asked\":%d,\"served\":%d,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}",
                tally.asked(),
                latency.getTotalCount(),
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6,
                latency.getMaxValue() / 1e6);
    }
}
