package io.weir.detector.cli;

import io.weir.filter.address.IpAddress;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code scripts/bench connections}: what a tracked connection costs, in time and memory, and what becomes of a full
 * table. Segments of random connections are hashed, related and committed; writing their columns isn't measured.
 */
@Command(
        name = "bench-connections",
        hidden = true,
        description = "Measure the connection table; prints one JSON line for each size, medians of batches.",
        mixinStandardHelpOptions = true)
final class ConnectionBenchCommand implements Callable<Integer> {
    private static final int BATCH = PacketBatch.CAPACITY;
    private static final int ACCEPTED = Verdict.of(Reason.ACCEPTED);
    private static final int SERVER = 0xc633_640a;
    private static final int CLIENTS = 0x0a00_0000;
    private static final int CLIENT_PORTS = 16;
    private static final int FIRST_PORT = 1024;
    /** Between all packets, so that no time-out is reached. */
    private static final long STEP_NANOS = 10;

    @Option(
            names = "--connections",
            paramLabel = "N",
            split = ",",
            defaultValue = "10000,1000000,10000000",
            description = "Sizes of the table; 10 million take 800 MB (default: ${DEFAULT-VALUE}).")
    private int[] sizes = {};

    @Option(
            names = "--batches",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Batches of 256 to measure of each kind (default: ${DEFAULT-VALUE}).")
    private int batches;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final SplittableRandom random = new SplittableRandom(1);
    private final PacketBatch batch = new PacketBatch();
    private FlowTracker flows = new FlowTracker(new FlowHash(1), 1, FlowTimeouts.DEFAULT);
    private long nowNanos;
    private long touched;

    @Override
    public Integer call() {
        if (batches < 1 || Arrays.stream(sizes).anyMatch(size -> size < BATCH || size > 100_000_000)) {
            throw CommandException.wrongUsage(
                    "--batches takes at least 1, --connections sizes from " + BATCH + " to 100000000");
        }
        for (int size : sizes) {
            spec.commandLine().getOut().println(measure(size));
            spec.commandLine().getOut().flush();
        }
        return ExitStatus.DONE;
    }

    private String measure(int size) {
        flows = new FlowTracker(new FlowHash(1), size, FlowTimeouts.DEFAULT);
        open(0, size);
        int kept = kept(0, size);
        double hitNanos = median(() -> random.nextInt(size));
        double missNanos = median(() -> Integer.MAX_VALUE - random.nextInt(1 << 28));
        // Half as many again than the table was made for, all with a handshake, then as many that show two segments.
        long evicted = flows.connectionEvictions();
        long refused = flows.connectionRefusals();
        double newNanos = open(size, size / 2);
        double fullHitNanos = median(() -> size / 2 + random.nextInt(size));
        String full = String.format(
                Locale.ROOT,
                "{\"newcomers\":%d,\"gave_way\":%d,\"refused\":%d,\"newcomers_kept\":%d,\"kept\":%d,"
                        + "\"ns_per_newcomer_packet\":%.1f,\"hit_ns\":%.1f}",
                size / 2,
                flows.connectionEvictions() - evicted,
                flows.connectionRefusals() - refused,
                kept(size, size / 2),
                kept(0, size),
                newNanos,
                fullHitNanos);
        return String.format(
                Locale.ROOT,
                "{\"connections\":%d,\"kept\":%d,\"bytes_per_connection\":%.1f,\"hit_ns\":%.1f,\"miss_ns\":%.1f,"
                        + "\"when_full\":%s,\"touched\":%d}",
                size,
                kept,
                (double) flows.sizeBytes() / size,
                hitNanos,
                missNanos,
                full,
                touched & 1);
    }

    /** Lets connections shake hands; nanoseconds a packet. */
    private double open(int first, int count) {
        long nanos = 0;
        for (int from = 0; from < count; from += BATCH) {
            batch.size = Math.min(BATCH, count - from);
            for (int step = 0; step < 3; step++) {
                for (int i = 0; i < batch.size; i++) {
                    segment(i, first + from + i, step);
                }
                nanos += judge();
            }
        }
        return (double) nanos / count / 3;
    }

    /** How many connections are still known. */
    private int kept(int first, int count) {
        int belonging = 0;
        for (int from = 0; from < count; from += BATCH) {
            batch.size = Math.min(BATCH, count - from);
            for (int i = 0; i < batch.size; i++) {
                segment(i, first + from + i, 2);
            }
            touched += flows.prepare(batch, 0, batch.size);
            for (int i = 0; i < batch.size; i++) {
                nowNanos += STEP_NANOS;
                belonging += flows.relate(batch, i, nowNanos, true) == Relation.BELONGS ? 1 : 0;
            }
        }
        return belonging;
    }

    @FunctionalInterface
    private interface Choice {
        int connection();
    }

    /** Nanoseconds that one segment takes, in the median of the second half of the batches: the first warms up. */
    private double median(Choice choice) {
        long[] nanos = new long[batches];
        batch.size = BATCH;
        for (int n = -batches; n < batches; n++) {
            for (int i = 0; i < BATCH; i++) {
                segment(i, choice.connection(), 2);
            }
            long taken = judge();
            nanos[Math.max(0, n)] = taken;
        }
        Arrays.sort(nanos);
        return (double) nanos[batches / 2] / BATCH;
    }

    /** Takes a batch through the tracker; how long that took. */
    private long judge() {
        long beginNanos = System.nanoTime();
        touched += flows.prepare(batch, 0, batch.size);
        for (int i = 0; i < batch.size; i++) {
            nowNanos += STEP_NANOS;
            int relation = flows.relate(batch, i, nowNanos, true);
            flows.commit(batch, i, nowNanos, relation, ACCEPTED);
        }
        return System.nanoTime() - beginNanos;
    }

    /** A SYN, its answer, or an acknowledgment of a connection. */
    private void segment(int i, int connection, int step) {
        boolean isAnswer = step == 1;
        long client = IpAddress.mapped(CLIENTS + connection / CLIENT_PORTS);
        int port = FIRST_PORT + connection % CLIENT_PORTS;
        batch.ipVersion[i] = 4;
        batch.protocol[i] = IpProtocol.TCP;
        batch.capturedLength[i] = 60;
        batch.wireLength[i] = 60;
        batch.tcpWindow[i] = 60_000;
        batch.sourceLow[i] = isAnswer ? IpAddress.mapped(SERVER) : client;
        batch.destinationLow[i] = isAnswer ? client : IpAddress.mapped(SERVER);
        batch.sourcePort[i] = isAnswer ? 443 : port;
        batch.destinationPort[i] = isAnswer ? port : 443;
        batch.tcpFlags[i] = step == 0 ? TcpFlags.SYN : isAnswer ? TcpFlags.SYN | TcpFlags.ACK : TcpFlags.ACK;
        batch.tcpSequence[i] = isAnswer ? 7 : step == 0 ? 5 : 6;
        batch.tcpAcknowledgment[i] = isAnswer ? 6 : 8;
    }
}
