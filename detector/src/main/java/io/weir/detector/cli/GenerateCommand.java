package io.weir.detector.cli;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.filter.address.IpAddress;
import io.weir.filter.fault.Fault;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir generate}: simulated traffic into a capture. */
@Command(
        name = "generate",
        description = {
            "Make a capture: legitimate traffic, with a flood or something rare over it.",
            "The same profile, options and seed give the same bytes.",
            "",
            "Over web, DNS and ping: peace (no flood), syn, udp, ack, icmp, dns, http, mixed.",
            "Over all that users do: users (no flood), flash-crowd, crawler, backup,",
            "speed-test, shared-address, port-scan, brute-force, and a flood of each",
            "vector, such as ntp-reflection, in a tool's headers or, with -mimicked",
            "behind its name, in those of users. A wrong name lists them all.",
            "",
            "All last 20 s, the flood from second 5 to 15, at addresses that nobody has."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class GenerateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PROFILE", description = "What to simulate.")
    private String name = "";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Capture to write: .pcap, .pcapng, either with .gz; - for standard output.")
    private String out = "";

    @Option(names = "--seed", paramLabel = "N", description = "Another seed, other packets (default: 1).")
    private long seed = 1;

    @Option(names = "--seconds", paramLabel = "S", description = "How long the traffic lasts; the flood moves along.")
    private @Nullable Double seconds;

    @Option(names = "--pps", paramLabel = "N", description = "Rate of the flood, packets (http: requests) a second.")
    private @Nullable Double packetsPerSecond;

    @Option(names = "--start", paramLabel = "S", description = "When the flood starts, in seconds.")
    private @Nullable Double startSeconds;

    @Option(names = "--flood-seconds", paramLabel = "S", description = "How long the flood lasts.")
    private @Nullable Double floodSeconds;

    @Option(
            names = "--target",
            paramLabel = "ADDRESS",
            description = "The attacked host: a private, documentation or benchmarking address; IPv6 makes all IPv6.")
    private @Nullable String target;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        LoadProfile profile = profile();
        PrintWriter err = spec.commandLine().getErr();
        err.println(Generation.write(profile, seed, out, err));
        return ExitStatus.DONE;
    }

    private LoadProfile profile() {
        LoadProfile profile = LoadProfiles.named(name)
                .orElseThrow(() -> CommandException.wrongUsage(
                        "'" + name + "' is no profile; there are " + String.join(", ", LoadProfiles.names())));
        if (profile.floods().isEmpty() && (packetsPerSecond != null || startSeconds != null || floodSeconds != null)) {
            throw CommandException.wrongUsage(
                    "profile '" + name + "' has no flood, so --pps, --start and --flood-seconds say nothing");
        }
        profile = with(profile, "--seconds", seconds, LoadProfile::withSeconds);
        profile = with(profile, "--pps", packetsPerSecond, LoadProfile::withFloodRate);
        profile = with(profile, "--start", startSeconds, LoadProfile::withFloodStart);
        profile = with(profile, "--flood-seconds", floodSeconds, LoadProfile::withFloodSeconds);
        if (target != null) {
            long[] address = new long[2];
            if (!IpAddress.parse(target, address)) {
                throw CommandException.wrongUsage("--target '" + target + "' is no IPv4 or IPv6 address");
            }
            profile = profile.withTarget(address[0], address[1]);
        }
        List<Fault> faults = new ArrayList<>(profile.faults());
        if (!faults.isEmpty()) {
            throw CommandException.wrongUsage(faults);
        }
        return profile;
    }

    private static LoadProfile with(
            LoadProfile profile,
            String option,
            @Nullable Double value,
            BiFunction<LoadProfile, Double, LoadProfile> change) {
        if (value == null) {
            return profile;
        }
        if (!Double.isFinite(value) || value < 0) {
            String text = Double.isFinite(value)
                    ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                    : value.toString();
            throw CommandException.wrongUsage(option + " '" + text + "' must be a number of at least 0");
        }
        return change.apply(profile, value);
    }
}
