package io.weir.filter.flow;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What connections cost: look-ups in the table alone, and segments through the tracker, at several sizes. Run as a
 * program, with the sizes as arguments; medians of its passes, in nanoseconds.
 */
final class ConnectionBench {
    private static final int PASSES = 7;
    private static final int LOOKUPS = 1 << 22;
    private static final int BATCH = PacketBatch.CAPACITY;
    private static final int PASS = Verdict.of(Reason.ACCEPTED);

    /** Between all segments, so that no time-out is reached. */
    private static final long STEP_NANOS = 100;

    private final int connections;
    private final SplittableRandom random = new SplittableRandom(1);
    private long sum;

    private ConnectionBench(int connections) {
        this.connections = connections;
    }

    /** @param sizes numbers of connections; 10,000, a million and 10 million without */
    public static void main(String[] sizes) {
        int[] counts = sizes.length == 0
                ? new int[] {10_000, 1_000_000, 10_000_000}
                : Arrays.stream(sizes).mapToInt(Integer::parseInt).toArray();
        for (int count : counts) {
            new ConnectionBench(count).run();
        }
    }

    private void run() {
        table();
        tracker();
        if (sum == 42) {
            System.out.println("never");
        }
    }

    private void table() {
        ConnectionTable table = new ConnectionTable(connections, FlowTimeouts.DEFAULT);
        long[] hashes = random.longs(connections).toArray();
        long begin = System.nanoTime();
        for (long hash : hashes) {
            table.put(hash, 1, FlowState.TCP_OPEN, 0);
        }
        say("table: enter", (double) (System.nanoTime() - begin) / connections);
        System.out.printf(
                Locale.ROOT,
                "%,12d  %.1f bytes each, %.3f %% gave way, fill %.3f%n",
                connections,
                (double) table.sizeBytes() / connections,
                100.0 * table.evictions() / connections,
                table.fill(0));
        long[] hits = new long[LOOKUPS];
        Arrays.setAll(hits, i -> hashes[random.nextInt(connections)]);
        long[] misses = random.longs(LOOKUPS).toArray();
        say("table: hit, touched in batches", median(() -> lookUp(table, hits, true)));
        say("table: hit, untouched", median(() -> lookUp(table, hits, false)));
        say("table: miss, touched in batches", median(() -> lookUp(table, misses, true)));
        say("table: miss, untouched", median(() -> lookUp(table, misses, false)));
        say("table: find and update, touched in batches", median(() -> update(table, hits)));
        while (table.evictions() < 2L * connections / 100) {
            table.put(random.nextLong(), 1, FlowState.TCP_OPEN, 1);
        }
        say("table: hit or miss when 2 % too many came", median(() -> lookUp(table, hits, true)));
        // Ever newer connections in a full table: each looks at sixteen entries for the one to give way.
        int[] clock = {1};
        say(
                "table: enter when full",
                median(() -> {
                            clock[0]++;
                            for (int i = 0; i < LOOKUPS / 16; i++) {
                                sum += table.put(random.nextLong(), 1, FlowState.TCP_OPEN, clock[0]);
                            }
                        })
                        * 16);
    }

    private final int[] places = new int[BATCH];

    private void lookUp(ConnectionTable table, long[] hashes, boolean isTouched) {
        long found = 0;
        for (int from = 0; from < LOOKUPS; from += BATCH) {
            if (isTouched) {
                found += table.touch(hashes, from, BATCH, places);
            }
            for (int i = from; i < from + BATCH; i++) {
                found += table.find(hashes[i], 1);
            }
        }
        sum += found;
    }

    private void update(ConnectionTable table, long[] hashes) {
        for (int from = 0; from < LOOKUPS; from += BATCH) {
            sum += table.touch(hashes, from, BATCH, places);
            for (int i = from; i < from + BATCH; i++) {
                int entry = table.find(hashes[i], 1);
                if (entry != ConnectionTable.NONE) {
                    table.setLastSeenNanos(entry, i);
                }
            }
        }
    }

