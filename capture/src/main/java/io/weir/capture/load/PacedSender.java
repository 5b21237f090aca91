package io.weir.capture.load;

import io.weir.capture.linux.FrameSender;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Sends frames when they are due, and all that is overdue at once: open loop, so that a slow interface shows as a lower rate
 * and as lateness, never as a gentler load. Always comes to an end. One thread.
 */
public final class PacedSender {
    /** The length of a step whose packets are counted on their own. */
    public static final long STEP_NANOS = 100_000_000L;

    /** Shorter waits cost more than they are worth: the kernel's timers are no finer. */
    private static final long SHORTEST_WAIT_NANOS = 50_000;

    private static final int LONGEST_STEPS = 36_000;

    /**
     * Where it ends, whatever is still to send.
     *
     * @param packets at most
     * @param nanos at most, up to an hour
     */
    public record Limits(long packets, long nanos) {}

    /** Hears how late packets were handed over. */
    @FunctionalInterface
    public interface Lateness {
        void record(long nanos, long packets);
    }

    /**
     * What was sent.
     *
     * @param refused packets that the interface had no room for
     * @param unsafe frames with an address that somebody has: never sent
     * @param steps packets in each {@link #STEP_NANOS}, the last step perhaps shorter
     */
    public record Report(long packets, long bytes, long refused, long unsafe, long nanos, List<Long> steps) {}

    private final FrameStream frames;
    private final FrameSender sender;
    private final Limits limits;
    private final Lateness lateness;
    private final long[] steps;
    private long packets;
    private long bytes;
    private long refused;
    private long unsafe;

    public PacedSender(FrameStream frames, FrameSender sender, Limits limits, Lateness lateness) {
        this.frames = frames;
        this.sender = sender;
        this.limits = limits;
        this.lateness = lateness;
        steps = new long[(int) Math.min(LONGEST_STEPS, limits.nanos() / STEP_NANOS + 1)];
    }

    /**
     * Sends until the frames or the limits end, or the thread is interrupted.
     *
     * @param clock nanoseconds since the beginning: several threads begin together
     */
    public Report run(LongSupplier clock) throws IOException {
        int length = next();
        long now = clock.getAsLong();
        while (length != FrameStream.END && left() > 0 && now < limits.nanos() && !Thread.interrupted()) {
            long due = frames.dueNanos();
            if (due > now) {
                LockSupport.parkNanos(Math.max(SHORTEST_WAIT_NANOS, Math.min(due, limits.nanos()) - now));
            } else {
                length = sendDue(length, now);
            }
            now = clock.getAsLong();
        }
        return new Report(
                packets,
                bytes,
                refused,
                unsafe,
                Math.min(now, limits.nanos()),
                Arrays.stream(steps).boxed().toList());
    }

    private long left() {
        return limits.packets() - packets - refused;
    }

    private int next() throws IOException {
        return frames.next(sender.memory(), sender.offset());
    }

    /** Sends the frame drawn last and all that are due by now; answers the length of the next one. */
    private int sendDue(int firstLength, long now) throws IOException {
        MemorySegment memory = sender.memory();
        long late = now - frames.dueNanos();
        long most = left();
        long batchBytes = 0;
        int length = firstLength;
        while (length != FrameStream.END && frames.dueNanos() <= now) {
            if (FrameGuard.isSafe(memory, sender.offset(), length)) {
                sender.add(length);
                batchBytes += length;
            } else {
                unsafe++;
            }
            if (sender.isFull() || sender.count() == most) {
                send(batchBytes, now, late);
                return next();
            }
            length = next();
        }
        long from = sender.offset();
        if (sender.count() > 0) {
            send(batchBytes, now, late);
            MemorySegment.copy(memory, from, sender.memory(), sender.offset(), Math.max(0, length));
        }
        return length;
    }

    private void send(long batchBytes, long now, long late) throws IOException {
        int count = sender.count();
        int taken = sender.send();
        packets += taken;
        refused += count - taken;
        bytes += batchBytes * taken / count;
        steps[(int) Math.min(steps.length - 1, now / STEP_NANOS)] += taken;
        lateness.record(late, taken);
    }
}
