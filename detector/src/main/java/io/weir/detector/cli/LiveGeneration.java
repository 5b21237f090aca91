package io.weir.detector.cli;

import io.weir.capture.linux.FrameSender;
import io.weir.capture.linux.KernelException;
import io.weir.capture.load.FrameStream;
import io.weir.capture.load.PacedSender;
import io.weir.capture.load.PacedSender.Limits;
import io.weir.capture.load.PacedSender.Report;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** Sends traffic on an interface by several threads, and measures what was sent. */
final class LiveGeneration {
    /** How frames get out. */
    enum Via {
        AUTO,
        SOCKET,
        XDP
    }

    /** From here on XDP frames cost less; below, their calls do. */
    private static final double XDP_FROM_PACKETS_PER_SECOND = 300_000;

    private static final int PROBE_FRAMES = 16;
    /** Code that runs for the first time on a busy machine is slow. */
    private static final long PROBE_NANOS = 5_000_000_000L;

    private static final long SETTLE_MILLIS = 20;
    private static final int SETTLES = 10;
    private static final int DIGITS = 3;

    /** By then the code that makes frames is compiled: without it the first quarter of a second would be a slow one. */
    private static final int REHEARSED_FRAMES = 100_000;

    private static final long REHEARSAL_NANOS = 500_000_000L;
    private static final long ALL_ARE_DUE_NANOS = 3_600_000_000_000L;

    /** Makes the stream of each thread, from 0. */
    @FunctionalInterface
    interface Streams {
        FrameStream open(int thread) throws IOException;
    }

    /**
     * What to do.
     *
     * @param sourceMac own hardware address
     * @param targetMac that of the next hop
     * @param packetsPerSecond asked for; 0 if the stream alone says
     */
    record Order(
            String interfaceName,
            Via via,
            int threads,
            long sourceMac,
            long targetMac,
            Limits limits,
            double packetsPerSecond) {}

    private LiveGeneration() {}

    static SentTraffic send(Order order, Streams streams) throws IOException {
        boolean isXdp = isXdp(order, streams);
        long startedNanos = 0;
        Histogram lateness = new Histogram(DIGITS);
        List<Report> reports = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(order.threads());
        List<FrameStream> opened = new ArrayList<>();
        List<FrameSender> senders = new ArrayList<>();
        InterfaceMeter meter = null;
        try {
            List<Future<Histogram>> running = new ArrayList<>();
            List<Callable<Histogram>> tasks = new ArrayList<>();
            for (int i = 0; i < order.threads(); i++) {
                opened.add(new Addressed(streams.open(i), order.sourceMac(), order.targetMac()));
                senders.add(
                        isXdp ? FrameSender.live(order.interfaceName(), i) : FrameSender.socket(order.interfaceName()));
            }
            rehearse(order, streams);
            long start = System.nanoTime();
            meter = InterfaceMeter.start(order.interfaceName(), start);
            startedNanos = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
            for (int i = 0; i < order.threads(); i++) {
                FrameStream stream = opened.get(i);
                FrameSender sender = senders.get(i);
                Limits limits = share(order, i);
                tasks.add(() -> {
                    Histogram own = new Histogram(DIGITS);
                    Report report = new PacedSender(
                                    stream,
                                    sender,
                                    limits,
                                    (nanos, packets) -> own.recordValueWithCount(Math.max(0, nanos), packets))
                            .run(() -> System.nanoTime() - start);
                    synchronized (reports) {
                        reports.add(report);
                    }
                    return own;
                });
            }
            for (Callable<Histogram> task : tasks) {
                running.add(executor.submit(task));
            }
            for (Future<Histogram> future : running) {
                lateness.add(future.get());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            executor.shutdownNow();
            executor.close();
            opened.forEach(FrameStream::close);
            for (FrameSender sender : senders) {
                sender.close();
            }
            if (meter != null) {
                pause(SETTLE_MILLIS);
                meter.close();
            }
        }
        return SentTraffic.of(order, isXdp, startedNanos, reports, lateness, meter);
    }

    /** Makes frames that go nowhere. */
    private static void rehearse(Order order, Streams streams) throws IOException {
        try (FrameSender nowhere = FrameSender.discard()) {
            sendAtOnce(nowhere, order, streams, REHEARSED_FRAMES, REHEARSAL_NANOS);
        }
    }

    /** Sends the first frames as if all of them were due, whenever they are; for so long at the most. */
    private static long sendAtOnce(FrameSender sender, Order order, Streams streams, long frames, long mostNanos)
            throws IOException {
        long end = System.nanoTime() + mostNanos;
        try (FrameStream stream = new Addressed(streams.open(0), order.sourceMac(), order.targetMac())) {
            Limits few = new Limits(Math.min(frames, order.limits().packets()), ALL_ARE_DUE_NANOS);
            return new PacedSender(stream, sender, few, (nanos, packets) -> {})
                    .run(() -> System.nanoTime() < end ? ALL_ARE_DUE_NANOS - 1 : ALL_ARE_DUE_NANOS)
                    .packets();
        }
    }

    private static Limits share(Order order, int thread) {
        long packets = order.limits().packets();
        long own = packets / order.threads() + (thread < packets % order.threads() ? 1 : 0);
        return new Limits(own, order.limits().nanos());
    }

    private static boolean isXdp(Order order, Streams streams) throws IOException {
        double each = order.packetsPerSecond() / order.threads();
        return switch (order.via()) {
            case SOCKET -> false;
            case XDP -> {
                if (!takesXdp(order, streams)) {
                    throw CommandException.failed(order.interfaceName()
                            + " doesn't take XDP frames; of a veth, turn GRO on at its other end (ethtool -K PEER gro on),"
                            + " or use --via socket");
                }
                yield true;
            }
            case AUTO ->
                each >= XDP_FROM_PACKETS_PER_SECOND
                        && order.limits().packets() > 100 * PROBE_FRAMES
                        && takesXdp(order, streams);
        };
    }

    /** Whether some frames that are handed over show in the interface's counter: nothing else tells. */
    private static boolean takesXdp(Order order, Streams streams) throws IOException {
        try (FrameSender sender = FrameSender.live(order.interfaceName(), 0)) {
            long before = InterfaceMeter.sent(order.interfaceName());
            long sent = sendAtOnce(sender, order, streams, PROBE_FRAMES, PROBE_NANOS);
            long counted = 0;
            for (int i = 0; i < SETTLES && counted < sent; i++) {
                pause(SETTLE_MILLIS);
                counted = InterfaceMeter.sent(order.interfaceName()) - before;
            }
            return sent > 0 && counted >= sent;
        } catch (KernelException e) {
            if (order.via() == Via.XDP) {
                throw e;
            }
            return false;
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Frames with the hardware addresses of this link. */
    private record Addressed(FrameStream frames, long sourceMac, long targetMac) implements FrameStream {
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

        @Override
        public int next(MemorySegment out, long offset) throws IOException {
            int length = frames.next(out, offset);
            if (length != END) {
                out.set(LONG, offset, targetMac << 16 | sourceMac >>> 32);
                out.set(INT, offset + Long.BYTES, (int) sourceMac);
            }
            return length;
        }

        @Override
        public long dueNanos() {
            return frames.dueNanos();
        }

        @Override
        public void close() {
            frames.close();
        }
    }
}
