package io.weir.detector.daemon;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.event.EventListener;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Limits;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.scrub.BanTable;
import io.weir.detector.scrub.Condemn;
import io.weir.detector.scrub.ConfiguredSignatures;
import io.weir.detector.scrub.Mitigation;
import io.weir.detector.scrub.Offload;
import io.weir.detector.scrub.OffloadDesk;
import io.weir.detector.scrub.RateBucket;
import io.weir.detector.scrub.RequestStage;
import io.weir.detector.scrub.Scrubber;
import io.weir.detector.scrub.SignatureBoard;
import io.weir.detector.scrub.SignatureDesk;
import io.weir.detector.scrub.SourceTable;
import io.weir.detector.scrub.SourceWatch;
import io.weir.detector.window.PeaceSamples;
import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SessionRing;
import io.weir.detector.window.SweepRing;
import io.weir.detector.window.TargetTable;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.flow.ConnectionList;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.signature.Signature;
import io.weir.filter.verdict.ReasonCounters;
import java.util.List;

/** One worker with its control step: everything between a source and its sinks. */
public final class Engine {
    private static final Room USUAL = new Room(4096, SourceTable.CAPACITY);

    /** Of one that judges made-up floods: it needs its code alone, and the heap keeps what its tables took. */
    private static final Room SMALL = new Room(256, 4096);

    /** No network needs more ARP, neighbour discovery, DHCP and the like than this, in packets a second. */
    private static final int CONTROL_PACKETS_PER_SECOND = 10_000;

    private final Worker worker;
    private final ControlLoop control;
    private final SourceTable sources;
    private final ProtectedTargets targets;
    private final Scrubber scrubber;
    private final RequestStage requests;
    private final Condemn condemn;
    private final FlowTracker flows;
    private final OffloadDesk offload;
    private final Room room;
    private final long sizeBytes;
    private final RulePublishers publishers = new RulePublishers();
    private int changes;

    /**
     * How much the tables hold that a configuration says nothing of.
     *
     * @param addresses with windows of their own
     */
    private record Room(int addresses, int sources) {}

    /** Counts no interface apart. */
    public Engine(EngineSettings settings, EventListener events) {
        this(settings, 1, false, USUAL, events);
    }

    /** For made-up floods: with less room for addresses and sources. */
    public static Engine small(EngineSettings settings, EventListener events) {
        return new Engine(settings, 1, false, SMALL, events);
    }

    /**
     * A daemon's: its connections can be listed.
     *
     * @param interfaces that packets are counted apart by, 1 or more
     * @param events hears what happens, on the thread that judges
     */
    public Engine(EngineSettings settings, int interfaces, EventListener events) {
        this(settings, interfaces, true, USUAL, events);
    }

    private Engine(EngineSettings settings, int interfaces, boolean isNamed, Room room, EventListener events) {
        this.room = room;
        List<IpPrefix> prefixes =
                settings.protect().stream().map(ProtectedPrefix::prefix).toList();
        FlowHash hash = new FlowHash(settings.hashKey());
        int targetCount = room.addresses() + prefixes.size();
        TargetWindows windows = new TargetWindows(targetCount, TrafficClass.count());
        TargetTable addresses = new TargetTable(room.addresses(), windows, hash);
        targets = targets(settings, room.addresses(), addresses, prefixes);
        SampleRing samples = new SampleRing();
        SessionRing sessions = new SessionRing();
        SweepRing sweeps = new SweepRing();
        Mitigation mitigation = new Mitigation(targetCount);
        flows = new FlowTracker(hash, settings.connections(), settings.timeouts(), isNamed);
        sources = new SourceTable(room.sources(), hash);
        requests = new RequestStage(mitigation, hash, windows.slowRequests(), targetCount);
        scrubber = new Scrubber(mitigation, targets, settings.trusted(), hash, targetCount, requests, sources);
        SampleRing missed = new SampleRing();
        PeaceSamples peace = new PeaceSamples(samples, TrafficClass.count());
        SignatureBoard board = new SignatureBoard();
        TrafficWays ways = new TrafficWays(interfaces);
        ReasonCounters reasons = new ReasonCounters(ways.count());
        offload = new OffloadDesk(windows, targets, reasons, ways.unknown());
        control = new ControlLoop(
                windows,
                targets,
                samples,
                sessions,
                sweeps,
                hash,
                mitigation,
                new SignatureDesk(samples, missed, peace, addresses, board, offload),
                offload,
                flows,
                scrubber,
                sources,
                events,
                settings.isObserving());
        control.trust(settings.trusted());
        condemn = new Condemn(board, configured(settings, room.addresses()), missed);
        WorkerParts parts = new WorkerParts(
                PrefixTable.of(prefixes),
                settings.protect().stream().map(ProtectedPrefix::view).toList(),
                flows,
                windows,
                addresses,
                targets,
                samples,
                sessions,
                peace,
                sweeps,
                condemn,
                scrubber,
                new SourceWatch(sources, scrubber),
                new RateBucket(CONTROL_PACKETS_PER_SECOND, Limit.UNLIMITED, 1_000_000_000L),
                new RuleStage(settings.protect(), publishers),
                reasons,
                ways);
        worker = new Worker(parts, control, settings.isObserving());
        sizeBytes = flows.sizeBytes()
                + windows.sizeBytes()
                + sources.sizeBytes()
                + scrubber.sizeBytes()
                + 2L * SampleRing.SIZE_BYTES
                + peace.sizeBytes();
    }

