package io.weir.detector.window;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.RequestHead;
import io.weir.filter.packet.TcpFlags;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How many connections hold a server up: they have begun an HTTP request and hardly go on with it (slowloris, slow POST),
 * or have asked for an answer that they hardly take (slow read).
 *
 * <p>Tracked are connections whose request didn't end in its first segment, until it ends or they do; and those that
 * offered next to no room when they asked, until they have room. They <em>stall</em> when nothing has come of them for
 * longer than a lost segment takes, though what came is less than any stack sends or takes at once; they are
 * <em>slow</em> when they have stalled for longer than a user would.
 *
 * <p>One writer; the control step reads. A fixed table, 4-way set-associative: where a set is full, a further connection
 * isn't tracked.
 */
public final class SlowRequests {
    /** So many that stall are no accident, and a tenth of a server's slots: Apache's prefork has 256 (MaxRequestWorkers). */
    public static final int ALARM = 24;

    /** What {@link #begin} answers: of a request that is whole. */
    public static final int WHOLE = 0;
    /** Of a request that goes on in another segment. */
    public static final int UNFINISHED = 1;
    /** Of one such as hardly any stack sends: a head that breaks off in a short segment, next to no room for the answer. */
    public static final int SUSPECT = 2;

    /** No path has smaller segments (RFC 9293 section 3.7.1): whoever sends less had no more to send. */
    private static final int SHORT_BYTES = 536;
    /** Less room for an answer than any system has by default. Linux gives half of SO_RCVBUF's least, 2,304. */
    private static final int TINY_WINDOW = 2_048;
    /** Whoever has taken so much in spite of it does read. */
    private static final int TAKEN_BYTES = 1 << 14;

    /** A lost segment comes again after 200 ms (Linux) or little more. */
    private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    /** Of an answer: an application may be busy for a moment. */
    private static final long FULL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /**
     * A head that takes longer, at less than the rate below, is slow: it fills a segment or two, sent at once, and a lost
     * one comes again after 200 ms to a second (RFC 6298 section 2). Likewise an answer that isn't taken.
     */
    private static final long SLOW_HEAD_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Likewise a body: uploads stall for a while where links are bad. */
    private static final long SLOW_BODY_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Apache's mod_reqtimeout closes below this by default (header=20-40,MinRate=500). */
    private static final double LEAST_BYTES_PER_SECOND = 500;
    /** Longest pause of slow tools between two bytes, and to spare (slowloris.pl: 100 s by default). */
    private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(150);

    private static final int HTTP_REQUEST = Application.HTTP_REQUEST.ordinal();
    private static final int WAYS = 4;
    private static final int ENTRIES = 1 << 14;
    /** All entries are looked at in so long, in steps of a tick. */
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(128);

    /** What {@link #awaited} holds of a connection that has asked and doesn't take the answer. */
    private static final long READING = Long.MIN_VALUE;

    /** Bits of a connection: every segment of the request was short; it has no room for a segment. */
    private static final int SHORT = 1;

    private static final int FULL = 2;
    /** It stalls; it has done so for too long. */
    private static final int STALLS = 4;

    private static final int SLOW = 8;

    /** Requests a second that ask for the same bytes over and over: each may cost as much as a thousand (CVE-2011-3192). */
    private static final int ABUSES = 20;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int[] counts;
    /** By target: connections that are tracked, so that an end without any costs nothing. */
    private final int[] trackedOf;

    private final int[] readers;
    /** By target: abuses of its present second, which the first one after a pause begins, and of the one before. */
    private final int[] abuses;

    private final int[] abusesBefore;
    /** When that second began, and the one before. */
    private final long[] abusedNanos;

    private final long[] beforeNanos;
    private final SlowSources holders = new SlowSources();

    private final long[] keys = new long[ENTRIES];
    private final int[] targets = new int[ENTRIES];
    private final int[] groups = new int[ENTRIES];
    private final long[] sources = new long[ENTRIES];
    private final int[] holder = new int[ENTRIES];
    private final long[] startNanos = new long[ENTRIES];
    private final long[] lastNanos = new long[ENTRIES];
    private final long[] awaited = new long[ENTRIES];
    private final long[] received = new long[ENTRIES];
    private final int[] acknowledged = new int[ENTRIES];
    private final byte[] traits = new byte[ENTRIES];

    private int tracked;
    private int hand;
    private long sweptNanos;
    private long untracked;

    /** @param targets how many targets there are, addresses and prefixes together */
    public SlowRequests(int targets) {
        this.counts = new int[targets];
        this.trackedOf = new int[targets];
        this.readers = new int[targets];
        this.abuses = new int[targets];
        this.abusesBefore = new int[targets];
        this.abusedNanos = new long[targets];
        this.beforeNanos = new long[targets];
    }

