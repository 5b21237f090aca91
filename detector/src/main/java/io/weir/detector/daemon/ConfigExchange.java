package io.weir.detector.daemon;

import io.weir.detector.api.Refusal;
import io.weir.detector.api.ReloadRequest;
import io.weir.detector.api.ThresholdRequest;
import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.event.Event;
import io.weir.detector.event.Event.ReloadResult;
import io.weir.filter.fault.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which configuration holds: checks another one first, exchanges it as a whole, and takes it back unless it is confirmed
 * where that was asked for. Any thread.
 */
final class ConfigExchange {
    private final Engine engine;
    private final LiveControl.Kernel kernel;
    private final Errands errands;
    private final Supplier<ConfigResult> source;
    private final EventDesk desk;
    private final ScheduledExecutorService clock;
    private final BooleanSupplier isObserving;

    private volatile LiveSettings settings;
    private volatile long changedNanos = LiveControl.now();

    /** What holds again unless the newest configuration is confirmed, and when. Guarded by this. */
    private @Nullable LiveSettings before;

    private @Nullable ScheduledFuture<?> rollback;

    /**
     * Begins with what the engine was built from.
     *
     * @param source reads the configuration again, as the daemon was started
     * @param clock runs what is due later
     */
    ConfigExchange(
            Engine engine,
            LiveControl.Kernel kernel,
            Errands errands,
            Supplier<ConfigResult> source,
            EventDesk desk,
            ScheduledExecutorService clock,
            BooleanSupplier isObserving,
            LiveSettings settings) {
        this.engine = engine;
        this.kernel = kernel;
        this.errands = errands;
        this.source = source;
        this.desk = desk;
        this.clock = clock;
        this.isObserving = isObserving;
        this.settings = settings;
    }

    LiveSettings settings() {
        return settings;
    }

    /** When a configuration last came into force, in nanoseconds since the epoch. */
    long changedNanos() {
        return changedNanos;
    }

    /** Nanoseconds until the newest is rolled back, 0 where none waits to be confirmed. */
    synchronized long rollbackNanos() {
        return rollback == null ? 0 : Math.max(1, rollback.getDelay(TimeUnit.NANOSECONDS));
    }

    /** @return what changed, in words */
    synchronized List<String> reload(ReloadRequest request) throws Refusal {
        try {
            return change(read(request.isForced()), request.isDryRun(), request.confirmNanos());
        } catch (Refusal refusal) {
            // Told as an event, too: the log says why the old configuration still holds.
            if (!request.isDryRun()) {
                desk.accept(new Event.Reloaded(LiveControl.now(), ReloadResult.REFUSED, refusal.problems()));
            }
            throw refusal;
        }
    }

    /** Other thresholds for one protected prefix, until the configuration is read again. */
    synchronized List<String> limit(ThresholdRequest request) throws Refusal {
        return change(with(request), request.isDryRun(), request.confirmNanos());
    }

    /** What holds, with these thresholds; nothing is changed. */
    LiveSettings with(ThresholdRequest request) throws Refusal {
        List<ProtectedPrefix> entries = new ArrayList<>();
        boolean isKnown = false;
        LiveSettings now = settings;
        for (ProtectedPrefix entry : now.protect()) {
            boolean isMeant = entry.prefix().equals(request.prefix());
            isKnown |= isMeant;
            entries.add(
                    isMeant
                            ? entry.with(
                                    request.ofAddress().apply(entry.thresholds()),
                                    request.ofPrefix().apply(entry.prefixThresholds()))
                            : entry);
        }
        if (!isKnown) {
            throw new Refusal(
                    Refusal.Kind.MISSING,
                    request.prefix()
                            + " isn't protected; 'weir thresholds' or /api/v1/thresholds lists those that are");
        }
        return new LiveSettings(now.config(), now.run(), entries);
    }

    private List<String> change(LiveSettings next, boolean isDryRun, long confirmNanos) throws Refusal {
        List<String> said = ConfigChange.changed(settings, next);
        if (isDryRun) {
            return said;
        }
        LiveSettings last = rollback == null ? settings : before;
        apply(next);
        cancelRollback();
        if (confirmNanos > 0) {
            before = last;
            rollback = clock.schedule(this::rollBack, confirmNanos, TimeUnit.NANOSECONDS);
        }
        desk.accept(new Event.Reloaded(LiveControl.now(), ReloadResult.APPLIED, said));
        return said;
    }

    private LiveSettings read(boolean isForced) throws Refusal {
        WeirConfig config = switch (source.get()) {
            case ConfigResult.Loaded loaded -> loaded.config();
            case ConfigResult.Rejected rejected ->
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        rejected.faults().stream().map(Fault::toString).toList());
        };
        LiveSettings next;
        try {
            next = LiveSettings.of(config);
        } catch (DaemonException wrong) {
            throw new Refusal(Refusal.Kind.INVALID, String.valueOf(wrong.getMessage()));
        }
        List<String> problems = new ArrayList<>(ConfigChange.unchangeable(settings, next));
        if (!isForced) {
            problems.addAll(Lockout.problems(next));
        }
        if (!problems.isEmpty()) {
            throw new Refusal(Refusal.Kind.CONFLICT, problems);
        }
        return next;
    }

    private void apply(LiveSettings next) throws Refusal {
        Engine.Change change =
                engine.prepare(EngineSettings.forLive(next.config(), next.protect(), 0, isObserving.getAsBoolean()));
        if (!next.config().management().equals(settings.config().management())
                || !next.config().trusted().equals(settings.config().trusted())) {
            try {
                kernel.change(next);
            } catch (IOException refused) {
                throw new Refusal(
                        Refusal.Kind.CONFLICT, "the kernel refused the rules of management: " + refused.getMessage());
            }
        }
        errands.ask(() -> {
            engine.apply(change);
            settings = next;
            changedNanos = LiveControl.now();
            return next;
        });
    }

    synchronized void confirm() throws Refusal {
        if (rollback == null) {
            throw new Refusal(Refusal.Kind.CONFLICT, "no configuration waits to be confirmed");
        }
        cancelRollback();
        desk.accept(new Event.Reloaded(LiveControl.now(), ReloadResult.CONFIRMED, List.of()));
    }

    private synchronized void rollBack() {
        LiveSettings last = before;
        if (rollback == null || last == null) {
            return;
        }
        cancelRollback();
        try {
            apply(last);
            desk.accept(
                    new Event.Reloaded(LiveControl.now(), ReloadResult.ROLLED_BACK, List.of("nobody confirmed it")));
        } catch (Refusal refusal) {
            desk.accept(new Event.Reloaded(LiveControl.now(), ReloadResult.REFUSED, refusal.problems()));
        }
    }

    private void cancelRollback() {
        if (rollback != null) {
            rollback.cancel(false);
        }
        rollback = null;
        before = null;
    }
}
