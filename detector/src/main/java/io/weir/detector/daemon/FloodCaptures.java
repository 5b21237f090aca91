package io.weir.detector.daemon;

import io.weir.capture.pcap.CaptureWriter;
import io.weir.capture.sink.PacketSink;
import io.weir.capture.source.RecentPackets;
import io.weir.detector.api.BanPreview;
import io.weir.detector.api.Capture;
import io.weir.detector.config.CapturesConfig;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes the packets around the start of a flood to a file, on a thread of its own, from a ring of the newest packets that
 * the thread that judges fills. One file at a time: a flood that starts while one is being written is in it, and keeps it
 * open for longer; once it is full no other begins before its time is over, so that no attacker sets the pace of the disk.
 */
public final class FloodCaptures implements AutoCloseable {
    /** Block type, lengths, interface and time of an enhanced packet block, and its padding (pcapng section 4.3). */
    private static final int BLOCK_BYTES = 32;

    /** More than the section and its interfaces take. */
    private static final int HEAD_BYTES = 4_096;

    /** How long after its time a file waits for packets that prove it over. */
    private static final long GRACE_MILLIS = 1_000;

    private static final long ROUND_MILLIS = 10;
    private static final long ENDING_MILLIS = 5_000;

    private final CapturesConfig config;
    private final CaptureFolder folder;
    private final Consumer<String> say;
    private final RecentPackets recent;
    private final ArrayBlockingQueue<Order> orders = new ArrayBlockingQueue<>(1);
    private final Thread writer;

    /** By flood, while it is on. The thread that judges. */
    private final Map<String, String> names = new HashMap<>();

    /** The file of now, or of last; the thread that judges. */
    private Order order = END;

    /** Whether the file of now takes packets. */
    private volatile boolean isOpen;

    /** Packet time until which the file of now, or of last, lasts. */
    private volatile long untilNanos = Long.MIN_VALUE;

    private volatile boolean isClosing;
    /** The newest that couldn't be kept. */
    private volatile String failed = "";

    /** @param fromNanos packet time of the first packet wanted */
    private record Order(String name, long fromNanos) {}

    /** Wakes who waits for an order. */
    private static final Order END = new Order("", Long.MAX_VALUE);

    private FloodCaptures(CapturesConfig config, CaptureFolder folder, Consumer<String> say) {
        this.config = config;
        this.folder = folder;
        this.say = say;
        this.recent = new RecentPackets(config.memoryBytes(), config.packetBytes());
        this.writer = Thread.ofPlatform().daemon().name("weir-captures").start(this::write);
    }

    /**
     * Takes its memory and its folder.
     *
     * @param state where the daemon keeps what it knows
     * @param say hears what goes wrong later
     * @throws IOException if the folder can't be had
     */
    public static FloodCaptures open(CapturesConfig config, Path state, Consumer<String> say) throws IOException {
        CaptureFolder folder = new CaptureFolder(state.resolve("captures"), config.folderBytes());
        folder.open();
        return new FloodCaptures(config, folder, say);
    }

    /** Where judged batches go; the thread that judges. */
    public PacketSink sink() {
        return recent;
    }

    /** Begins a file where a flood starts, and names a flood's file in what is told of it. The thread that judges. */
    public Event note(Event event) {
        if (!(event instanceof Event.FloodChanged(FloodReport report))) {
            return event;
        }
        if (report.state() == FloodReport.State.STARTED) {
            begin(report);
        }
        Event named = new Event.FloodChanged(named(report));
        if (report.state() == FloodReport.State.ENDED) {
            names.remove(report.id());
        }
        return named;
    }

    /** The same with the name of its file, where it has one. The thread that judges. */
    FloodReport named(FloodReport report) {
        String name = names.get(report.id());
        return name == null || name.equals(failed) ? report : report.in(name);
    }

