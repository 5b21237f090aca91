package io.weir.detector.window;

import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.RequestHead;
import io.weir.filter.packet.TcpFlags;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How many connections hold a server up: they have begun an HTTP request and hardly go on with it (slowloris, slow POST).
 * Only connections whose request didn't end in its first segment are tracked, until it ends or they do.
 *
 * <p>One writer; the control step reads. A fixed table, 4-way set-associative: where a set is full, a further connection
 * isn't tracked.
 */
public final class SlowRequests {
    /** From here on a server's slots run out: Apache's prefork has 256 (MaxRequestWorkers), a thread pool mostly less. */
    public static final int ALARM = 100;

    /** A request that takes longer, at less than the rate below, is slow: a good half of the time servers give. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Apache's mod_reqtimeout closes below this by default (header=20-40,MinRate=500). */
    private static final double LEAST_BYTES_PER_SECOND = 500;
    /** Longest pause of slow tools between two bytes, and to spare (slowloris.pl: 100 s by default). */
    private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(150);

    private static final int WAYS = 4;
    private static final int ENTRIES = 1 << 14;
    /** Entries looked at each tick of 8 ms: all in half a second. */
    private static final int SWEPT = ENTRIES / 64;

    private static final int COUNTED_SOURCES = 1 << 14;
    private static final int HTTP_REQUEST = Application.HTTP_REQUEST.ordinal();

    private final FlowHash hash;
    private final int[] counts;
    private final int[] sourceCounts = new int[COUNTED_SOURCES];

    private final long[] keys = new long[ENTRIES];
    private final int[] targets = new int[ENTRIES];
    private final int[] groups = new int[ENTRIES];
    private final int[] sources = new int[ENTRIES];
    private final long[] startNanos = new long[ENTRIES];
    private final long[] lastNanos = new long[ENTRIES];
    private final long[] awaited = new long[ENTRIES];
    private final long[] received = new long[ENTRIES];
    private final boolean[] isSlow = new boolean[ENTRIES];

    private int tracked;
    private int hand;
    private long untracked;

    /** @param targets how many targets there are, addresses and prefixes together */
    public SlowRequests(int targets, FlowHash hash) {
        this.counts = new int[targets];
        this.hash = hash;
    }

    /** Forgets everything: a new stream begins. */
    public void restart() {
        Arrays.fill(keys, 0);
        Arrays.fill(isSlow, false);
        Arrays.fill(counts, 0);
        Arrays.fill(sourceCounts, 0);
        tracked = 0;
    }

    /** Connections toward a target that have held up a request for longer than a user would, now. */
    public int count(int target) {
        return counts[target];
    }

    /** Likewise of one source, all targets together; sources that share a counter count as one. */
    public int countOfSource(long source) {
        return sourceCounts[source(source)];
    }

    /** Connections that found no place since the start. */
    public long untracked() {
        return untracked;
    }

    /** Memory in bytes. */
    public long sizeBytes() {
        return ENTRIES * (8L + 4 + 4 + 4 + 8 + 8 + 8 + 8 + 1) + 4L * counts.length + 4L * COUNTED_SOURCES;
    }

    /**
     * Notes a packet toward a target, before its verdict.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     */
    public void note(PacketBatch batch, int i, int target, int group, int relation, long nowNanos) {
        boolean isRequest = batch.application[i] == HTTP_REQUEST && Relation.isProven(relation);
        if (!isRequest && tracked == 0 || batch.protocol[i] != IpProtocol.TCP) {
            return;
        }
        long key = hash.endpoint(batch.sourceHigh[i], batch.sourceLow[i], batch.sourcePort[i]);
        int at = tracked == 0 ? -1 : find(key);
        if (isRequest) {
            begin(batch, i, key, at, target, group, nowNanos);
        } else if (at >= 0) {
            goOn(batch, i, at, nowNanos);
        }
    }

    /** Notes a packet from a target: whether the server gives up. */
    public void noteAnswer(PacketBatch batch, int i) {
        if (tracked > 0 && (batch.tcpFlags[i] & (TcpFlags.FIN | TcpFlags.RST)) != 0) {
            forget(find(hash.endpoint(batch.destinationHigh[i], batch.destinationLow[i], batch.destinationPort[i])));
        }
    }

    private void begin(PacketBatch batch, int i, long key, int known, int target, int group, long nowNanos) {
        forget(known);
        long left = RequestHead.awaited(batch, i);
        if (left == 0) {
            return;
        }
        int at = freePlace(key);
        if (at < 0) {
            untracked++;
            return;
        }
        tracked++;
        keys[at] = key;
        targets[at] = target;
        groups[at] = group;
        sources[at] = source(hash.address(batch.sourceHigh[i], batch.sourceLow[i]));
        startNanos[at] = nowNanos;
        lastNanos[at] = nowNanos;
        awaited[at] = left;
        received[at] = batch.payloadLength[i];
    }

    private void goOn(PacketBatch batch, int i, int at, long nowNanos) {
        int length = batch.payloadLength[i];
        boolean isOver = (batch.tcpFlags[i] & (TcpFlags.FIN | TcpFlags.RST | TcpFlags.SYN)) != 0
                || length > 0 && awaited[at] == RequestHead.UNFINISHED && RequestHead.endsHead(batch, i)
                || awaited[at] >= 0 && length >= awaited[at];
        if (isOver) {
            forget(at);
            return;
        }
        if (length > 0) {
            lastNanos[at] = nowNanos;
            received[at] += length;
            awaited[at] -= awaited[at] > 0 ? length : 0;
        }
    }

    /** Once a tick: looks at a part of the table. */
    public void tick(long nowNanos) {
        if (tracked == 0) {
            return;
        }
        for (int n = 0; n < SWEPT; n++) {
            hand = hand + 1 & ENTRIES - 1;
            if (keys[hand] == 0) {
                continue;
            }
            long age = nowNanos - startNanos[hand];
            if (nowNanos - lastNanos[hand] > FORGET_NANOS) {
                forget(hand);
            } else {
                mark(hand, age >= SLOW_NANOS && received[hand] < LEAST_BYTES_PER_SECOND * age / 1e9);
            }
        }
    }

    /** Whether a packet's connection, known by its client's end, is held up. */
    public boolean isSlow(long endpoint) {
        int at = tracked == 0 ? -1 : find(endpoint);
        return at >= 0 && isSlow[at];
    }

    private void mark(int at, boolean slow) {
        if (isSlow[at] == slow) {
            return;
        }
        isSlow[at] = slow;
        int change = slow ? 1 : -1;
        sourceCounts[sources[at]] += change;
        if (targets[at] >= 0) {
            counts[targets[at]] += change;
        }
        if (groups[at] >= 0) {
            counts[groups[at]] += change;
        }
    }

    private void forget(int at) {
        if (at >= 0) {
            mark(at, false);
            keys[at] = 0;
            tracked--;
        }
    }

    private int find(long key) {
        int first = first(key);
        for (int at = first; at < first + WAYS; at++) {
            if (keys[at] == key) {
                return at;
            }
        }
        return -1;
    }

    private int freePlace(long key) {
        int first = first(key);
        for (int at = first; at < first + WAYS; at++) {
            if (keys[at] == 0) {
                return at;
            }
        }
        return -1;
    }

    private static int first(long key) {
        return (int) (key >>> 32 & ENTRIES / WAYS - 1) * WAYS;
    }

    private static int source(long source) {
        return (int) (source >>> 32) & COUNTED_SOURCES - 1;
    }
}
