package io.weir.detector.cli;

import io.weir.detector.cli.RunLog.Level;
import io.weir.detector.daemon.LiveTraffic;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a daemon begins and ends: the first signal, whenever it comes, ends it in order, so that nothing stays in the kernel;
 * the process then answers as a command does, not as one that was killed.
 */
final class LiveEnding implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final RunLog log;
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile int status = ExitStatus.FAILED;

    /** With the monitor: whether a signal came, whether there is anything to close, and what to end. */
    private boolean isEnded;

    private boolean isOpening;
    private @Nullable LiveTraffic traffic;
    private @Nullable Thread stopper;
    private long lostBefore;

    LiveEnding(RunLog log) {
        this.log = log;
    }

    /** Hears signals from now on. */
    void stopOnSignal() {
        Thread hook = new Thread(() -> {
            try {
                if (end()) {
                    told.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } else {
                    status = ExitStatus.DONE;
                }
            } catch (IOException stuck) {
                log.say(Level.ERROR, String.valueOf(stuck.getMessage()));
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(status);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        stopper = hook;
    }

    /** From now on a signal waits until all is closed again. */
    synchronized void beginToOpen() {
        isOpening = true;
    }

    /** What to end from now on. */
    synchronized LiveTraffic opened(LiveTraffic made) {
        traffic = made;
        return made;
    }

    /**
     * Lets the traffic begin; not after the end, as nobody would take its rules out again.
     *
     * @return whether it has
     * @throws IOException if it can't; what began half is out of the kernel
     */
    synchronized boolean begin(LiveTraffic opened) throws IOException {
        if (isEnded) {
            return false;
        }
        try {
            opened.begin();
            lostBefore = opened.lostPackets();
        } catch (IOException | RuntimeException failed) {
            takeOut(opened, failed);
            throw failed;
        }
        begun.countDown();
        return true;
    }

    private static void takeOut(LiveTraffic opened, Exception failed) {
        try {
            opened.end();
        } catch (IOException | RuntimeException another) {
            failed.addSuppressed(another);
        }
    }

    /** Packets that were lost before it began. */
    synchronized long lostBefore() {
        return lostBefore;
    }

    /** Waits until the traffic has begun, or for so long. */
    void awaitBegun(long millis) throws InterruptedException {
        begun.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Ends the traffic, now or as soon as it is opened; answers whether anything has to be closed. */
    synchronized boolean end() throws IOException {
        isEnded = true;
        if (traffic != null) {
            traffic.end();
        }
        return isOpening;
    }

    /** Says that the run went well. */
    void succeed() {
        status = ExitStatus.DONE;
    }

    /** Says that the summary has been told, so that the process may end. */
    @Override
    public void close() {
        try {
            if (stopper != null) {
                Runtime.getRuntime().removeShutdownHook(stopper);
            }
        } catch (IllegalStateException shuttingDown) {
            // It is running: that is why the run ended.
        }
        told.countDown();
    }
}
