package io.weir.detector.daemon;

import io.weir.capture.linux.Capability;
import io.weir.capture.linux.RingCounters;
import io.weir.capture.sink.PacketSink;
import io.weir.capture.source.PacketSource;
import io.weir.capture.source.Pcap4jSource;
import io.weir.detector.api.Intake;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.RunConfig.Capture;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a mode gets at packets, and what it puts into the kernel for that. Opened, it takes nothing from anybody yet; {@link
 * #begin} does. One thread, but for {@link #end}.
 */
public sealed interface LiveTraffic extends AutoCloseable
        permits ObservedTraffic, CapturedTraffic, QueuedTraffic, BridgedTraffic {
    /** So much of a packet is looked at where the kernel alone drops: headers, and what an application begins with. */
    int XDP_SNAP_BYTES = 256;

    /** More than rings hold, of packets that aren't small. */
    int MOST_WAITING = 1 << 17;

    /** Whole packets, jumbo frames too. */
    int PCAP_SNAP_BYTES = 9_216;

    /** One for each worker, the same packets in none of two. */
    List<Share> shares();

    /**
     * The packets that one worker takes; both directions of a flow come to the same.
     *
     * @param sinks where its judged batches go
     */
    record Share(PacketSource source, List<PacketSink> sinks) {}

    /** Puts the rules into the kernel: from now on packets come. */
    void begin() throws IOException;

    /** Exchanges the rules in the kernel for those of other settings of the same mode and interfaces. Any thread. */
    default void change(LiveSettings settings) throws IOException {
        // No rules, or none that settings change.
    }

    /**
     * Called twice a second: puts rules back that another program took out. Any thread.
     *
     * @return what is to be said of that
     */
    default Optional<String> heal() throws IOException {
        return Optional.empty();
    }

    /** Takes the rules out of the kernel, then ends the source. Any thread. */
    void end() throws IOException;

    /** Packets that came and weren't seen, so far. */
    long lostPackets() throws IOException;

    /** What packets wait in until they are judged. Any thread. */
    List<Intake> intakes() throws IOException;

    /** How full a ring is. */
    static Intake ring(String name, RingCounters ring) throws IOException {
        return new Intake(name, ring.waitingBlocks(), ring.blocks(), "blocks", ring.lostPackets());
    }

    /** What the thread that judges still needs once all is open. */
    Set<Capability> kept();

    @Override
    void close();

    /**
     * Opens what the mode needs.
     *
     * @throws IOException if the kernel refuses; the message says what would help
     */
    static LiveTraffic open(LiveSettings settings) throws IOException {
        RunConfig run = settings.run();
        return switch (run.mode()) {
            case OBSERVE ->
                run.observation().capture() == Capture.PCAP
                        ? new CapturedTraffic(Pcap4jSource.open(
                                run.interfaces().getFirst(),
                                PCAP_SNAP_BYTES,
                                run.observation().filter()))
                        : ObservedTraffic.open(run);
            case XDP -> ObservedTraffic.open(run);
            case QUEUE -> QueuedTraffic.open(run, settings.queueRules());
            case BRIDGE -> BridgedTraffic.open(run.interfaces());
        };
    }
}
