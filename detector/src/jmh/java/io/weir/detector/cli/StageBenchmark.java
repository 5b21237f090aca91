package io.weir.detector.cli;

import io.weir.detector.window.CountMinSketch;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.match.LookupScratch;
import io.weir.filter.match.RuleSetPublisher;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Direction;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.SignatureMatcher;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.ReasonCounters;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Each stage of a packet's way alone; what comes before it is done already and not timed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PacketBatch.CAPACITY)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseTransparentHugePages", "-XX:InlineSmallCode=8000", "-Xmx4g"})
public class StageBenchmark {
    private static final int CONNECTIONS = 1_000_000;
    private static final int TARGETS = 4096;
    private static final int CLASSES = 8;
    private static final int SKETCH_WIDTH = 1 << 15;
    private static final int SKETCH_DEPTH = 2;
    private static final long SKETCH_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int ACCEPTED = Verdict.of(Reason.ACCEPTED);

    @Param({"peace", "spoofed-syn", "established"})
    public String traffic;

    private final PacketBatch batch = new PacketBatch();
    private final FrameDecoder decoder = new FrameDecoder();
    private final FlowTracker flows = new FlowTracker(new FlowHash(1), CONNECTIONS, FlowTimeouts.DEFAULT);
    private final TargetWindows windows = new TargetWindows(TARGETS, CLASSES);
    private final CountMinSketch sketch = new CountMinSketch(SKETCH_WIDTH, SKETCH_DEPTH, SKETCH_NANOS);
    private final RuleSetPublisher rules = new RuleSetPublisher(
            BenchCommand.accepting(MadeRules.boxes(10_000), Direction.INGRESS).rules());
    private final LookupScratch scratch = new LookupScratch();
    private final int[] packets = new int[PacketBatch.CAPACITY];
    private final int[] found = new int[PacketBatch.CAPACITY];
    private final SignatureMatcher matcher = matcher("tcp flags syn, window 512 or 1024, options none, length 40-60");
    private final ReasonCounters reasons = new ReasonCounters(1);
    private final int[] way = new int[PacketBatch.CAPACITY];
    private LoopedTraffic source;

    private static SignatureMatcher matcher(String text) {
        return switch (Signature.parse(text)) {
            case Signature.Parsed.Valid valid -> SignatureMatcher.of(valid.signature());
            case Signature.Parsed.Invalid invalid -> throw new IllegalStateException(invalid.toString());
        };
    }

    @Setup(Level.Trial)
    public void open() throws IOException {
        source = new LoopedTraffic(traffic);
        Arrays.setAll(packets, i -> i);
    }

    /** Decodes too: as fresh as it would be behind the decoder. */
    @Setup(Level.Invocation)
    public void fill() {
        source.fill(batch);
        decoder.decode(batch);
        Arrays.fill(batch.verdict, ACCEPTED);
    }

    /** Finds its connection, checks the window, notes what it changes. */
    @Benchmark
    public long relate() {
        long related = flows.prepare(batch, 0, batch.size);
        for (int i = 0; i < batch.size; i++) {
            int relation = flows.relate(batch, i, batch.timestampNanos[i], true);
            flows.commit(batch, i, batch.timestampNanos[i], relation, ACCEPTED);
            related += relation;
        }
        return related;
    }

    /** In the windows of its target. */
    @Benchmark
    public TargetWindows count() {
        windows.advance(batch.timestampNanos[0]);
        for (int i = 0; i < batch.size; i++) {
            windows.count((int) batch.destinationLow[i] & TARGETS - 1, 0, batch.wireLength[i]);
        }
        return windows;
    }

    /** By its source, as the ladder of a flood does. */
    @Benchmark
    public long sketch() {
        long sum = 0;
        for (int i = 0; i < batch.size; i++) {
            sum += sketch.add(batch.sourceLow[i], batch.timestampNanos[i]);
        }
        return sum;
    }

    /** One of 10,000 rules. */
    @Benchmark
    public int[] match() {
        rules.current().find(batch, packets, batch.size, scratch, found);
        return found;
    }

    @Benchmark
    public int signature() {
        int matching = 0;
        for (int i = 0; i < batch.size; i++) {
            matching += matcher.matches(batch, i) ? 1 : 0;
        }
        return matching;
    }

    /** Counted by its reason. */
    @Benchmark
    public ReasonCounters verdict() {
        reasons.count(batch.verdict, batch.wireLength, way, batch.size);
        return reasons;
    }
}
