package io.weir.detector.cli;

import io.weir.detector.report.DaemonText;
import io.weir.detector.report.JsonView;
import io.weir.filter.address.IpPrefix;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who is banned. */
final class BanCommands {
    private static final String BANS = "/api/v1/bans";
    private static final String SSH_CONNECTION = "SSH_CONNECTION=";

    private BanCommands() {}

    @Command(
            name = "ban",
            description = "Drop whatever these sources send. A ban that is there is replaced.",
            mixinStandardHelpOptions = true)
    static final class Ban extends DaemonCommands.Asking {
        @Parameters(paramLabel = "PREFIX", arity = "1..*", description = "203.0.113.9, 203.0.113.0/24, 2001:db8::/32…")
        private List<String> prefixes = new ArrayList<>();

        @Option(names = "--for", paramLabel = "TIME", description = "90s, 10m, 1h, 7d; for ever where not given.")
        private @Nullable String length;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why; for whoever reads the list.")
        private String reason = "";

        @Option(
                names = "--force",
                description =
                        "Even networks that somebody is connected to port 22 from, and the address of this SSH session.")
        private boolean force;

        @Override
        public Integer call() {
            if (!force) {
                peer().filter(peer -> prefixes.stream()
                                .map(IpPrefix::parse)
                                .anyMatch(new IpPrefix.Parsed.Valid(peer)::equals))
                        .ifPresent(peer -> {
                            throw CommandException.failed(
                                    peer + " is where this SSH session comes from; ban others, or give --force");
                        });
            }
            List<String> bans = prefixes.stream()
                    .map(prefix -> "{\"prefix\":" + quoted(prefix)
                            + (length == null ? "" : ",\"for\":" + quoted(length))
                            + ",\"reason\":" + quoted(reason) + "}")
                    .toList();
            String answer = daemon.ask(
                    "POST", BANS + (force ? "?force=true" : ""), "{\"bans\":[" + String.join(",", bans) + "]}");
            print(answer, DaemonText.bans(JsonView.of(answer), Terminal.style()));
            return ExitStatus.DONE;
        }
    }

    /** Where whoever asks is logged in from (ssh(1)). Sudo takes that from what it starts, not from what started it. */
    private static Optional<IpPrefix> peer() {
        for (Optional<ProcessHandle> one = Optional.of(ProcessHandle.current());
                one.isPresent();
                one = one.get().parent()) {
            Path environment = Path.of("/proc", Long.toString(one.get().pid()), "environ");
            try {
                for (String variable : Files.readString(environment, StandardCharsets.ISO_8859_1)
                        .split("\0")) {
                    if (variable.startsWith(SSH_CONNECTION)
                            && IpPrefix.parse(variable.substring(SSH_CONNECTION.length())
                                            .split(" ")[0])
                                    instanceof IpPrefix.Parsed.Valid valid) {
                        return Optional.of(valid.prefix());
                    }
                }
            } catch (IOException another) {
                // Of another user's.
            }
        }
        return Optional.empty();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '"' || letter == '\\') {
                quoted.append('\\').append(letter);
            } else if (letter < ' ') {
                quoted.append(String.format("\\u%04x", (int) letter));
            } else {
                quoted.append(letter);
            }
        }
        return quoted.append('"').toString();
    }

    @Command(name = "unban", description = "Lift the ban of a prefix.", mixinStandardHelpOptions = true)
    static final class Unban extends DaemonCommands.Asking {
        @Parameters(paramLabel = "PREFIX", description = "As it was banned; 'weir bans' lists all.")
        private String prefix = "";

        @Override
        public Integer call() {
            String answer =
                    daemon.ask("DELETE", BANS + "?prefix=" + URLEncoder.encode(prefix, StandardCharsets.UTF_8), null);
            print(answer, prefix + " is no longer banned.\n");
            return ExitStatus.DONE;
        }
    }

    @Command(name = "bans", description = "Who is banned, and until when.", mixinStandardHelpOptions = true)
    static final class Bans extends DaemonCommands.Asking {
        @Override
        public Integer call() {
            return show(BANS, DaemonText::bans);
        }
    }
}
