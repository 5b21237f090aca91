package io.weir.detector.daemon;

import io.weir.capture.linux.Niceness;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a running daemon does by the clock, on a thread of its own: ends bans, keeps bans and sources for the next run, and looks
 * whether its rules are still in the kernel.
 */
final class Housekeeping implements AutoCloseable {
    private static final long HEAL_MILLIS = 500;

    private final LiveControl.Kernel kernel;
    private final BanBook bans;
    private final @Nullable StateFolder state;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(Niceness.threads("weir-clock", Niceness.USUAL));

    private volatile Consumer<String> problems = problem -> {};
    private final SparseProblems kernelProblems =
            new SparseProblems(problem -> problems.accept(problem), System::nanoTime);
    private volatile List<String> unsavedBans = List.of();
    private volatile List<String> unsavedSources = List.of();

    /** @param saver null where nothing is kept */
    Housekeeping(LiveControl.Kernel kernel, BanBook bans, @Nullable StateFolder state, @Nullable SourceSaver saver) {
        this.kernel = kernel;
        this.bans = bans;
        this.state = state;
        clock.scheduleAtFixedRate(this::expire, 1, 1, TimeUnit.SECONDS);
        clock.scheduleWithFixedDelay(this::heal, HEAL_MILLIS, HEAL_MILLIS, TimeUnit.MILLISECONDS);
        if (saver != null) {
            clock.scheduleWithFixedDelay(
                    () -> unsavedSources = told(unsavedSources, saver.save()),
                    SourceSaver.EVERY_SECONDS,
                    SourceSaver.EVERY_SECONDS,
                    TimeUnit.SECONDS);
        }
    }

    /** For what others do by it. */
    ScheduledExecutorService clock() {
        return clock;
    }

    /** Who hears, from now on, what goes wrong. */
    void tellProblems(Consumer<String> listener) {
        problems = listener;
    }

    private void expire() {
        int sizeBefore = bans.size();
        bans.expire(LiveControl.now());
        if (bans.size() != sizeBefore) {
            saveBans();
        }
    }

    /** Any thread. */
    void saveBans() {
        if (state != null) {
            try {
                state.save(bans);
                unsavedBans = List.of();
            } catch (IOException unwritable) {
                unsavedBans = told(unsavedBans, List.of("bans can't be saved: " + unwritable.getMessage()));
            }
        }
    }

    private void heal() {
        try {
            Optional<String> said = kernel.heal();
            said.ifPresent(kernelProblems);
        } catch (IOException | RuntimeException refused) {
            // Whatever it is: a task that throws is never run again.
            kernelProblems.accept("rules are missing in the kernel and can't be put back, it is tried again twice a"
                    + " second, until then packets pass unjudged: " + refused.getMessage());
        }
    }

    /** Tells what is wrong once, not every time. */
    private List<String> told(List<String> before, List<String> problem) {
        if (!problem.equals(before)) {
            problem.forEach(problems);
        }
        return problem;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