    /** Forgets everything: a new stream begins. */
    public void restart() {
        sweptNanos = 0;
        Arrays.fill(keys, 0);
        Arrays.fill(traits, (byte) 0);
        Arrays.fill(counts, 0);
        Arrays.fill(trackedOf, 0);
        Arrays.fill(readers, 0);
        Arrays.fill(abuses, 0);
        Arrays.fill(abusesBefore, 0);
        Arrays.fill(abusedNanos, 0);
        holders.clear();
        tracked = 0;
    }

    /** Connections toward a target that stall now. */
    public int count(int target) {
        return counts[target];
    }

    /** Of them, those that don't take an answer. */
    public int countOfReaders(int target) {
        return readers[target];
    }

    /** Notes a request toward a target that no client needs to make: see {@code RequestHead.hasOverlappingRanges}. */
    public void noteAbuse(int target, long nowNanos) {
        if (target < 0) {
            return;
        }
        long since = nowNanos - abusedNanos[target];
        if (since < 0 || since >= SECOND) {
            abusesBefore[target] = since >= 0 && since < 2 * SECOND ? abuses[target] : 0;
            beforeNanos[target] = abusedNanos[target];
            abuses[target] = 0;
            abusedNanos[target] = nowNanos;
        }
        abuses[target]++;
    }

    /** Whether so many such came within a second, the present one or the one before, that it is no accident. */
    public boolean isAbused(int target, long nowNanos) {
        return nowNanos - abusedNanos[target] < 2 * SECOND && Math.max(abuses[target], abusesBefore[target]) >= ABUSES;
    }

    /** While {@link #isAbused}: when the first of the two seconds began that they are counted in. */
    public long abusedNanos(int target) {
        return abusesBefore[target] > 0 ? beforeNanos[target] : abusedNanos[target];
    }

    /** Forgets a target, so that its index can stand for another: what its connections do counts for nobody. */
    public void forgetTarget(int target) {
        abuses[target] = 0;
        abusesBefore[target] = 0;
        abusedNanos[target] = 0;
        for (int at = 0; trackedOf[target] > 0 && at < ENTRIES; at++) {
            if (keys[at] != 0 && (targets[at] == target || groups[at] == target)) {
                boolean isStalling = (traits[at] & STALLS) != 0;
                mark(at, false);
                targets[at] = targets[at] == target ? -1 : targets[at];
                groups[at] = groups[at] == target ? -1 : groups[at];
                mark(at, isStalling);
            }
        }
        trackedOf[target] = 0;
    }

    /** When the first of them began. For the control step: it looks at the whole table. */
    public long onsetNanos(int target) {
        long onset = Long.MAX_VALUE;
        for (int at = 0; at < ENTRIES; at++) {
            if ((traits[at] & STALLS) != 0 && (targets[at] == target || groups[at] == target)) {
                onset = Math.min(onset, startNanos[at]);
            }
        }
        return onset;
    }

    /** Connections of one source that stall, all targets together. */
    public int countOfSource(long source) {
        return holders.count(source);
    }

    /** Connections that found no place since the start. */
    public long untracked() {
        return untracked;
    }

    /** Memory in bytes. */
    public long sizeBytes() {
        return ENTRIES * (8L + 4 + 4 + 8 + 4 + 8 + 8 + 8 + 8 + 4 + 1) + 36L * counts.length + SlowSources.sizeBytes();
    }

    /** Whether any connection is tracked: if not, nothing goes on or ends. */
    public boolean isTracking() {
        return tracked > 0;
    }

    /**
     * Notes packet {@code i}, which begins a request or handshake.
     *
     * @param key keyed hash of the client's end of its connection
     * @param source keyed hash of its source
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param windowBytes the room that it offers, negative where it isn't known
     * @return {@link #WHOLE}, {@link #UNFINISHED} or {@link #SUSPECT}
     */
    public int begin(
            PacketBatch batch, int i, long key, long source, int target, int group, int windowBytes, long nowNanos) {
        end(key);
        long left = batch.application[i] == HTTP_REQUEST ? RequestHead.awaited(batch, i) : 0;
        boolean isTiny = windowBytes >= 0 && windowBytes < TINY_WINDOW;
        if (left == 0 && !isTiny) {
            return WHOLE;
        }
        // Whoever waits for the server to ask for the body isn't to blame for the pause (curl: a second).
        boolean isShort = batch.payloadLength[i] < SHORT_BYTES && !(left > 0 && RequestHead.isExpecting(batch, i));
        int at = freePlace(key);
        if (at >= 0) {
            tracked++;
            keys[at] = key;
            targets[at] = target;
            groups[at] = group;
            track(at, 1);
            sources[at] = source;
            startNanos[at] = nowNanos;
            lastNanos[at] = nowNanos;
            awaited[at] = left == 0 ? READING : left;
            received[at] = left == 0 ? 0 : batch.payloadLength[i];
            acknowledged[at] = batch.tcpAcknowledgment[i];
            traits[at] = (byte) ((isShort ? SHORT : 0) | full(windowBytes));
        } else {
            untracked++;
        }
        return isTiny || left == RequestHead.UNFINISHED && isShort ? SUSPECT : UNFINISHED;
    }

