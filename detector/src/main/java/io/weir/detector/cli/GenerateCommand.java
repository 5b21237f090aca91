package io.weir.detector.cli;

import io.weir.capture.load.Flood.Pulse;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.filter.address.IpAddress;
import io.weir.filter.fault.Fault;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir generate}: simulated traffic into a capture, or onto an interface. */
@Command(
        name = "generate",
        description = {
            "Make traffic: legitimate, with a flood or something rare over it.",
            "Into a capture (--out), or onto an interface (--interface; needs root). --list",
            "tells what profiles there are. The same options and seed give the same packets.",
            "",
            "A capture lasts 20 s, the flood from second 5 to 15. On an interface a flood",
            "goes alone, for 10 s, without what the target would answer. Only addresses",
            "that nobody has are sent to."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class GenerateCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "PROFILE", description = "What to simulate.")
    private @Nullable String name;

    @Option(names = "--list", description = "Tell the profiles there are.")
    private boolean list;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Capture to write: .pcap, .pcapng, either with .gz; - for standard output.")
    private @Nullable String out;

    @Option(names = "--seed", paramLabel = "N", description = "Another seed, other packets (default: 1).")
    private long seed = 1;

    @Option(names = "--seconds", paramLabel = "S", description = "How long the traffic lasts; the flood moves along.")
    private @Nullable Double seconds;

    @Option(names = "--packets", paramLabel = "N", description = "Packets at the most.")
    private long packets = Long.MAX_VALUE;

    @Option(
            names = "--pps",
            paramLabel = "N",
            converter = PacketRate.class,
            description = "Rate of the flood, packets (http: requests) a second: 20000, 200k, 1M, or max.")
    private @Nullable Double packetsPerSecond;

    @Option(names = "--ramp", paramLabel = "S", description = "The flood grows evenly to its rate in so many seconds.")
    private @Nullable Double rampSeconds;

    @Option(
            names = "--pulse",
            paramLabel = "ON/OFF",
            description = "The flood comes in waves of so many seconds, with such pauses.")
    private @Nullable String waves;

    @Option(names = "--start", paramLabel = "S", description = "When the flood starts, in seconds.")
    private @Nullable Double startSeconds;

    @Option(names = "--flood-seconds", paramLabel = "S", description = "How long the flood lasts.")
    private @Nullable Double floodSeconds;

    @Option(
            names = "--target",
            paramLabel = "ADDRESS",
            description = "The attacked host: a private, documentation or benchmarking address; IPv6 makes all IPv6.")
    private @Nullable String target;

    @ArgGroup(exclusive = false, heading = "%nOnto an interface:%n")
    private LiveOptions live = new LiveOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter shown = spec.commandLine().getOut();
        if (list) {
            shown.print(ProfileList.text());
            shown.flush();
            return ExitStatus.DONE;
        }
        checkUsage();
        if (live.interfaceName == null) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(Generation.write(profile(), seed, packets, String.valueOf(out), err));
            return ExitStatus.DONE;
        }
        try {
            SentTraffic sent = live.send(profile(), seed, packets, packetsPerSecond);
            shown.print(live.json ? sent.json() : sent.text());
            shown.flush();
        } catch (IOException failure) {
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        }
        return ExitStatus.DONE;
    }

    private void checkUsage() {
        if ((out == null) == (live.interfaceName == null)) {
            throw CommandException.wrongUsage("say where the traffic goes: --out FILE or --interface NAME");
        }
        if (live.from != null && (name != null || live.interfaceName == null)) {
            throw CommandException.wrongUsage("--from is for --interface, in place of a profile");
        }
        if (name == null && live.from == null) {
            throw CommandException.wrongUsage(
                    "say what to simulate: a profile; 'weir generate --list' tells what there is");
        }
        if (packets < 1) {
            throw CommandException.wrongUsage("--packets '" + packets + "' must be at least 1");
        }
    }

    private LoadProfile profile() {
        // Of a capture the profile gives what is common: addresses, length and how the rate changes.
        String known = name == null ? "syn" : name;
        LoadProfile profile = LoadProfiles.named(known).orElseThrow(() -> ProfileList.unknown(known));
        boolean isOfFlood = packetsPerSecond != null
                || startSeconds != null
                || floodSeconds != null
                || rampSeconds != null
                || waves != null;
        if (profile.floods().isEmpty() && isOfFlood) {
            throw CommandException.wrongUsage("profile '" + name
                    + "' has no flood, so --pps, --ramp, --pulse, --start and --flood-seconds say nothing");
        }
        profile = with(profile, "--seconds", seconds, LoadProfile::withSeconds);
        if (live.interfaceName != null && !profile.floods().isEmpty()) {
            profile = live.alone(seconds == null ? profile.withSeconds(LiveOptions.SECONDS) : profile);
        }
        profile = with(profile, "--pps", packetsPerSecond, LoadProfile::withFloodRate);
        profile = with(profile, "--start", startSeconds, LoadProfile::withFloodStart);
        profile = with(profile, "--flood-seconds", floodSeconds, LoadProfile::withFloodSeconds);
        if (rampSeconds != null || waves != null) {
            profile = profile.withPulse(pulse());
        }
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

    private Pulse pulse() {
        double[] wave = {0, 0};
        if (waves != null) {
            String[] parts = waves.split("/", -1);
            try {
                wave[0] = Double.parseDouble(parts[0]);
                wave[1] = Double.parseDouble(parts[1]);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                wave[0] = 0;
            }
            if (parts.length != 2 || !(wave[0] > 0) || !(wave[1] >= 0)) {
                throw CommandException.wrongUsage("--pulse '" + waves + "' must be seconds on and off, such as 2/3");
            }
        }
        return new Pulse(nanos(wave[0]), nanos(wave[1]), nanos(rampSeconds == null ? 0 : rampSeconds));
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
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
