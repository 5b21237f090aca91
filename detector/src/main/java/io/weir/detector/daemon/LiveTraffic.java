package io.weir.detector.daemon;

import io.weir.capture.linux.BridgeRules;
import io.weir.capture.linux.Capability;
import io.weir.capture.linux.LinkDevice;
import io.weir.capture.linux.NfShield;
import io.weir.capture.linux.QueueCounters;
import io.weir.capture.linux.QueueRules;
import io.weir.capture.linux.QueueSettings;
import io.weir.capture.linux.RingCounters;
import io.weir.capture.linux.RingGroup;
import io.weir.capture.linux.RingSettings;
import io.weir.capture.pcap.PacketFilter;
import io.weir.capture.sink.KernelVerdictSink;
import io.weir.capture.sink.PacketSink;
import io.weir.capture.source.AfPacketSource;
import io.weir.capture.source.BridgeSource;
import io.weir.capture.source.NfQueueSource;
import io.weir.capture.source.PacketSource;
import io.weir.capture.source.Pcap4jSource;
import io.weir.detector.api.Intake;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.RunConfig.Capture;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.detector.config.RunConfig.Overload;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * How a mode gets at packets, and what it puts into the kernel for that. Opened, it takes nothing from anybody yet; {@link
 * #begin} does. One thread, but for {@link #end}.
 */
public sealed interface LiveTraffic extends AutoCloseable {
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

    /** Takes the rules out of the kernel, then ends the source. Any thread. */
    void end() throws IOException;

    /** Packets that came and weren't seen, so far. */
    long lostPackets() throws IOException;

    /** What packets wait in until they are judged. Any thread. */
    List<Intake> intakes() throws IOException;

    private static Intake ring(String name, RingCounters ring) throws IOException {
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
                        ? new Captured(Pcap4jSource.open(
                                run.interfaces().getFirst(),
                                PCAP_SNAP_BYTES,
                                run.observation().filter()))
                        : Observed.open(run);
            case XDP -> Observed.open(run);
            case QUEUE -> Queued.open(run, settings.queueRules());
            case BRIDGE ->
                new Bridged(
                        BridgeSource.open(
                                run.interfaces().getFirst(), run.interfaces().getLast()),
                        new BridgeRules(run.interfaces()));
        };
    }

    /** Watches copies. */
    record Observed(List<AfPacketSource> sources, List<String> interfaces) implements LiveTraffic {
        static Observed open(RunConfig run) throws IOException {
            List<RingSettings> rings = new ArrayList<>();
            for (String name : run.interfaces()) {
                rings.add(ring(run, name));
            }
            List<AfPacketSource> sources = new ArrayList<>();
            try {
                for (int worker = 0; worker < run.workers(); worker++) {
                    sources.add(AfPacketSource.open(rings));
                }
                for (int i = 0; i < rings.size() && run.workers() > 1; i++) {
                    share(sources, i);
                }
            } catch (IOException refused) {
                sources.forEach(AfPacketSource::close);
                throw refused;
            }
            return new Observed(sources, run.interfaces());
        }

        private static RingSettings ring(RunConfig run, String name) throws IOException {
            RingSettings whole = RingSettings.of(name);
            String filter = run.observation().filter();
            if (!filter.isEmpty()) {
                int linkType = LinkDevice.of(name).isEthernet() ? LinkType.ETHERNET : LinkType.RAW;
                return whole.withFilter(PacketFilter.of("run.filter", filter).inKernel(linkType));
            }
            return run.mode() == Mode.XDP ? whole.withSnapLength(XDP_SNAP_BYTES) : whole;
        }

        private static void share(List<AfPacketSource> sources, int index) throws IOException {
            int group = RingGroup.NEW_GROUP;
            for (AfPacketSource source : sources) {
                group = source.share(index, group);
            }
        }

        @Override
        public List<Share> shares() {
            return sources.stream().map(source -> new Share(source, List.of())).toList();
        }

        /** What waited while Weir started would be judged late. */
        @Override
        public void begin() throws IOException {
            PacketBatch batch = new PacketBatch();
            long untilNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
            for (AfPacketSource source : sources) {
                int count = source.fill(batch);
                for (int dropped = 0; count > 0 && dropped < MOST_WAITING; dropped += count) {
                    count = batch.timestampNanos[0] < untilNanos ? source.fill(batch) : 0;
                }
            }
        }

        @Override
        public void end() {
            sources.forEach(AfPacketSource::interrupt);
        }

        @Override
        public long lostPackets() throws IOException {
            long sum = 0;
            for (AfPacketSource source : sources) {
                for (int i = 0; i < interfaces.size(); i++) {
                    sum += source.counters(i).lostPackets();
                }
            }
            return sum;
        }

        @Override
        public List<Intake> intakes() throws IOException {
            List<Intake> intakes = new ArrayList<>();
            for (int worker = 0; worker < sources.size(); worker++) {
                String suffix = sources.size() > 1 ? " of worker " + worker : "";
                for (int i = 0; i < interfaces.size(); i++) {
                    intakes.add(LiveTraffic.ring(
                            "ring " + interfaces.get(i) + suffix,
                            sources.get(worker).counters(i)));
                }
            }
            return intakes;
        }

        @Override
        public Set<Capability> kept() {
            return Set.of();
        }

        @Override
        public void close() {
            sources.forEach(AfPacketSource::close);
        }
    }

    /** Watches copies by libpcap, on systems and interfaces where the ring can't. */
    record Captured(Pcap4jSource source) implements LiveTraffic {
        @Override
        public List<Share> shares() {
            return List.of(new Share(source, List.of()));
        }

        @Override
        public void begin() {}

        @Override
        public void end() {
            source.interrupt();
        }

        @Override
        public long lostPackets() throws IOException {
            return source.lostPackets();
        }

        @Override
        public List<Intake> intakes() {
            return List.of();
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

    /** Has packets wait for a verdict, in a queue for each worker. */
    record Queued(List<NfQueueSource> sources, QueueRules rules) implements LiveTraffic {
        static Queued open(RunConfig run, QueueRules rules) throws IOException {
            // What a daemon that was killed left.
            NfShield.remove();
            List<NfQueueSource> sources = new ArrayList<>();
            try {
                for (int worker = 0; worker < run.workers(); worker++) {
                    sources.add(NfQueueSource.open(QueueSettings.of(rules.firstQueue() + worker, run.interfaces())
                            .withOverloadOpen(run.overload() == Overload.OPEN)));
                }
            } catch (IOException refused) {
                sources.forEach(NfQueueSource::close);
                throw refused;
            }
            return new Queued(sources, rules);
        }

        @Override
        public List<Share> shares() {
            return sources.stream()
                    .map(source -> new Share(source, List.of(source.verdicts())))
                    .toList();
        }

        @Override
        public void begin() throws IOException {
            rules.install();
            for (NfQueueSource source : sources) {
                discard(source);
            }
        }

        /** What rules of a daemon that was killed put into the queue meanwhile: judged now it would look like a flood. */
        private static void discard(NfQueueSource source) throws IOException {
            PacketBatch batch = new PacketBatch();
            Arrays.fill(batch.verdict, Verdict.of(Reason.TOTAL_LIMIT));
            KernelVerdictSink verdicts = source.verdicts();
            boolean isMore = true;
            for (int dropped = 0; isMore && dropped < QueueSettings.CAPACITY_PACKETS; dropped += batch.size) {
                isMore = source.fill(batch) == PacketBatch.CAPACITY;
                verdicts.accept(batch);
            }
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
                sources.forEach(NfQueueSource::interrupt);
            }
        }

        @Override
        public long lostPackets() {
            return sources.stream()
                    .map(NfQueueSource::counters)
                    .mapToLong(counters -> counters.refusedPackets() + counters.skippedPackets())
                    .sum();
        }

        @Override
        public List<Intake> intakes() {
            List<Intake> intakes = new ArrayList<>();
            for (int i = 0; i < sources.size(); i++) {
                QueueCounters counters = sources.get(i).counters();
                QueueCounters.Fill fill = counters.fill();
                intakes.add(new Intake(
                        "queue " + (rules.firstQueue() + i),
                        fill.waitingPackets(),
                        QueueSettings.CAPACITY_PACKETS,
                        "packets",
                        fill.refusedPackets() + counters.skippedPackets()));
            }
            return intakes;
        }

        @Override
        public Set<Capability> kept() {
            return Set.of(Capability.CAP_NET_ADMIN);
        }

        @Override
        public void close() {
            sources.forEach(NfQueueSource::close);
        }
    }

    /** Is the cable between two interfaces. */
    record Bridged(BridgeSource source, BridgeRules rules) implements LiveTraffic {
        @Override
        public List<Share> shares() {
            return List.of(new Share(source, List.of(source.otherSide())));
        }

        @Override
        public void begin() throws IOException {
            rules.install();
            discard(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
        }

        /** What came before is of no use to anybody: sent on now, it would hold up what comes. */
        private void discard(long untilNanos) throws IOException {
            PacketBatch batch = new PacketBatch();
            boolean[] isThrough = new boolean[2];
            int before = -1;
            int count = source.fill(batch);
            for (int discarded = 0; count > 0 && discarded < MOST_WAITING; discarded += count) {
                int side = batch.interfaceIndex[0];
                isThrough[side] |= batch.timestampNanos[count - 1] >= untilNanos;
                // The sides take turns: where one comes twice, the other has nothing.
                if (isThrough[side] && (isThrough[1 - side] || before == side)) {
                    return;
                }
                before = side;
                count = source.fill(batch);
            }
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
        public List<Intake> intakes() throws IOException {
            List<String> sides = rules.interfaces();
            return List.of(
                    LiveTraffic.ring("ring " + sides.getFirst(), source.counters(0)),
                    LiveTraffic.ring("ring " + sides.getLast(), source.counters(1)));
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
