package io.weir.detector.window;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.PacketRow;

/**
 * The last {@value #CAPACITY} unproven packets with all that a signature may say of them: what an alarm is explained
 * from. One writer; the control step reads. {@value #SIZE_BYTES} bytes.
 */
public final class SampleRing {
    /** Samples kept. */
    public static final int CAPACITY = 4096;

    /** Memory of a ring. */
    public static final int SIZE_BYTES = CAPACITY * (PacketRow.LONGS * 8 + 43);

    private final long[] rows = new long[CAPACITY * PacketRow.LONGS];
    private final int[] targets = new int[CAPACITY];
    private final int[] groupTargets = new int[CAPACITY];
    private final byte[] trafficClasses = new byte[CAPACITY];
    private final boolean[] areTaken = new boolean[CAPACITY];
    private final boolean[] areCondemned = new boolean[CAPACITY];
    private final boolean[] areProven = new boolean[CAPACITY];
    private final boolean[] areFollowing = new boolean[CAPACITY];
    private final boolean[] areKnown = new boolean[CAPACITY];
    private final boolean[] areRepeated = new boolean[CAPACITY];
    private final long[] times = new long[CAPACITY];
    private final int[] payloadLengths = new int[CAPACITY];
    /** What {@link SampleShape} makes of the payload. */
    private final long[] shapes = new long[CAPACITY];
    /** By a hash of the connection: number of the sample of its first packet. */
    private final long[] openings = new long[CAPACITY];

    private long added;

    /**
     * Keeps packet {@code i} in place of the oldest sample.
     *
     * @param target it counts toward, or -1
     * @param groupTarget it counts toward as well, or -1
     */
    public void add(PacketBatch batch, int i, int target, int groupTarget, int trafficClass, long nowNanos) {
        int at = (int) added & CAPACITY - 1;
        targets[at] = target;
        groupTargets[at] = groupTarget;
        trafficClasses[at] = (byte) trafficClass;
        areTaken[at] = false;
        areCondemned[at] = false;
        areProven[at] = false;
        areFollowing[at] = false;
        areKnown[at] = false;
        areRepeated[at] = false;
        times[at] = nowNanos;
        payloadLengths[at] = batch.payloadLength[i];
        shapes[at] = SampleShape.of(batch, i);
        PacketRow.write(batch, i, rows, at * PacketRow.LONGS);
        openings[openingSlot(batch, i)] = added;
        added++;
    }

    private static int openingSlot(PacketBatch batch, int i) {
        long mixed = (batch.sourceLow[i] ^ batch.sourceHigh[i] ^ batch.destinationLow[i] << 7)
                + ((long) batch.sourcePort[i] << 16 | batch.destinationPort[i]);
        return (int) (mixed * 0x9e37_79b9_7f4a_7c15L >>> 40) & CAPACITY - 1;
    }

    /**
     * The newest sample of what a packet's source sent to its destination, ports included; -1 where there is none any
     * more. One slot each: an attacker who aims at it hides one sample.
     */
    public int opening(PacketBatch batch, int i) {
        long number = openings[openingSlot(batch, i)];
        int at = (int) number & CAPACITY - 1;
        int row = at * PacketRow.LONGS;
        boolean isKept = added - number <= CAPACITY && number < added;
        return isKept
                        && PacketRow.sourceLow(rows, row) == batch.sourceLow[i]
                        && PacketRow.sourceHigh(rows, row) == batch.sourceHigh[i]
                        && PacketRow.destinationLow(rows, row) == batch.destinationLow[i]
                        && PacketRow.sourcePort(rows, row) == batch.sourcePort[i]
                        && PacketRow.destinationPort(rows, row) == batch.destinationPort[i]
                ? at
                : -1;
    }

    /** Samples ever added: number {@code n} of them, from 0, is at {@code n & CAPACITY - 1} while it is kept. */
    public long added() {
        return added;
    }

    /** Samples kept now: indexes 0 to {@code size() - 1}, in no order; see {@link #byAge}. */
    public int size() {
        return (int) Math.min(added, CAPACITY);
    }

    /** From when on all samples are kept, {@link Long#MIN_VALUE} while none has given way. */
    public long sinceNanos() {
        return added <= CAPACITY ? Long.MIN_VALUE : times[byAge(0)];
    }

    /** Index of the {@code rank}th oldest sample, from 0. */
    public int byAge(int rank) {
        return size() < CAPACITY ? rank : (int) added + rank & CAPACITY - 1;
    }

    /** The rows of all samples; that of one starts at {@link #row}. */
    public long[] rows() {
        return rows;
    }

    /** Where the row of a sample starts. */
    public static int row(int sample) {
        return sample * PacketRow.LONGS;
    }

