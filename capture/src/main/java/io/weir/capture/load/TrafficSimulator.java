package io.weir.capture.load;

import io.weir.filter.fault.Fault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Makes the traffic of a profile, packet by packet, in virtual time: a discrete-event simulation. One seed gives one
 * traffic, byte for byte; legitimate clients do the same whatever floods the profile has. Open loop: nobody notices that
 * a packet was dropped. Memory doesn't grow with the length of the traffic. Used by one thread.
 */
public final class TrafficSimulator {
    /** What {@link #next} answers at the end. */
    public static final int END = -1;

    /** Bytes that the longest frame takes. */
    public static final int MAXIMUM_FRAME_LENGTH = 1514;

    // Users' random streams have other numbers, see LegitimateTraffic.
    private static final int FIRST_FLOOD = 16;
    private static final int STREAMS_PER_FLOOD = 4;

    private final LoadProfile profile;
    private final long seed;
    private final EventQueue queue = new EventQueue();
    private final Tap tap = new Tap();
    private final Host target;
    private final List<LongSupplier> refusals = new ArrayList<>();
    private long nowNanos;

    /**
     * A simulation that hasn't begun.
     *
     * @throws IllegalArgumentException if the profile has faults; ask {@link LoadProfile#faults} before
     */
    public TrafficSimulator(LoadProfile profile, long seed) {
        List<Fault> faults = profile.faults();
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(faults.getFirst().toString());
        }
        this.profile = profile;
        this.seed = seed;
        AddressPlan plan = profile.addresses();
        target = new Host(plan.targetHigh(), plan.targetLow(), Tap.TARGET_MAC);
        nowNanos = profile.epochNanos();
        LegitimateTraffic legitimate = new LegitimateTraffic(profile, queue, target, this::stream);
        legitimate.start();
        refusals.addAll(legitimate.refusals());
        startFloods(legitimate.clients());
    }

    /**
     * Writes the next packet.
     *
     * @param out native memory with room for {@link #MAXIMUM_FRAME_LENGTH} bytes from the offset on
     * @return the frame's length in bytes, or {@link #END}
     */
    public int next(MemorySegment out, long offset) {
        tap.aim(out, offset);
        while (queue.firstTime() < profile.endNanos()) {
            nowNanos = queue.firstTime();
            queue.replanFirst(queue.first().act(nowNanos, tap));
            if (tap.length() > 0) {
                return tap.length();
            }
        }
        return END;
    }

    /** When the packet written last passes the tap, nanoseconds since the epoch; never less than before. */
    public long timestampNanos() {
        return nowNanos;
    }

    /** The truth about the packet written last, see {@link Label}. */
    public int label() {
        return tap.label();
    }

    /** The connection or exchange that the packet written last belongs to, from 1; 0 where it stands alone. */
    public int conversation() {
        return tap.conversation();
    }

    /**
     * Makes all packets that are left.
     *
     * @return how many there were
     */
    public long run(PacketConsumer consumer) {
        MemorySegment frame = Arena.ofAuto().allocate(MAXIMUM_FRAME_LENGTH);
        long packets = 0;
        for (int length = next(frame, 0); length != END; length = next(frame, 0)) {
            consumer.accept(nowNanos, frame, 0, length, tap.label());
            packets++;
        }
        return packets;
    }

    /** Arrivals that came to nothing because more was under way at once than the simulator holds: 0 unless overloaded. */
    public long refusedArrivals() {
        return refusals.stream().mapToLong(LongSupplier::getAsLong).sum();
    }

    /** Things that are planned: what memory grows with. */
    int planned() {
        return queue.size();
    }

    private void startFloods(Client[] users) {
        FloodAnswers answers = new FloodAnswers(queue, target, profile.server(), profile.epochNanos());
        for (int i = 0; i < profile.floods().size(); i++) {
            Flood flood = profile.floods().get(i);
            int purpose = FIRST_FLOOD + STREAMS_PER_FLOOD * i;
            Arrivals.Handler handler = flood(flood, i, users, answers);
            long start = profile.epochNanos() + flood.startNanos();
            long end = Math.min(start + flood.durationNanos(), profile.endNanos());
            double rate = flood.packetsPerSecond();
            new Arrivals(stream(purpose), start, end, rate, flood.spacing(), flood.pulse(), handler).start(queue);
        }
    }

    private Arrivals.Handler flood(Flood flood, int index, Client[] users, FloodAnswers answers) {
        AddressPlan plan = profile.addresses();
        int purpose = FIRST_FLOOD + STREAMS_PER_FLOOD * index;
        int label = Label.attack(flood.kind(), index);
        ToolHeaders headers = new ToolHeaders(flood, plan, users, stream(purpose + 1));
        LoadRandom random = stream(purpose + 2);
        if (flood.vector().isOfConnections()) {
            return connections(flood, random, headers.bots(), label);
        }
        PacketFlood.Setting setting = new PacketFlood.Setting(
                random, headers, targets(plan, flood.addresses()), answers, label, plan.isIpv4());
        return PacketFlood.of(flood.vector(), setting);
    }

    private Arrivals.Handler connections(Flood flood, LoadRandom random, Client[] bots, int label) {
        if (flood.vector().isSlow()) {
            SlowFlood slow = new SlowFlood(queue, random, flood.vector(), bots, target, label);
            refusals.add(slow::refused);
            return slow;
        }
        HttpFlood http = new HttpFlood(
                queue, random, flood, bots, target, profile.legitimate().pages(), label);
        refusals.add(http::refused);
        return http;
    }

    /** The target alone, or so many addresses of its prefix. */
    private List<Host> targets(AddressPlan plan, int count) {
        if (count == 1) {
            return List.of(target);
        }
        List<Host> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            targets.add(new Host(plan.targetHigh(), plan.neighbourLow(i), Tap.TARGET_MAC + i));
        }
        return List.copyOf(targets);
    }

    private LoadRandom stream(int purpose) {
        return new LoadRandom(seed, purpose);
    }
}
