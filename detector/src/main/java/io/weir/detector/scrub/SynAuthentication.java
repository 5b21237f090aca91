package io.weir.detector.scrub;

import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import java.util.Arrays;

/**
 * Tells real clients from false ones where nothing may be sent: a client whose SYN is lost sends the same again after its
 * retransmission time-out, a forger never does, and a tool that repeats its frames does it too soon.
 *
 * <p>The initial time-out is 1 s (RFC 6298 section 2.1), of Windows before 8 and Server 2012 3 s (RFC 1122 section
 * 4.2.3.1), of macOS and iOS 1 s: so a new client is delayed by 1 s, 3 s at the most, once.
 *
 * <p>A table of 2^22 slots of 32 bits, each overwritten by whatever comes later: at a million SYNs a second one in five
 * clients finds its own gone when it asks again, and needs its third SYN.
 *
 * <pre>
 *   slot | tag 16 | condemned 1 | time 15 |      in units of 10 ms: wraps after 5.5 minutes
 * </pre>
 */
final class SynAuthentication {
    /** A SYN that wasn't seen before: to be dropped. */
    static final int FIRST = 0;
    /** It came again when a real stack sends it again. */
    static final int PASSED = 1;
    /** It came again too soon: to be dropped, whatever follows. */
    static final int CONDEMNED = 2;

    private static final int SLOTS = 1 << 22;
    private static final long UNIT_NANOS = 10_000_000;
    private static final int TIME_MASK = 0x7fff;
    private static final int CONDEMNED_BIT = 0x8000;
    private static final int TAG_SHIFT = 16;

    /** Timers are coarse and paths vary: a little less than the shortest initial time-out. */
    private static final int EARLIEST = 80;
    /** A little more than the longest. */
    private static final int LATEST = 400;
    /** How long a tuple stays condemned after it came last. */
    private static final int CONDEMNED_UNITS = 6_000;

    private final int[] slots = new int[SLOTS];
    private final FlowHash hash;

    SynAuthentication(FlowHash hash) {
        this.hash = hash;
    }

    /** What a SYN is known by. */
    long tuple(PacketBatch batch, int i) {
        long source = hash.endpoint(batch.sourceHigh[i], batch.sourceLow[i], batch.sourcePort[i]);
        long destination = hash.endpoint(batch.destinationHigh[i], batch.destinationLow[i], batch.destinationPort[i]);
        return hash.datagram(source, destination, IpProtocol.TCP, batch.tcpSequence[i]);
    }

    /**
     * Brings the slots of so many SYNs into the cache; the value means nothing. A loop so short that the processor fetches
     * for dozens of them at once.
     */
    long touch(long[] tuples, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += slots[(int) tuples[i] & SLOTS - 1];
        }
        return sum;
    }

    /** Judges a SYN by its {@link #tuple}, and remembers it. */
    int judge(long tuple, long nowNanos) {
        int at = (int) tuple & SLOTS - 1;
        int tag = (int) (tuple >>> 48);
        int now = (int) (Math.floorDiv(nowNanos, UNIT_NANOS) & TIME_MASK);
        int slot = slots[at];
        int age = now - slot & TIME_MASK;
        boolean isCondemned = (slot & CONDEMNED_BIT) != 0;
        if (slot == 0 || slot >>> TAG_SHIFT != tag || age > (isCondemned ? CONDEMNED_UNITS : LATEST)) {
            slots[at] = tag << TAG_SHIFT | now;
            return FIRST;
        }
        if (!isCondemned && age >= EARLIEST) {
            // Remembered for as long as it may come again: its answer may be lost.
            return PASSED;
        }
        slots[at] = tag << TAG_SHIFT | CONDEMNED_BIT | now;
        return CONDEMNED;
    }

    void restart() {
        Arrays.fill(slots, 0);
    }

    static long sizeBytes() {
        return SLOTS * 4L;
    }
}
