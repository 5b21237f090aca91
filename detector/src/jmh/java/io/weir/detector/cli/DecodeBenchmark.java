package io.weir.detector.cli;

import io.weir.filter.packet.FrameDecoder;
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

/** The first stage alone: what it finds of a frame in memory that nobody has read yet. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PacketBatch.CAPACITY)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseTransparentHugePages", "-XX:InlineSmallCode=8000", "-Xmx4g"})
public class DecodeBenchmark {
    @Param({"peace", "spoofed-syn", "established"})
    public String traffic;

    private final PacketBatch batch = new PacketBatch();
    private final FrameDecoder decoder = new FrameDecoder();
    private LoopedTraffic packets;

    @Setup(Level.Trial)
    public void open() throws IOException {
        packets = new LoopedTraffic(traffic);
    }

    @Setup(Level.Invocation)
    public void fill() {
        packets.fill(batch);
    }

    @Benchmark
    public byte[] decode() {
        decoder.decode(batch);
        return batch.outcome;
    }
}