    private void tracker() {
        FlowTracker flows = new FlowTracker(new FlowHash(1), connections, FlowTimeouts.DEFAULT);
        PacketBatch batch = new PacketBatch();
        batch.size = BATCH;
        Arrays.fill(batch.protocol, IpProtocol.TCP);
        Arrays.fill(batch.ipVersion, (byte) 4);
        Arrays.fill(batch.capturedLength, 1_000);
        Arrays.fill(batch.tcpWindow, 60_000);
        Arrays.fill(batch.tcpWindowScale, (byte) 7);
        long[] now = {0};
        for (int first = 0; first < connections; first += BATCH) {
            for (int step = 0; step < 3; step++) {
                for (int i = 0; i < BATCH; i++) {
                    segment(batch, i, first + i, step);
                }
                judge(flows, batch, now);
            }
        }
        int belonging = judge(flows, batch, now);
        System.out.printf(
                Locale.ROOT,
                "%,12d  %.1f bytes each with all tables, %d of %d belong%n",
                connections,
                (double) flows.sizeBytes() / connections,
                belonging,
                BATCH);
        int[] picks = random.ints(1 << 20, 0, connections).toArray();
        say("tracker: prepare, relate and commit", median(() -> {
            for (int n = 0; n < LOOKUPS; n += BATCH) {
                for (int i = 0; i < BATCH; i++) {
                    segment(batch, i, picks[(n + i) % picks.length], 2);
                }
                judge(flows, batch, now);
            }
        }));
        say("  of it to write the columns", median(() -> {
            for (int n = 0; n < LOOKUPS; n += BATCH) {
                for (int i = 0; i < BATCH; i++) {
                    segment(batch, i, picks[(n + i) % picks.length], 2);
                }
            }
        }));
    }

    private int judge(FlowTracker flows, PacketBatch batch, long[] now) {
        sum += flows.prepare(batch, 0, BATCH);
        int belonging = 0;
        for (int i = 0; i < BATCH; i++) {
            now[0] += STEP_NANOS;
            int relation = flows.relate(batch, i, now[0], true);
            flows.commit(batch, i, now[0], relation, PASS);
            belonging += relation == Relation.BELONGS ? 1 : 0;
        }
        return belonging;
    }

    /** A SYN, its answer, or an acknowledgment of a connection. */
    private static void segment(PacketBatch batch, int i, int connection, int step) {
        boolean isAnswer = step == 1;
        long client = IpAddress.mapped(0x0a00_0000 + (connection >>> 4));
        long server = IpAddress.mapped(0xc633_640a);
        int port = 1024 + (connection & 15);
        batch.sourceLow[i] = isAnswer ? server : client;
        batch.destinationLow[i] = isAnswer ? client : server;
        batch.sourcePort[i] = isAnswer ? 443 : port;
        batch.destinationPort[i] = isAnswer ? port : 443;
        batch.tcpFlags[i] = step == 0 ? TcpFlags.SYN : isAnswer ? TcpFlags.SYN | TcpFlags.ACK : TcpFlags.ACK;
        batch.tcpSequence[i] = isAnswer ? 7 : step == 0 ? 5 : 6;
        batch.tcpAcknowledgment[i] = isAnswer ? 6 : 8;
    }

    private static double median(Runnable pass) {
        double[] nanos = new double[PASSES];
        for (int n = 0; n < PASSES; n++) {
            long begin = System.nanoTime();
            pass.run();
            nanos[n] = (double) (System.nanoTime() - begin) / LOOKUPS;
        }
        Arrays.sort(nanos);
        return nanos[PASSES / 2];
    }

    private void say(String what, double nanos) {
        System.out.printf(Locale.ROOT, "%,12d  %-46s %7.1f ns%n", connections, what, nanos);
    }
}
