package io.weir.detector.daemon;

import io.weir.detector.api.Ban;
import io.weir.detector.api.BanPreview;
import io.weir.detector.api.BanRequest;
import io.weir.detector.api.Capture;
import io.weir.detector.api.ConnectionPage;
import io.weir.detector.api.ConnectionRequest;
import io.weir.detector.api.Control;
import io.weir.detector.api.DaemonStatus;
import io.weir.detector.api.Intake;
import io.weir.detector.api.Refusal;
import io.weir.detector.api.ReloadRequest;
import io.weir.detector.api.SourcePage;
import io.weir.detector.api.TargetThresholds;
import io.weir.detector.api.ThresholdPreview;
import io.weir.detector.api.ThresholdRequest;
import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.ManagementAccess;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.event.Event;
import io.weir.detector.event.EventListener;
import io.weir.detector.event.Findings;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.scan.SuspectReport;
import io.weir.detector.scrub.BanTable;
import io.weir.detector.scrub.KnownSource;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.match.RuleHits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A running daemon as others see and steer it. {@link #turn} belongs to the thread that judges, everything else to any
 * other.
 */
public final class LiveControl implements Control, AutoCloseable {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Engine engine;
    private final Kernel kernel;
    private final String version;
    private final Findings findings;
    private final LatencyRecorder latency;
    private final LatencyRecorder arrivalLatency;
    private final EventDesk desk;
    private final @Nullable StateFolder state;
    private final @Nullable FloodCaptures captures;
    private final Errands errands = new Errands();
    private final RateSeries series = new RateSeries();
    private final BanBook bans;
    private final ConfigExchange exchange;
    private final Housekeeping housekeeping;
    private final PacketTrials trials;
    private final long startNanos = now();

    private volatile boolean isObserving;
    private volatile long lostPackets;

    /** What a running daemon changes in the kernel. Any thread. */
    public interface Kernel {
        /** Exchanges the rules for those of other settings. */
        void change(LiveSettings settings) throws IOException;

        /** What packets wait in. */
        default List<Intake> intakes() throws IOException {
            return List.of();
        }

        /** Puts back rules that another program took out; answers what is to be said of that. */
        default Optional<String> heal() throws IOException {
            return Optional.empty();
        }

        /** Exchanges the bans. */
        default void ban(BanTable table) {}

        /** How the kernel drops by itself, and what speaks against a better way; for people. */
        default String offloadWay() {
            return "none";
        }

        /** Whether nothing is dropped. */
        default void observe(boolean isOn) {}
    }

    /**
     * Takes over an engine that isn't judging yet.
     *
     * @param source reads the configuration again, as the daemon was started
     * @param captures files around floods, null for none
     */
    public LiveControl(
            Engine engine,
            Kernel kernel,
            LiveSettings settings,
            String version,
            Supplier<ConfigResult> source,
            Findings findings,
            LatencyRecorder latency,
            LatencyRecorder arrivalLatency,
            EventDesk desk,
            @Nullable FloodCaptures captures) {
        this.engine = engine;
        this.kernel = kernel;
        this.version = version;
        this.findings = findings;
        this.latency = latency;
        this.arrivalLatency = arrivalLatency;
        this.desk = desk;
        this.captures = captures;
        this.isObserving = settings.isObserving();
        this.bans = new BanBook(
                table -> {
                    engine.ban(table);
                    kernel.ban(table);
                },
                desk);
        this.state = settings.config().state().map(StateFolder::new).orElse(null);
        this.housekeeping =
                new Housekeeping(kernel, bans, state, state == null ? null : new SourceSaver(engine, errands, state));
        this.trials = new PacketTrials(captures);
        this.exchange = new ConfigExchange(
                engine, kernel, errands, source, desk, housekeeping.clock(), () -> isObserving, settings);
    }

    /**
     * Takes in what an earlier run knew, before the first packet.
     *
     * @return what couldn't be read, each for a line of a log
     */
    public List<String> restore() {
        return state == null ? List.of() : state.restore(engine.sources(), bans, now());
    }

    /** Saved sources as the run before left them; empty where there are none. */
    public byte[] savedSources() throws IOException {
        return state == null ? new byte[0] : state.savedSources();
    }

    /**
     * Keeps what is known of sources for the next run, after the last packet.
     *
     * @throws IOException if it can't be written
     */
    public void save() throws IOException {
        if (state != null) {
            state.save(engine.sources(), engine.worker().nowNanos());
        }
    }

    /** Between two batches: an errand, and once a second what came. The thread that judges. */
    public void turn(long nowNanos) {
        errands.doNext();
        if (series.isDue(nowNanos)) {
            engine.worker().publish();
            series.add(engine.worker().reasons(), engine::classPackets, nowNanos);
        }
    }

    /** @param packets that came and weren't seen, so far */
    public void noteLost(long packets) {
        lostPackets = packets;
    }

    static long now() {
        return System.currentTimeMillis() * NANOS_PER_MILLI;
    }

    /** Who hears, from now on, what goes wrong beside what commands are answered. */
    public void tellProblems(Consumer<String> listener) {
        housekeeping.tellProblems(listener);
    }

    @Override
    public DaemonStatus status() throws Refusal {
        // The kernel is asked here: the thread that judges needn't wait for its files.
        List<Intake> intakes = intakes();
        return errands.ask(() -> {
            engine.worker().publish();
            LiveSettings now = exchange.settings();
            return new DaemonStatus(
                    version,
                    now.run().mode().toString(),
                    now.run().interfaces(),
                    now.protect().stream().map(ProtectedPrefix::prefix).toList(),
                    isObserving,
                    startNanos,
                    now(),
                    TrafficCounts.reasons(engine.worker().reasons()),
                    TrafficCounts.traffic(engine.worker().reasons(), now.run().interfaces()),
                    series.last(),
                    (int) findings.floods().stream()
                            .filter(flood -> flood.state() != FloodReport.State.ENDED)
                            .count(),
                    latency.snapshot(),
                    arrivalLatency.snapshot(),
                    engine.connections(),
                    engine.connectionCapacity(),
                    engine.evictedConnections(),
                    bans.size(),
                    engine.offloadedPackets(),
                    kernel.offloadWay(),
                    intakes,
                    lostPackets,
                    desk.lost(),
                    exchange.changedNanos(),
                    engine.sizeBytes(),
                    exchange.rollbackNanos());
        });
    }

    private List<Intake> intakes() {
        try {
            return kernel.intakes();
        } catch (IOException gone) {
            return List.of(); // the interface is gone, which ends the run
        }
    }

    @Override
    public List<DaemonStatus.Rate> rates() throws Refusal {
        return errands.ask(series::all);
    }

    @Override
    public List<FloodReport> floods() throws Refusal {
        return errands.ask(() -> {
            Map<String, FloodReport> all = new LinkedHashMap<>();
            findings.floods().forEach(flood -> all.put(flood.id(), flood));
            engine.activeFloods()
                    .forEach(flood -> all.put(flood.id(), captures == null ? flood : captures.named(flood)));
            return List.copyOf(all.values());
        });
    }

    @Override
    public List<SuspectReport> suspects() throws Refusal {
        return errands.ask(findings::suspects);
    }

    @Override
    public List<RuleHits> rules() throws Refusal {
        return errands.ask(() -> engine.worker().ruleHits());
    }

    @Override
    public List<TargetThresholds> thresholds() {
        return exchange.settings().protect().stream()
                .map(entry -> new TargetThresholds(entry.prefix(), entry.thresholds(), entry.prefixThresholds()))
                .toList();
    }

    @Override
    public SourcePage sources(int from, int minimumScore, int limit) throws Refusal {
        return SourcePages.read(engine.sources(), errands, from, minimumScore, limit, now());
    }

    @Override
    public ConnectionPage connections(ConnectionRequest request) throws Refusal {
        return ConnectionPages.read(
                engine.connectionList(), errands, request, () -> engine.worker().nowNanos());
    }

    @Override
    public KnownSource source(long high, long low) throws Refusal {
        return errands.ask(() -> new KnownSource(high, low, engine.sources().credibility(high, low, now())));
    }

    @Override
    public List<Ban> bans() {
        return bans.list();
    }

    @Override
    public List<Ban> ban(List<BanRequest> requests, boolean isDryRun, boolean isForced) throws Refusal {
        List<String> cutOff = isForced
                ? List.of()
                : Lockout.problems(
                        exchange.settings(),
                        requests.stream().map(BanRequest::prefix).toList());
        if (!cutOff.isEmpty()) {
            throw new Refusal(Refusal.Kind.CONFLICT, cutOff);
        }
        List<IpPrefix> management = exchange.settings().config().management().stream()
                .map(ManagementAccess::prefix)
                .toList();
        List<Ban> added = bans.add(requests, management, isDryRun, now());
        if (!isDryRun) {
            housekeeping.saveBans();
        }
        return added;
    }

    @Override
    public void unban(IpPrefix prefix) throws Refusal {
        bans.remove(prefix, now());
        housekeeping.saveBans();
    }

    @Override
    public void observe(boolean isOn) throws Refusal {
        if (exchange.settings().isObserving() && !isOn) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "run.mode observe sees copies and can drop nothing; run weir in mode queue or bridge");
        }
        errands.ask(() -> {
            engine.observe(isOn);
            isObserving = isOn;
            return isOn;
        });
        kernel.observe(isOn);
    }

    @Override
    public List<String> reload(ReloadRequest request) throws Refusal {
        return exchange.reload(request);
    }

    @Override
    public List<String> limit(ThresholdRequest request) throws Refusal {
        return exchange.limit(request);
    }

    @Override
    public void confirm() throws Refusal {
        exchange.confirm();
    }

    @Override
    public void audit(String who, String action, String detail, boolean isDone) {
        desk.accept(new Event.Audited(now(), who, action, detail, isDone));
    }

    @Override
    public List<ConfigValue> config() {
        return ConfigListing.of(exchange.settings());
    }

    @Override
    public List<Capture> captures() throws Refusal {
        return trials.list();
    }

    @Override
    public Path capture(String name) throws Refusal {
        return trials.file(name);
    }

    @Override
    public Optional<ThresholdPreview> preview(ThresholdRequest request) throws Refusal {
        return trials.of(exchange.settings(), exchange.with(request), bans.table());
    }

    @Override
    public BanPreview preview(IpPrefix prefix) throws Refusal {
        return trials.ofBan(prefix);
    }

    @Override
    public Subscription listen(EventListener listener) {
        return desk.listen(listener);
    }

    /** Refuses what is asked from now on. The thread that judges. */
    @Override
    public void close() {
        housekeeping.close();
        errands.close();
    }
}
