package io.weir.detector.cli;

import io.weir.capture.load.ConnectionSource;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.filter.packet.PacketBatch;
import java.util.List;
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

/** The whole way of a segment of one of so many connections, each in turn, so that none is in a cache of the processor. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PacketBatch.CAPACITY)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseTransparentHugePages", "-XX:InlineSmallCode=8000", "-Xmx8g"})
public class ConnectionsBenchmark {
    private static final int SEGMENTS = 1 << 20;
    private static final int PACKETS_PER_SECOND = 10_000_000;
    private static final int HANDSHAKE = 3;

    @Param({"10000", "1000000", "10000000"})
    public int connections;

    private final PacketBatch batch = new PacketBatch();
    private ConnectionSource source;
    private Engine engine;

    /** All shake hands. */
    @Setup(Level.Trial)
    public void open() {
        EngineSettings usual = BenchCommand.settings(true, List.of());
        engine = new Engine(
                new EngineSettings(
                        usual.protect(),
                        usual.isWatchingPrefixes(),
                        usual.trusted(),
                        connections,
                        usual.timeouts(),
                        usual.hashKey(),
                        usual.isObserving()),
                1,
                event -> {});
        source = new ConnectionSource(connections, SEGMENTS, PACKETS_PER_SECOND);
        for (long packets = 0; packets < (long) HANDSHAKE * connections; packets += batch.size) {
            source.fill(batch);
            engine.worker().judge(batch);
        }
    }

    @Setup(Level.Invocation)
    public void fill() {
        source.fill(batch);
    }

    @Benchmark
    public int[] judge() {
        engine.worker().judge(batch);
        return batch.verdict;
    }
}