    /**
     * Notes a packet that begins no request.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     */
    public void goOn(PacketBatch batch, int i, long key, int target, int group, int windowBytes, long nowNanos) {
        int at = find(key);
        if (at < 0) {
            return;
        }
        if (target >= 0 && targets[at] < 0 || group >= 0 && groups[at] < 0) {
            belong(at, target, group);
        }
        boolean isEnd = (batch.tcpFlags[i] & (TcpFlags.FIN | TcpFlags.RST | TcpFlags.SYN)) != 0;
        if (isEnd || (awaited[at] == READING ? takes(batch, i, at, windowBytes, nowNanos) : isOver(batch, i, at))) {
            forget(at);
            return;
        }
        int length = batch.payloadLength[i];
        if (awaited[at] != READING && length > 0) {
            lastNanos[at] = nowNanos;
            received[at] += length;
            awaited[at] -= awaited[at] > 0 ? length : 0;
            traits[at] &= (byte) (length < SHORT_BYTES ? -1 : ~SHORT);
        }
    }

    /** Its address is watched again: what the connection does counts for it. */
    private void belong(int at, int target, int group) {
        boolean isStalling = (traits[at] & STALLS) != 0;
        mark(at, false);
        track(at, -1);
        targets[at] = targets[at] < 0 ? target : targets[at];
        groups[at] = groups[at] < 0 ? group : groups[at];
        track(at, 1);
        mark(at, isStalling);
    }

    private boolean isOver(PacketBatch batch, int i, int at) {
        int length = batch.payloadLength[i];
        return length > 0 && awaited[at] == RequestHead.UNFINISHED && RequestHead.endsHead(batch, i)
                || awaited[at] >= 0 && length >= awaited[at];
    }

    /** Notes how much of an answer was taken, and whether there is room for more; says whether it is read indeed. */
    private boolean takes(PacketBatch batch, int i, int at, int windowBytes, long nowNanos) {
        int taken = batch.tcpAcknowledgment[i] - acknowledged[at];
        if (taken > 0) {
            acknowledged[at] += taken;
            received[at] += taken;
            lastNanos[at] = nowNanos;
        }
        traits[at] = (byte) (traits[at] & ~FULL | full(windowBytes));
        return received[at] > TAKEN_BYTES || windowBytes >= 2 * TINY_WINDOW;
    }

    /** Whoever reads offers a segment's room or none (RFC 9293 section 3.8.6.2.2), and none but for a moment. */
    private static int full(int windowBytes) {
        return windowBytes >= 0 && windowBytes < SHORT_BYTES ? FULL : 0;
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
            if (nowNanos - lastNanos[hand] > FORGET_NANOS) {
                forget(hand);
            } else {
                look(hand, nowNanos);
            }
        }
    }

    private void look(int at, long nowNanos) {
        long age = nowNanos - startNanos[at];
        long idle = nowNanos - lastNanos[at];
        boolean isReading = awaited[at] == READING;
        long patience = isReading || awaited[at] == RequestHead.UNFINISHED ? SLOW_HEAD_NANOS : SLOW_BODY_NANOS;
        boolean isTrickling = age >= patience && received[at] < LEAST_BYTES_PER_SECOND * age / 1e9;
        boolean isFull = (traits[at] & FULL) != 0;
        boolean isShort = (traits[at] & SHORT) != 0;
        boolean isSlow = isReading ? isFull && (isTrickling || idle >= patience) : isTrickling;
        mark(at, isSlow || (isReading ? isFull && idle >= FULL_NANOS : isShort && idle >= STALL_NANOS));
        traits[at] = (byte) (isSlow ? traits[at] | SLOW : traits[at] & ~SLOW);
    }

    /** Whether a connection stalls. */
    public boolean isStalling(long key) {
        return has(key, STALLS);
    }

    /** Whether a connection has stalled for longer than a user would. */
    public boolean isSlow(long key) {
        return has(key, SLOW);
    }

    private boolean has(long key, int bit) {
        int at = tracked == 0 ? -1 : find(key);
        return at >= 0 && (traits[at] & bit) != 0;
    }

    private void mark(int at, boolean stalls) {
        if ((traits[at] & STALLS) != 0 == stalls) {
            return;
        }
        traits[at] ^= (byte) STALLS;
        int change = stalls ? 1 : -1;
        if (stalls) {
            holder[at] = holders.hold(sources[at]);
        } else {
            holders.release(holder[at]);
        }
        count(targets[at], at, change);
        count(groups[at], at, change);
    }

    private void track(int at, int change) {
        if (targets[at] >= 0) {
            trackedOf[targets[at]] += change;
        }
        if (groups[at] >= 0) {
            trackedOf[groups[at]] += change;
        }
    }

    private void count(int target, int at, int change) {
        if (target >= 0) {
            counts[target] += change;
            readers[target] += awaited[at] == READING ? change : 0;
        }
    }

    private void forget(int at) {
        if (at >= 0) {
            mark(at, false);
            track(at, -1);
            keys[at] = 0;
            traits[at] = 0;
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
}
