package io.weir.detector.cli;

import io.weir.detector.config.ConfigResult;
import io.weir.detector.daemon.DaemonException;
import io.weir.detector.daemon.LiveSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir train}: does once what a start does, so that the JVM can keep its classes (scripts/weir makes the AOT cache). */
@Command(name = "train", hidden = true, description = "Do what a start does, for the cache of classes.")
final class TrainCommand implements Callable<Integer> {
    private static final String GROUP = """
            type: basic
            rules: [{ direction: ingress, policy: accept, protocol: tcp, ports: 80/80, source: any }]
            """;

    private static final long DAEMON_MILLIS = 5_000;

    @Option(
            names = "--daemon",
            description =
                    "Run the daemon, too, on lo: in a network namespace of its own, where nobody else's packets are.")
    private boolean daemon;

    @Override
    public Integer call() {
        try {
            Path folder = Files.createTempDirectory("weir-train");
            String capture = folder.resolve("train.pcap").toString();
            String events = folder.resolve("events.jsonl").toString();
            Path config = folder.resolve("weir.yaml");
            Files.writeString(config, config(folder.resolve("weir.sock")));
            Path group = folder.resolve("web.yaml");
            Files.writeString(group, GROUP);
            try {
                run("--version");
                run("generate", "mixed", "--seconds", "2", "--out", capture);
                run("replay", "--events", events, capture);
                run("replay", "--json", capture);
                run("run", "--plan", "--config", config.toString());
                if (daemon) {
                    runDaemon(config, folder.resolve("weir.sock"));
                }
            } finally {
                delete(folder);
            }
        } catch (IOException failure) {
            throw CommandException.failed("training needs room for a small capture: " + failure.getMessage());
        }
        return ExitStatus.DONE;
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException left) {
            // What was learned is worth more than a file left behind.
        }
    }

    /** Something of each kind that a daemon is told. */
    private static String config(Path socket) {
        return """
                protect: [{ prefix: 127.0.0.0/8, thresholds: { udp: { pps: 20k } }, groups: [web.yaml] }]
                management: [192.0.2.0/28]
                run: { mode: queue, interfaces: [lo] }
                api: { socket: %s }
                """.formatted(socket);
    }

    /** On a thread of its own, which gives up capabilities. Where it can't start, it is left out. */
    private static void runDaemon(Path config, Path socket) {
        Supplier<ConfigResult> source = Settings.source(config, List.of(), List.of());
        try (LiveRun run = new LiveRun(
                WarmUp.start(),
                LiveSettings.of(Settings.loaded(source)),
                source,
                null,
                List.of(),
                new PrintWriter(Writer.nullWriter()))) {
            Thread thread = Thread.ofPlatform()
                    .daemon()
                    .uncaughtExceptionHandler((_, _) -> {})
                    .start(run::run);
            run.awaitBegun(DAEMON_MILLIS);
            run("status", "--json", "--socket", socket.toString());
            run.stop();
            thread.join(DAEMON_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException | DaemonException refused) {
            // Left out.
        }
    }

    private static void run(String... arguments) {
        Main.execute(new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()), arguments);
    }
}
