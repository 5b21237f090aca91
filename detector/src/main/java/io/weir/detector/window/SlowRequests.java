package io.weir.detector.window;

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
    /** So many are no accident, and a good part of a server's slots: Apache's prefork has 256 (MaxRequestWorkers). */
    public static final int ALARM = 50;

    /**
     * A head that takes longer, at less than the rate below, is slow: it fills a segment or two, sent at once, and a lost
     * one comes again after 200 ms to a second (RFC 6298 section 2).
     */
    private static final long SLOW_HEAD_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Likewise a body: uploads stall for a while where links are bad. */
    private static final long SLOW_BODY_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Apache's mod_reqtimeout closes below this by default (header=20-40,MinRate=500). */
    private static final double LEAST_BYTES_PER_SECOND = 500;
    /** Longest pause of slow tools between two bytes, and to spare (slowloris.pl: 100 s by default). */
    private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(150);

    private static final int WAYS = 4;
    private static final int ENTRIES = 1 << 14;
    /** All entries are looked at in so long, in steps of a tick. */
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int COUNTED_SOURCES = 1 << 14;

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
    private long sweptNanos;
    private long untracked;

    /** @param targets how many targets there are, addresses and prefixes together */
    public SlowRequests(int targets) {
        this.counts = new int[targets];
    }

    /** Forgets everything: a new stream begins. */
    public void restart() {
        sweptNanos = 0;
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

    /** When the first of them began. For the control step: it looks at the whole table. */
    public long onsetNanos(int target) {
        long onset = Long.MAX_VALUE;
        for (int at = 0; at < ENTRIES; at++) {
            if (isSlow[at] && (targets[at] == target || groups[at] == target)) {
                onset = Math.min(onset, startNanos[at]);
            }
        }
        return onset;
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

    /** Whether any connection is tracked: if not, nothing goes on or ends. */
    public boolean isTracking() {
        return tracked > 0;
    }

    /**
     * Notes packet {@code i}, which begins a request.
     *
     * @param key keyed hash of the client's end of its connection
     * @param source keyed hash of its source
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     */
    public void begin(PacketBatch batch, int i, long key, long source, int target, int group, long nowNanos) {
        end(key);
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
        sources[at] = source(source);
        startNanos[at] = nowNanos;
        lastNanos[at] = nowNanos;
        awaited[at] = left;
        received[at] = batch.payloadLength[i];
    }

    /** Notes a packet that begins no request. */
    public void goOn(PacketBatch batch, int i, long key, long nowNanos) {
        int at = find(key);
        if (at < 0) {
            return;
        }
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

    /** The server answers: so it has the head, whatever was seen of it. An answer to a body may come before its end. */
    public void answer(long key) {
        int at = tracked == 0 ? -1 : find(key);
        if (at >= 0 && awaited[at] == RequestHead.UNFINISHED) {
            forget(at);
        }
    }

    /** Forgets a connection that ends. */
    public void end(long key) {
        if (tracked > 0) {
            forget(find(key));
        }
    }

    /** Once a tick: looks at a part of the table. */
    public void tick(long nowNanos) {
        long since = Math.max(0, nowNanos - sweptNanos);
        sweptNanos = nowNanos;
        if (tracked == 0) {
            return;
        }
        int swept = since >= SWEEP_NANOS ? ENTRIES : (int) (ENTRIES * since / SWEEP_NANOS);
        for (int n = 0; n < swept; n++) {
            hand = hand + 1 & ENTRIES - 1;
            if (keys[hand] == 0) {
                continue;
            }
            long age = nowNanos - startNanos[hand];
            if (nowNanos - lastNanos[hand] > FORGET_NANOS) {
                forget(hand);
            } else {
                long patience = awaited[hand] == RequestHead.UNFINISHED ? SLOW_HEAD_NANOS : SLOW_BODY_NANOS;
                mark(hand, age >= patience && received[hand] < LEAST_BYTES_PER_SECOND * age / 1e9);
            }
        }
    }

    /** Whether a connection is held up. */
    public boolean isSlow(long key) {
        int at = tracked == 0 ? -1 : find(key);
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
