package io.weir.detector.cli;

import io.weir.detector.config.DurationText;
import io.weir.detector.report.DaemonText;
import io.weir.detector.report.JsonView;
import io.weir.detector.report.TextStyle;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a person asks a running daemon, or tells it. */
final class DaemonCommands {
    private static final String FLOODS = "/api/v1/floods";

    private DaemonCommands() {}

    /** What becomes of a change that nobody confirms. */
    static String rollback(String time) {
        return "  rolled back in " + time + " unless 'weir confirm' comes before\n";
    }

    /** Asks, and prints the answer as JSON or for a person. */
    abstract static class Asking implements Callable<Integer> {
        @Mixin
        DaemonClient daemon = new DaemonClient();

        @Spec
        CommandSpec spec = CommandSpec.create();

        /** What a path answers, as a text that the answer is made into. */
        int show(String path, BiFunction<JsonView, TextStyle, String> text) {
            String answer = daemon.get(path);
            print(answer, text.apply(JsonView.of(answer), Terminal.style()));
            return ExitStatus.DONE;
        }

        void print(String json, String text) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(daemon.isJson() ? json + "\n" : text);
            out.flush();
        }
    }

    @Command(name = "status", description = "How the running daemon fares.", mixinStandardHelpOptions = true)
    static final class Status extends Asking {
        @Override
        public Integer call() {
            String status = daemon.get("/api/v1/status");
            String floods = daemon.isJson() ? "{}" : daemon.get(FLOODS + "?state=active");
            print(status, DaemonText.status(JsonView.of(status), JsonView.of(floods), Terminal.style()));
            return ExitStatus.DONE;
        }
    }

    @Command(name = "floods", description = "Floods that are on, and past ones.", mixinStandardHelpOptions = true)
    static final class Floods extends Asking {
        @Option(names = "--active", description = "Only those that are on.")
        private boolean active;

        @Override
        public Integer call() {
            return show(FLOODS + (active ? "?state=active" : ""), DaemonText::floods);
        }
    }

    @Command(name = "rules", description = "Rules in use and how often each decided.", mixinStandardHelpOptions = true)
    static final class Rules extends Asking {
        @Override
        public Integer call() {
            return show("/api/v1/rules", DaemonText::rules);
        }
    }

    @Command(
            name = "thresholds",
            description = "Thresholds by protected prefix.",
            subcommands = ThresholdsCommand.class,
            mixinStandardHelpOptions = true)
    static final class Thresholds extends Asking {
        @Override
        public Integer call() {
            return show("/api/v1/thresholds", DaemonText::thresholds);
        }
    }

    @Command(
            name = "top",
            description = "Rates, floods, sources and rules, renewed every second; Ctrl-C ends it.",
            mixinStandardHelpOptions = true)
    static final class Top extends Asking {
        private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";
        private static final long SECOND_MILLIS = 1_000;

        @Option(names = "--count", paramLabel = "N", description = "End after so many; 1 where this is no terminal.")
        private int count;

        @Override
        public Integer call() throws InterruptedException {
            boolean isTerminal = Boolean.getBoolean("weir.terminal.output");
            int rounds = count > 0 ? count : isTerminal ? Integer.MAX_VALUE : 1;
            for (int round = 0; round < rounds; round++) {
                if (round > 0) {
                    Thread.sleep(SECOND_MILLIS);
                }
                String status = daemon.get("/api/v1/status");
                JsonView floods = JsonView.of(daemon.get(FLOODS + "?state=active"));
                JsonView rules = JsonView.of(daemon.get("/api/v1/rules"));
                String screen = DaemonText.top(JsonView.of(status), floods, rules, Terminal.style());
                print(status, (isTerminal ? HOME_AND_CLEAR : "") + screen);
            }
            return ExitStatus.DONE;
        }
    }

    @Command(
            name = "observe",
            description = "on: stop dropping and count what would have been dropped; off: drop again.",
            mixinStandardHelpOptions = true)
    static final class Observe extends Asking {
        private enum Choice {
            ON,
            OFF
        }

        @Parameters(paramLabel = "on|off")
        private Choice choice = Choice.ON;

        @Override
        public Integer call() {
            boolean isOn = choice == Choice.ON;
            String status = daemon.ask("PUT", "/api/v1/observe", "{\"observe\":" + isOn + "}");
            print(status, isOn ? "Observing: nothing is dropped until 'weir observe off'.\n" : "Dropping again.\n");
            return ExitStatus.DONE;
        }
    }

    @Command(
            name = "reload",
            description =
                    "Have the daemon read its configuration again; whatever is wrong with it, the old one then holds.",
            mixinStandardHelpOptions = true)
    static final class Reload extends Asking {
        @Option(names = "--dry-run", description = "Only say what is wrong, or what would change.")
        private boolean dryRun;

        @Option(names = "--force", description = "Even if it would cut off whoever is logged in.")
        private boolean force;

        @Option(
                names = "--confirm",
                paramLabel = "TIME",
                description = "Roll back after so long (60s, 5m) unless 'weir confirm' comes before.")
        private @Nullable String confirm;

        @Override
        public Integer call() {
            if (confirm != null && DurationText.parse(confirm).isEmpty()) {
                throw CommandException.wrongUsage("--confirm '" + confirm + "' is no duration; write 60s or 5m");
            }
            String body = "{\"force\":" + force + (confirm == null ? "" : ",\"confirm\":\"" + confirm + "\"") + "}";
            String said = daemon.ask("POST", "/api/v1/reload" + (dryRun ? "?dry_run=true" : ""), body);
            StringBuilder text = new StringBuilder(dryRun ? "Valid; nothing was done.\n" : "Read again.\n");
            JsonView.of(said)
                    .list("said")
                    .forEach(line -> text.append("  ").append(line.text()).append('\n'));
            if (confirm != null && !dryRun) {
                text.append(rollback(confirm));
            }
            print(said, text.toString());
            return ExitStatus.DONE;
        }
    }

    @Command(
            name = "confirm",
            description = "Keep a configuration that would be rolled back.",
            mixinStandardHelpOptions = true)
    static final class Confirm extends Asking {
        @Override
        public Integer call() {
            print(daemon.ask("POST", "/api/v1/confirm", null), "Confirmed.\n");
            return ExitStatus.DONE;
        }
    }

    @Command(
            name = "config",
            description = "The configuration as it holds.",
            subcommands = Config.Show.class,
            mixinStandardHelpOptions = true)
    static final class Config implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            spec.commandLine().usage(spec.commandLine().getErr());
            return ExitStatus.WRONG_USAGE;
        }

        @Command(
                name = "show",
                description = "Each value and where it comes from: file and line, command line, or built in and why.",
                mixinStandardHelpOptions = true)
        static final class Show extends Asking {
            @Override
            public Integer call() {
                return show("/api/v1/config", DaemonText::config);
            }
        }
    }
}
