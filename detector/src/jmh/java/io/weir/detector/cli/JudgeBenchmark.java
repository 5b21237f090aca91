package io.weir.detector.cli;

import io.weir.detector.daemon.Engine;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
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

/** The whole way of a packet, from its frame in memory to its verdict, one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PacketBatch.CAPACITY)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseTransparentHugePages", "-XX:InlineSmallCode=8000", "-Xmx4g"})
public class JudgeBenchmark {
    /** Of a spoofed flood each is found and dropped by its signature, behind the rules of those that pass. */
    @Param({"peace", "spoofed-syn", "established"})
    public String traffic;

    @Param({"0", "1000", "10000"})
    public int rules;

    private final PacketBatch batch = new PacketBatch();
    private LoopedTraffic packets;
    private Engine engine;

    @Setup(Level.Trial)
    public void open() throws IOException {
        packets = new LoopedTraffic(traffic);
        engine = new Engine(BenchCommand.settings(true, MadeRules.boxes(rules)), 1, event -> {});
    }

    @Setup(Level.Invocation)
    public void fill() {
        packets.fill(batch);
    }

    @Benchmark
    public int[] judge() {
        engine.worker().judge(batch);
        return batch.verdict;
    }
}
