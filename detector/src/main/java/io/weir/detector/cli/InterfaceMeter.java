package io.weir.detector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What an interface sends while it is open, read every {@value #PERIOD_MILLIS} ms from its own counter: XDP frames may find no
 * room at it, and nothing else tells how many did. Others' packets are among them.
 */
final class InterfaceMeter implements AutoCloseable {
    private static final long PERIOD_MILLIS = 50;
    private static final Path COUNTERS = Path.of("/proc/thread-self/net/dev");
    private static final int SENT_COLUMN = 9;

    private record Reading(long timeNanos, long packets) {}

    private final String interfaceName;
    private final long startNanos;
    private final List<Reading> readings = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private InterfaceMeter(String interfaceName, long startNanos, long before) {
        this.interfaceName = interfaceName;
        this.startNanos = startNanos;
        readings.add(new Reading(0, before));
        clock.scheduleAtFixedRate(this::read, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @param startNanos of {@link System#nanoTime} that steps are counted from */
    static InterfaceMeter start(String interfaceName, long startNanos) throws IOException {
        return new InterfaceMeter(interfaceName, startNanos, sent(interfaceName));
    }

    /** Packets that an interface has sent since it is there. */
    static long sent(String interfaceName) throws IOException {
        for (String line : Files.readAllLines(COUNTERS)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(interfaceName)) {
                return Long.parseLong(line.substring(colon + 1).strip().split("\\s+")[SENT_COLUMN]);
            }
        }
        throw CommandException.wrongUsage(
                "there is no interface '" + interfaceName + "'; 'ip link' shows those there are");
    }

    private void read() {
        long packets;
        try {
            packets = sent(interfaceName);
        } catch (IOException | CommandException gone) {
            packets = readings.getLast().packets();
        }
        readings.add(new Reading(System.nanoTime() - startNanos, packets));
    }

    /** Reads a last time. */
    @Override
    public void close() {
        clock.close();
        read();
    }

    /** Packets from the start to the last reading; once it is closed. */
    long packets() {
        return readings.getLast().packets() - readings.getFirst().packets();
    }

    /** Packets in each of so many steps, as even as between two readings; once it is closed. */
    long[] steps(int count, long stepNanos) {
        long[] steps = new long[count];
        double before = readings.getFirst().packets();
        int next = 1;
        for (int i = 0; i < count; i++) {
            long end = (i + 1) * stepNanos;
            while (next < readings.size() - 1 && readings.get(next).timeNanos() < end) {
                next++;
            }
            double until = between(readings.get(next - 1), readings.get(next), end);
            steps[i] = Math.round(until) - Math.round(before);
            before = until;
        }
        return steps;
    }

    private static double between(Reading one, Reading other, long timeNanos) {
        long nanos = other.timeNanos() - one.timeNanos();
        double share = nanos <= 0 ? 1 : Math.clamp((double) (timeNanos - one.timeNanos()) / nanos, 0, 1);
        return one.packets() + share * (other.packets() - one.packets());
    }
}