    private static ProtectedTargets targets(
            EngineSettings settings, int addressCount, TargetTable addresses, List<IpPrefix> prefixes) {
        return new ProtectedTargets(
                addresses,
                addressCount,
                prefixes,
                limits(settings.protect(), false),
                limits(settings.protect(), true),
                settings.isWatchingPrefixes());
    }

    private static List<Limits> limits(List<ProtectedPrefix> protect, boolean ofPrefix) {
        return protect.stream()
                .map(entry -> new Limits(ofPrefix ? entry.prefixThresholds() : entry.thresholds()))
                .toList();
    }

    private static ConfiguredSignatures configured(EngineSettings settings, int addressCount) {
        List<List<Signature>> ofPrefixes =
                settings.protect().stream().map(ProtectedPrefix::signatures).toList();
        return settings.isWatchingPrefixes()
                ? new ConfiguredSignatures(List.of(), ofPrefixes, addressCount)
                : new ConfiguredSignatures(ofPrefixes.getFirst(), List.of(), addressCount);
    }

    /**
     * What can be exchanged while packets flow.
     *
     * @param rules compiled already
     */
    public record Change(
            RuleStage rules,
            List<Limits> ofAddresses,
            List<Limits> ofPrefixes,
            List<IpPrefix> trusted,
            ConfiguredSignatures signatures) {}

    /** Compiles what {@link #apply} then exchanges; the protected prefixes must be the same. Any thread. */
    public Change prepare(EngineSettings settings) {
        return new Change(
                new RuleStage(settings.protect(), publishers),
                limits(settings.protect(), false),
                limits(settings.protect(), true),
                settings.trusted(),
                configured(settings, room.addresses()));
    }

    /** Judges by other rules, thresholds, trusted prefixes and signatures from the next batch on. */
    public void apply(Change change) {
        changes++;
        worker.exchange(change.rules());
        publishers.retain(change.rules().used());
        targets.limit(change.ofAddresses(), change.ofPrefixes());
        scrubber.configure(change.trusted());
        control.trust(change.trusted());
        condemn.configure(change.signatures());
    }

    /** Exchanges the bans. Any thread. */
    public void ban(BanTable table) {
        condemn.ban(table);
    }

    /** Has the kernel drop what is condemned fast. Before the first packet. */
    public void use(Offload kernel) {
        offload.use(kernel);
        requests.use(kernel);
        if (kernel.isAlone()) {
            worker.witness();
        }
    }

    /** Packets that the kernel dropped for the worker so far, counted among those of their reasons; for the thread that judges. */
    public long offloadedPackets() {
        return offload.packets();
    }

    /** Bytes of those. */
    public long offloadedBytes() {
        return offload.bytes();
    }

    /** The bans that the last batch was judged by. */
    BanTable bans() {
        return condemn.bans();
    }

    /** How often rules, thresholds, trusted prefixes and signatures were exchanged. */
    int changes() {
        return changes;
    }

    /** Floods that are on, as they stand: newer than what was last told of them. */
    public List<FloodReport> activeFloods() {
        return control.activeFloods(worker.nowNanos());
    }

    /** Whether drops are only reported, from the next batch on. */
    public void observe(boolean isOn) {
        worker.observe(isOn);
    }

    /** Packets that counted toward a class when they came, those that the kernel dropped included; the thread that judges. */
    long classPackets(TrafficClass one) {
        return worker.classPackets(one) + offload.classPackets(one);
    }

    /** Connections that are remembered, estimated from a part of the table. */
    public long connections() {
        return Math.round(flows.connectionFill(worker.nowNanos()) * (double) flows.connectionCapacity());
    }

    /** Connections that gave way, and newcomers that found no room, since the start. */
    public long evictedConnections() {
        return flows.connectionEvictions() + flows.connectionRefusals();
    }

    /** The connections themselves; for the thread that judges. */
    ConnectionList connectionList() {
        return flows.list();
    }

    public long connectionCapacity() {
        return flows.connectionCapacity();
    }

    /** Through which rules change while packets flow. */
    public RulePublishers rules() {
        return publishers;
    }

    public Worker worker() {
        return worker;
    }

    /** What is known of sources: to be restored before the first packet, saved after the last. */
    public SourceTable sources() {
        return sources;
    }

    /** Ends what is still on: the input is over. */
    public void finish() {
        control.finish(worker.nowNanos());
        worker.publish(); // with what the kernel dropped last
        publishers.close();
    }

    /** Memory of all tables in bytes, fixed at construction. */
    public long sizeBytes() {
        return sizeBytes;
    }
}
