package io.weir.capture.load;

import io.weir.capture.load.Flood.Spacing;
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

    // Each has a random stream of its own, so that none disturbs another.
    private static final int CLIENTS = 0;
    private static final int WEB = 1;
    private static final int DNS = 2;
    private static final int PING = 3;
    private static final int WEB_ARRIVALS = 4;
    private static final int DNS_ARRIVALS = 5;
    private static final int PING_ARRIVALS = 6;
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
        startLegitimate(plan);
        startFloods(plan);
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

    private void startLegitimate(AddressPlan plan) {
        LegitimateLoad load = profile.legitimate();
        Client[] clients = Client.population(plan.clients(), load.clients(), stream(CLIENTS));
        Host resolver = new Host(plan.resolverHigh(), plan.resolverLow(), Tap.RESOLVER_MAC);
        WebUsers web = new WebUsers(queue, stream(WEB), clients, load.tlsShare(), target, resolver);
        DnsUsers dns = new DnsUsers(queue, stream(DNS), clients, target);
        PingUsers ping = new PingUsers(queue, stream(PING), clients, target);
        startLegitimate(WEB_ARRIVALS, load.webConnectionsPerSecond(), web);
        startLegitimate(DNS_ARRIVALS, load.dnsQueriesPerSecond(), dns);
        startLegitimate(PING_ARRIVALS, load.pingsPerSecond(), ping);
        refusals.addAll(List.of(web::refused, dns::refused, ping::refused));
    }

    private void startLegitimate(int purpose, double perSecond, Arrivals.Handler handler) {
        if (perSecond > 0) {
            long start = profile.epochNanos();
            new Arrivals(stream(purpose), start, profile.endNanos(), perSecond, Spacing.POISSON, handler).start(queue);
        }
    }

    private void startFloods(AddressPlan plan) {
        FloodAnswers answers = new FloodAnswers(queue, target, profile.server(), profile.epochNanos());
        for (int i = 0; i < profile.floods().size(); i++) {
            Flood flood = profile.floods().get(i);
            int purpose = FIRST_FLOOD + STREAMS_PER_FLOOD * i;
            Arrivals.Handler handler = flood(flood, i, plan, answers);
            long start = profile.epochNanos() + flood.startNanos();
            long end = Math.min(start + flood.durationNanos(), profile.endNanos());
            double rate = flood.packetsPerSecond();
            new Arrivals(stream(purpose), start, end, rate, flood.spacing(), flood.pulse(), handler).start(queue);
        }
    }

    private Arrivals.Handler flood(Flood flood, int index, AddressPlan plan, FloodAnswers answers) {
        int purpose = FIRST_FLOOD + STREAMS_PER_FLOOD * index;
        int label = Label.attack(flood.kind(), index);
        ToolHeaders headers = new ToolHeaders(flood, plan, stream(purpose + 1));
        LoadRandom random = stream(purpose + 2);
        if (flood.vector().isOfConnections()) {
            HttpFlood http = new HttpFlood(queue, random, headers.bots(), target, label);
            refusals.add(http::refused);
            return http;
        }
        PacketFlood.Setting setting = new PacketFlood.Setting(
                random, headers, targets(plan, flood.addresses()), answers, label, plan.isIpv4());
        return PacketFlood.of(flood.vector(), setting);
    }

    /** The target alone, or so many addresses of its prefix. */
    private Host[] targets(AddressPlan plan, int count) {
        if (count == 1) {
            return new Host[] {target};
        }
        Host[] targets = new Host[count];
        for (int i = 0; i < count; i++) {
            targets[i] = new Host(plan.targetHigh(), plan.neighbourLow(i), Tap.TARGET_MAC + i);
        }
        return targets;
    }

    private LoadRandom stream(int purpose) {
        return new LoadRandom(seed, purpose);
    }
}
