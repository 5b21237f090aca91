package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long a change takes until the next batch sees it, and what a storm of changes costs a reader. Each deletion and
 * each insertion is timed alone, on a publisher in its usual state: the medians are what to read.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RuleChangeBenchmark {
    private static final long CHANGE_EVERY_NANOS = 1_000_000;

    @Param({"10000", "100000"})
    public int rules;

    /** Changes a second by another thread while packets are looked up: none, or a thousand. */
    @Param({"false", "true"})
    public boolean storm;

    private List<Rule> all = List.of();
    private RuleSetPublisher publisher = new RuleSetPublisher(List.of());
    private final PacketBatch batch = new PacketBatch();
    private final int[] packets = new int[PacketBatch.CAPACITY];
    private final int[] found = new int[PacketBatch.CAPACITY];
    private final LookupScratch scratch = new LookupScratch();
    private final Random random = new Random(1);
    private volatile boolean isDone;
    private Thread changer = new Thread();

    @Setup(Level.Iteration)
    public void open() {
        List<Rule> made = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            made.add(rule());
        }
        all = made;
        publisher.close();
        publisher = new RuleSetPublisher(all);
        for (int i = 0; i < packets.length; i++) {
            packets[i] = i;
            batch.sourceLow[i] = IpAddress.mapped(random.nextInt());
            batch.destinationLow[i] = IpAddress.mapped(random.nextInt());
            batch.destinationPort[i] = random.nextInt(1 << 16);
            batch.protocol[i] = 6;
        }
        isDone = false;
        changer = Thread.ofPlatform().daemon().start(this::change);
    }

    private void change() {
        Random own = new Random(2);
        try {
            while (storm && !isDone) {
                publisher.insert(own.nextInt(publisher.size()), all.get(own.nextInt(all.size())));
                publisher.delete(own.nextInt(publisher.size()));
                TimeUnit.NANOSECONDS.sleep(2 * CHANGE_EVERY_NANOS);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @TearDown(Level.Iteration)
    public void close() throws InterruptedException {
        isDone = true;
        changer.join();
        publisher.close();
    }

    private Rule rule() {
        RuleBox box = new RuleBox(
                prefix(), prefix(), PortRange.ANY, new PortRange(random.nextInt(1024), 1024), RuleBox.ANY_PROTOCOL);
        return new Rule(new RuleOrigin("bench", "sg", ""), "", Direction.INGRESS, Policy.ACCEPT, 1, List.of(box), "");
    }

    private IpPrefix prefix() {
        int length = 16 + random.nextInt(17);
        return new IpPrefix(4, 0, IpAddress.mapped(random.nextInt() & -1 << 32 - length), length);
    }

    /** A batch of {@value PacketBatch#CAPACITY}. */
    @Benchmark
    public int[] lookUpBatch() {
        publisher.current().find(batch, packets, packets.length, scratch, found);
        return found;
    }

    @Benchmark
    public void delete() {
        // Seldom enough that the median doesn't see it.
        if (publisher.size() < rules / 2) {
            publisher.replaceAll(all);
        }
        publisher.delete(publisher.size() / 2);
    }

    @Benchmark
    public int insert() throws InterruptedException {
        publisher.insert(publisher.size() / 2, all.getFirst());
        return publisher.size();
    }

    @Benchmark
    public void replaceAll() {
        publisher.replaceAll(all);
    }
}
