package io.weir.detector.daemon;

import io.weir.capture.linux.BridgeRules;
import io.weir.capture.linux.Capability;
import io.weir.capture.linux.QueueRules;
import io.weir.capture.linux.QueueSettings;
import io.weir.capture.linux.RingSettings;
import io.weir.capture.sink.PacketSink;
import io.weir.capture.source.AfPacketSource;
import io.weir.capture.source.BridgeSource;
import io.weir.capture.source.NfQueueSource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.RunConfig.Overload;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * How a mode gets at packets, and what it puts into the kernel for that. Opened, it takes nothing from anybody yet; {@link
 * #begin} does. One thread, but for {@link #end}.
 */
public sealed interface LiveTraffic extends AutoCloseable {
    /** So much of a packet is looked at where the kernel alone drops: headers, and what an application begins with. */
    int XDP_SNAP_BYTES = 256;

    PacketSource source();

    /** Where judged batches go. */
    List<PacketSink> sinks();

    /** Puts the rules into the kernel: from now on packets come. */
    void begin() throws IOException;

    /** Exchanges the rules in the kernel for those of other settings of the same mode and interfaces. Any thread. */
    default void change(LiveSettings settings) throws IOException {
        // No rules, or none that settings change.
    }

    /** Takes the rules out of the kernel, then ends the source. Any thread. */
    void end() throws IOException;

    /** Packets that came and weren't seen, so far. */
    long lostPackets() throws IOException;

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
                new Observed(
                        AfPacketSource.open(
                                run.interfaces().stream().map(RingSettings::of).toList()),
                        run.interfaces().size());
            case QUEUE ->
                new Queued(
                        NfQueueSource.open(QueueSettings.of(0, run.interfaces())
                                .withOverloadOpen(run.overload() == Overload.OPEN)),
                        settings.queueRules());
            case BRIDGE ->
                new Bridged(
                        BridgeSource.open(
                                run.interfaces().getFirst(), run.interfaces().getLast()),
                        new BridgeRules(run.interfaces()));
            case XDP ->
                new Observed(
                        AfPacketSource.open(run.interfaces().stream()
                                .map(name -> RingSettings.of(name).withSnapLength(XDP_SNAP_BYTES))
                                .toList()),
                        run.interfaces().size());
        };
    }

    /** Watches copies. */
    record Observed(AfPacketSource source, int interfaces) implements LiveTraffic {
        @Override
        public List<PacketSink> sinks() {
            return List.of();
        }

        @Override
        public void begin() {}

        @Override
        public void end() {
            source.interrupt();
        }

        @Override
        public long lostPackets() throws IOException {
            long sum = 0;
            for (int i = 0; i < interfaces; i++) {
                sum += source.counters(i).lostPackets();
            }
            return sum;
        }

        @Override
        public Set<Capability> kept() {
            return Set.of();
        }

        @Override
        public void close() {
            source.close();
        }
    }

    /** Has packets wait for a verdict. */
    record Queued(NfQueueSource source, QueueRules rules) implements LiveTraffic {
        @Override
        public List<PacketSink> sinks() {
            return List.of(source.verdicts());
        }

        @Override
        public void begin() throws IOException {
            rules.install();
        }

        @Override
        public void change(LiveSettings settings) throws IOException {
            settings.queueRules().install();
        }

        @Override
        public void end() throws IOException {
            try {
                QueueRules.remove();
            } finally {
                source.interrupt();
            }
        }

        @Override
        public long lostPackets() {
            return source.counters().refusedPackets() + source.counters().skippedPackets();
        }

        @Override
        public Set<Capability> kept() {
            return Set.of(Capability.CAP_NET_ADMIN);
        }

        @Override
        public void close() {
            source.close();
        }
    }

    /** Is the cable between two interfaces. */
    record Bridged(BridgeSource source, BridgeRules rules) implements LiveTraffic {
        @Override
        public List<PacketSink> sinks() {
            return List.of(source.otherSide());
        }

        @Override
        public void begin() throws IOException {
            rules.install();
        }

        @Override
        public void end() throws IOException {
            source.interrupt();
            BridgeRules.remove();
        }

        @Override
        public long lostPackets() throws IOException {
            return source.lostPackets() + source.unsentPackets();
        }

        @Override
        public Set<Capability> kept() {
            return Set.of(Capability.CAP_NET_ADMIN);
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
