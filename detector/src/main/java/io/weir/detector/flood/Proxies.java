package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SampleShape;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.Application;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * Who is a proxy that asks for others, and may be believed whom it names: whoever did so in peace for a minute, or for half
 * the time since the stream began, for many, who came again; and who is trusted. Anybody can invent names; a newcomer that does is one client.
 *
 * <p>Control step only. A fixed table, 4-way set-associative: of a set that is full, whoever named people in the fewest
 * stretches gives way, those who aren't believed yet before those who are. 285 kB.
 */
final class Proxies {
    private static final int PEERS = 512;
    private static final int WAYS = 4;
    private static final int NAME_BITS = 4096;
    private static final int NAME_LONGS = NAME_BITS / Long.SIZE;
    private static final int FEWEST_NAMES = 16;
    /** Further ones would be taken for those that came: then it is counted anew. */
    private static final int MOST_NAMES = 512;

    /** Of requests, different names: of people, who ask for a page and what is on it, some come again. */
    private static final double NEARLY_ALL = 0.9;

    /** Peace in which it named somebody: a bit for each of 64 stretches, the newest lowest. */
    private static final long STRETCH_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** So many: a minute. */
    private static final int FEWEST_STRETCHES = 6;

    private static final long AGE_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** No flood takes so long to be noticed: what shows people was peace. */
    private static final long PEACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long NEVER = Long.MAX_VALUE;
    private static final int HTTP = TrafficClass.HTTP.ordinal();

    private final FlowHash hash;
    private final SampleRing ring;
    private PrefixTable trusted = PrefixTable.of(List.of());
    private final long[] keys = new long[PEERS];
    private final long[] firstNanos = new long[PEERS];
    private final long[] lastNanos = new long[PEERS];
    private final long[] stretches = new long[PEERS];
    private final int[] requests = new int[PEERS];
    private final int[] names = new int[PEERS];
    private final long[] seen = new long[PEERS * NAME_LONGS];
    /** Since when each is known to name people, {@link #NEVER} where it isn't. */
    private final long[] peopleNanos = new long[PEERS];

    private long startNanos;
    private long nowNanos;
    /** Number of the first sample that hasn't been looked at. */
    private long cursor;

    Proxies(SampleRing ring, FlowHash hash) {
        this.ring = ring;
        this.hash = hash;
    }

    /** Says which prefixes are believed from the beginning. */
    void trust(List<IpPrefix> prefixes) {
        trusted = PrefixTable.of(prefixes);
    }

    void restart() {
        Arrays.fill(keys, 0);
        cursor = ring.added();
    }

    /**
     * Learns from what was sampled since the last time.
     *
     * @param isFlooded of a sample, whether what it went to is under an alarm: then it teaches nothing
     */
    void learn(long streamStartNanos, long now, IntPredicate isFlooded) {
        startNanos = streamStartNanos;
        nowNanos = now;
        long end = ring.added();
        cursor = Math.max(cursor, end - SampleRing.CAPACITY);
        for (; cursor < end; cursor++) {
            int sample = (int) cursor & SampleRing.CAPACITY - 1;
            if (isNaming(sample) && !isFlooded.test(sample)) {
                learn(sample);
            }
        }
    }

    private boolean isNaming(int sample) {
        return ring.trafficClass(sample) == HTTP
                && isRequest(ring.application(sample))
                && SampleShape.isForwarded(ring.shape(sample));
    }

    private static boolean isRequest(Application application) {
        return application == Application.HTTP_REQUEST || application == Application.HTTP2_REQUEST;
    }

    private void learn(int sample) {
        int at = place(key(sample));
        stretches[at] = stretches(at, ring.timeNanos(sample)) | 1;
        lastNanos[at] = ring.timeNanos(sample);
        requests[at]++;
        int name = SampleShape.client(ring.shape(sample)) & NAME_BITS - 1;
        int word = at * NAME_LONGS + name / Long.SIZE;
        names[at] += (seen[word] >>> name & 1) == 0 ? 1 : 0;
        seen[word] |= 1L << name;
        if (peopleNanos[at] == NEVER && names[at] >= FEWEST_NAMES && names[at] < NEARLY_ALL * requests[at]) {
            peopleNanos[at] = nowNanos;
        }
        if (names[at] >= MOST_NAMES) {
            forgetNames(at);
        }
    }

    private void forgetNames(int at) {
        Arrays.fill(seen, at * NAME_LONGS, (at + 1) * NAME_LONGS, 0);
        names[at] = 0;
        requests[at] = 0;
    }

    /** Whether a sample is a request of somebody for whom a proxy asks. */
    boolean isOfProxy(int sample) {
        if (!isNaming(sample)) {
            return false;
        }
        if (trusted.lookup(ring.sourceHigh(sample), ring.sourceLow(sample)) >= 0) {
            return true;
        }
        long key = key(sample);
        for (int at = first(key); at < first(key) + WAYS; at++) {
            if (keys[at] == key) {
                long half = (nowNanos - startNanos) / 2;
                return peopleNanos[at] != NEVER
                        && Long.bitCount(stretches(at, nowNanos))
                                >= Math.clamp(half / STRETCH_NANOS, 1, FEWEST_STRETCHES)
                        && nowNanos - peopleNanos[at] >= Math.min(PEACE_NANOS, half)
                        && nowNanos - firstNanos[at] >= Math.min(AGE_NANOS, half);
            }
        }
        return false;
    }

    /** As they are at a time: belief ends where none is left. */
    private long stretches(int at, long timeNanos) {
        long passed = Math.floorDiv(timeNanos, STRETCH_NANOS) - Math.floorDiv(lastNanos[at], STRETCH_NANOS);
        return passed < Long.SIZE ? stretches[at] << Math.max(0, passed) : 0;
    }

    private int place(long key) {
        int worst = first(key);
        for (int at = first(key); at < first(key) + WAYS; at++) {
            if (keys[at] == key) {
                return at;
            }
            worst = keys[worst] != 0 && (keys[at] == 0 || isLess(at, worst)) ? at : worst;
        }
        keys[worst] = key;
        firstNanos[worst] = nowNanos;
        lastNanos[worst] = nowNanos;
        stretches[worst] = 0;
        peopleNanos[worst] = NEVER;
        forgetNames(worst);
        return worst;
    }

    /** Whoever has named people for longer stays: that can't be hurried, however many addresses name somebody. */
    private boolean isLess(int at, int other) {
        boolean isBelieved = peopleNanos[at] != NEVER;
        if (isBelieved != (peopleNanos[other] != NEVER)) {
            return !isBelieved;
        }
        int known = Long.bitCount(stretches(at, nowNanos));
        int otherKnown = Long.bitCount(stretches(other, nowNanos));
        return known != otherKnown ? known < otherKnown : lastNanos[at] < lastNanos[other];
    }

    private long key(int sample) {
        long key = hash.address(ring.sourceHigh(sample), ring.sourceLow(sample));
        return key == 0 ? 1 : key;
    }

    private static int first(long key) {
        return (int) (key >>> 32 & PEERS / WAYS - 1) * WAYS;
    }
}