    /** A number that stands for a sample's destination address and port. */
    public long destination(int sample) {
        return PacketRow.destinationLow(rows, row(sample)) << 16 | destinationPort(sample);
    }

    /** Whether a sample counted toward a target, directly or as its group, in a class and no earlier than a time. */
    public boolean matches(int sample, int target, int trafficClass, long sinceNanos) {
        return trafficClasses[sample] == trafficClass
                && (targets[sample] == target || groupTargets[sample] == target)
                && times[sample] >= sinceNanos;
    }

    public long destinationHigh(int sample) {
        return PacketRow.destinationHigh(rows, row(sample));
    }

    public long destinationLow(int sample) {
        return PacketRow.destinationLow(rows, row(sample));
    }

    /** Bytes of transport payload on the wire. */
    public int payloadLength(int sample) {
        return payloadLengths[sample];
    }

    /** Whether a TCP segment had options. */
    public boolean hasTcpOptions(int sample) {
        return PacketRow.value(Field.OPTIONS, rows, row(sample)) > 0;
    }

    /** The window field of a TCP segment, -1 where it wasn't captured. */
    public int tcpWindow(int sample) {
        return (int) PacketRow.value(Field.WINDOW, rows, row(sample));
    }

    /** The sequence number of a TCP segment, negative where it wasn't captured. */
    public long tcpSequence(int sample) {
        return PacketRow.value(Field.SEQUENCE, rows, row(sample));
    }

    /** A number that stands for the length of a packet and its payload's first 16 bytes. */
    public long content(int sample) {
        long first = PacketRow.payloadFirst(rows, row(sample));
        return (first * 31 + PacketRow.payloadSecond(rows, row(sample))) * 31 + payloadLengths[sample];
    }

    /** See {@link SampleShape#of}. */
    public long shape(int sample) {
        return shapes[sample];
    }

    public int trafficClass(int sample) {
        return trafficClasses[sample];
    }

    /** Target number of the address it counted toward, or -1. */
    public int target(int sample) {
        return targets[sample];
    }

    public int groupTarget(int sample) {
        return groupTargets[sample];
    }

    public long timeNanos(int sample) {
        return times[sample];
    }

    /** Whether a sample has been taken as one of peace. Control step only, as is {@link #take}. */
    boolean isTaken(int sample) {
        return areTaken[sample];
    }

    void take(int sample) {
        areTaken[sample] = true;
    }

    /** Says that what was sampled has proven itself since: a SYN whose handshake was completed. */
    public void prove(int sample) {
        areProven[sample] = true;
    }

    public boolean isProven(int sample) {
        return areProven[sample];
    }

    /**
     * Says that the newest sample goes along an exchange that was answered once, though too long ago to be believed; or is
     * a SYN that comes again as stacks send it.
     */
    public void followNewest() {
        areFollowing[(int) (added - 1) & CAPACITY - 1] = true;
    }

    public boolean isFollowing(int sample) {
        return areFollowing[sample];
    }

    /** Says that what was sampled has come again since. */
    public void repeat(int sample) {
        areRepeated[sample] = true;
    }

    public boolean isRepeated(int sample) {
        return areRepeated[sample];
    }

    /** Says that the newest sample's source was there, and did no harm, for seconds before. */
    public void knowNewest() {
        areKnown[(int) (added - 1) & CAPACITY - 1] = true;
    }

    public boolean isKnown(int sample) {
        return areKnown[sample];
    }

    /** Says that the newest sample has a signature of a flood, and was dropped for it. */
    public void condemnNewest() {
        areCondemned[(int) (added - 1) & CAPACITY - 1] = true;
    }

    public boolean isCondemned(int sample) {
        return areCondemned[sample];
    }

    public long sourceHigh(int sample) {
        return PacketRow.sourceHigh(rows, row(sample));
    }

    public long sourceLow(int sample) {
        return PacketRow.sourceLow(rows, row(sample));
    }

    public int sourcePort(int sample) {
        return PacketRow.sourcePort(rows, row(sample));
    }

    public int destinationPort(int sample) {
        return PacketRow.destinationPort(rows, row(sample));
    }

    public int protocol(int sample) {
        return PacketRow.protocol(rows, row(sample));
    }

    public int tcpFlags(int sample) {
        return PacketRow.tcpFlags(rows, row(sample));
    }

    public int icmpTypeCode(int sample) {
        return PacketRow.icmpTypeCode(rows, row(sample));
    }

    public Application application(int sample) {
        return Application.of(PacketRow.application(rows, row(sample)));
    }

    /** Bits of {@code io.weir.filter.packet.Fragment}. */
    public int fragment(int sample) {
        return PacketRow.fragment(rows, row(sample));
    }
}
