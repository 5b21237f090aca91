package io.weir.detector.cli;

import io.weir.capture.load.FrameStream;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.PacedSender.Limits;
import io.weir.capture.load.RecordedFrames;
import io.weir.capture.load.RecordedFrames.Recording;
import io.weir.capture.load.SimulatedFrames;
import io.weir.filter.address.IpAddress;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code weir generate} asks where the traffic goes onto an interface. */
final class LiveOptions {
    /** How long a flood lasts unless told. */
    static final double SECONDS = 10;

    private static final long LONGEST_NANOS = 3_600_000_000_000L;
    private static final int MOST_THREADS = 64;

    @Option(names = "--interface", paramLabel = "NAME", description = "Interface to send on.")
    @Nullable
    String interfaceName;

    @Option(
            names = "--from",
            paramLabel = "CAPTURE",
            description = "Send the packets of a capture toward its busiest address instead of a profile: with other "
                    + "addresses, and its own timing unless --pps gives another.")
    @Nullable
    String from;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that share the rate (default: 1).")
    private int threads = 1;

    @Option(names = "--users", description = "Send the users' side of a flood's profile as well.")
    private boolean users;

    @Option(
            names = "--mac",
            paramLabel = "ADDRESS",
            description = "Hardware address to send to (default: asked for by ARP).")
    private @Nullable String mac;

    @Option(
            names = "--via",
            paramLabel = "HOW",
            description = "socket, xdp (twice as fast, where the interface takes it), or auto (default).")
    private LiveGeneration.Via via = LiveGeneration.Via.AUTO;

    @Option(names = "--json", description = "Tell what was sent as one JSON object.")
    boolean json;

    /** A flood from its first second on, without what else goes on. */
    LoadProfile alone(LoadProfile profile) {
        LoadProfile longer = profile.withFloodStart(0).withFloodSeconds(profile.durationNanos() / 1e9);
        return users ? longer : longer.withoutUsers();
    }

    SentTraffic send(LoadProfile profile, long seed, long packets, @Nullable Double packetsPerSecond)
            throws IOException {
        String name = String.valueOf(interfaceName);
        if (threads < 1 || threads > MOST_THREADS) {
            throw CommandException.wrongUsage("--threads '" + threads + "' must be 1 to " + MOST_THREADS);
        }
        if (profile.durationNanos() > LONGEST_NANOS) {
            throw CommandException.wrongUsage("--seconds: nothing is sent for longer than an hour");
        }
        double steady = profile.floods().stream()
                .filter(flood -> flood.pulse().onNanos() == 0 && flood.pulse().rampNanos() == 0)
                .mapToDouble(flood -> flood.packetsPerSecond())
                .sum();
        double asked = from != null ? packetsPerSecond == null ? 0 : packetsPerSecond : users ? 0 : steady;
        LiveGeneration.Order order = new LiveGeneration.Order(
                name,
                via,
                threads,
                NextHop.own(name),
                nextHop(name, profile),
                new Limits(packets, profile.durationNanos()),
                asked);
        if (from == null) {
            return LiveGeneration.send(order, thread -> stream(profile, seed, thread));
        }
        Recording recording = Recording.of(from, profile.addresses().isIpv4());
        return LiveGeneration.send(
                order,
                thread -> new RecordedFrames(
                        recording,
                        profile.addresses(),
                        asked,
                        profile.floods().getFirst().pulse(),
                        seed,
                        new RecordedFrames.Share(thread, threads)));
    }

    private FrameStream stream(LoadProfile profile, long seed, int thread) {
        if (threads == 1) {
            return new SimulatedFrames(profile, seed);
        }
        // Users don't come in parts: the first thread sends them.
        LoadProfile part = thread == 0 ? profile : profile.withoutUsers();
        double total = profile.floods().stream()
                .mapToDouble(flood -> flood.packetsPerSecond())
                .sum();
        return new SimulatedFrames(total == 0 ? part : part.withFloodRate(total / threads), seed + thread);
    }

    private long nextHop(String name, LoadProfile profile) throws IOException {
        if (mac != null) {
            return NextHop.parse(mac)
                    .orElseThrow(() -> CommandException.wrongUsage(
                            "--mac '" + mac + "' is no hardware address, such as 02:00:00:00:00:01"));
        }
        if (NextHop.own(name) == 0) {
            return 0; // Loopback: nobody looks at it.
        }
        long low = profile.addresses().targetLow();
        String address = IpAddress.format(profile.addresses().targetHigh(), low);
        Optional<Long> found = profile.addresses().isIpv4() ? NextHop.find(name, low) : Optional.empty();
        return found.orElseThrow(() -> CommandException.failed("nobody answers for " + address + " on " + name
                + "; give --mac, the hardware address to send to ('ip neigh' shows them)"));
    }
}