    private void begin(FloodReport report) {
        long nowNanos = report.timeNanos();
        // Before its beginning: the clock was set back.
        boolean isOver = nowNanos > untilNanos || nowNanos < order.fromNanos;
        if (isOver && !isOpen) {
            String name = CaptureFolder.name(nowNanos, report.kind().text());
            order = new Order(name, nowNanos - config.beforeNanos());
            untilNanos = nowNanos + config.afterNanos();
            isOpen = true;
            orders.add(order);
            names.put(report.id(), name);
        } else if (!isOver && isOpen) {
            untilNanos = Math.max(untilNanos, nowNanos + config.afterNanos());
            names.put(report.id(), order.name);
        }
    }

    private void write() {
        try {
            while (!isClosing || !orders.isEmpty()) {
                Order next = orders.take();
                if (!next.equals(END)) {
                    write(next);
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Order next) throws InterruptedException {
        try (RecentPackets.Reader packets = recent.read()) {
            folder.finish(write(next, packets));
            if (packets.skippedBytes() > 0) {
                say.accept("captures: " + next.name + " lacks " + packets.skippedBytes()
                        + " bytes that came faster than they could be written");
            }
        } catch (IOException full) {
            failed = next.name;
            say.accept("captures: " + next.name + " can't be kept: " + full.getMessage());
        }
    }

    private Path write(Order next, RecentPackets.Reader packets) throws IOException, InterruptedException {
        try {
            Path part = folder.begin(next.name, config.fileBytes());
            try (CaptureWriter out = CaptureWriter.create(part.toString())) {
                copy(packets, next.fromNanos, out);
            } catch (IOException full) {
                // Events and bans need the room more.
                Files.deleteIfExists(part);
                throw full;
            }
            return part;
        } finally {
            isOpen = false;
        }
    }

    private void copy(RecentPackets.Reader packets, long fromNanos, CaptureWriter out)
            throws IOException, InterruptedException {
        PacketBatch batch = new PacketBatch();
        long bytes = HEAD_BYTES;
        while (true) {
            packets.fill(batch);
            for (int i = 0; i < batch.size; i++) {
                bytes += batch.timestampNanos[i] < fromNanos ? 0 : BLOCK_BYTES + (batch.capturedLength[i] + 3 & -4);
                if (batch.timestampNanos[i] > untilNanos || bytes > config.fileBytes()) {
                    return;
                }
                if (batch.timestampNanos[i] >= fromNanos) {
                    out.write(batch, i);
                }
            }
            if (batch.size == 0) {
                long lateMillis = System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(untilNanos);
                if (isClosing || lateMillis > GRACE_MILLIS) {
                    return;
                }
                Thread.sleep(ROUND_MILLIS);
            }
        }
    }

    /** What came from a prefix, of the packets that are remembered. Any thread. */
    BanPreview preview(IpPrefix prefix) {
        FrameDecoder decoder = new FrameDecoder();
        BanTrial trial = new BanTrial(prefix);
        recall(batch -> {
            decoder.decode(batch);
            trial.add(batch);
        });
        return trial.preview();
    }

    /** Gives the packets that are remembered, the oldest first, with their verdicts; any thread. */
    void recall(Consumer<PacketBatch> taker) {
        PacketBatch batch = new PacketBatch();
        try (RecentPackets.Reader reader = recent.read()) {
            // Bounded: in a flood they may come as fast as they are read.
            for (long left = config.memoryBytes() / BLOCK_BYTES;
                    left > 0 && reader.fill(batch) > 0;
                    left -= batch.size) {
                taker.accept(batch);
            }
        }
    }

    /** Files that are complete, the oldest first. Any thread. */
    List<Capture> list() throws IOException {
        return folder.list();
    }

    /** A file by its name. Any thread. */
    Optional<Path> find(String name) {
        return folder.find(name);
    }

    /** Completes the file of now. No more packets may come. */
    @Override
    public void close() {
        isClosing = true;
        // Where there is no room one is there to be taken.
        orders.offer(END);
        try {
            writer.join(ENDING_MILLIS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        if (!writer.isAlive()) {
            recent.close();
        }
    }
}
