package io.weir.detector.window;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.PacketBatch;

/**
 * The last {@value #CAPACITY} unproven packets as columns: what an alarm is explained from. One writer; the control
 * step reads.
 */
public final class SampleRing {
    private static final int OPTIONS = 1 << 16;

    /** Samples kept. */
    public static final int CAPACITY = 4096;

    private final int[] targets = new int[CAPACITY];
    private final int[] groupTargets = new int[CAPACITY];
    private final byte[] trafficClasses = new byte[CAPACITY];
    private final long[] times = new long[CAPACITY];
    private final long[] sourcesHigh = new long[CAPACITY];
    private final long[] sourcesLow = new long[CAPACITY];
    /** Source port in bits 48 to 63, destination port in 32 to 47, protocol in 24 to 31, TCP flags in 0 to 8. */
    private final long[] ports = new long[CAPACITY];
    /**
     * ICMP type and code in bits 48 to 63, payload length in 32 to 47 (65,535 for longer ones), whether TCP options
     * were there in bit 16, application in 8 to 15, fragment bits in 0 to 7.
     */
    private final long[] contents = new long[CAPACITY];

    private final long[] destinationsHigh = new long[CAPACITY];
    private final long[] destinationsLow = new long[CAPACITY];
    /** What {@link SampleShape} makes of the payload. */
    private final long[] shapes = new long[CAPACITY];

    private int next;
    private int size;
    private long added;

    /**
     * Keeps packet {@code i} in place of the oldest sample.
     *
     * @param target it counts toward, or -1
     * @param groupTarget it counts toward as well, or -1
     */
    public void add(PacketBatch batch, int i, int target, int groupTarget, int trafficClass, long nowNanos) {
        int at = next;
        next = at + 1 & CAPACITY - 1;
        size = Math.min(size + 1, CAPACITY);
        targets[at] = target;
        groupTargets[at] = groupTarget;
        trafficClasses[at] = (byte) trafficClass;
        times[at] = nowNanos;
        sourcesHigh[at] = batch.sourceHigh[i];
        sourcesLow[at] = batch.sourceLow[i];
        ports[at] = (long) batch.sourcePort[i] << 48
                | (long) batch.destinationPort[i] << 32
                | (long) batch.protocol[i] << 24
                | batch.tcpFlags[i];
        destinationsHigh[at] = batch.destinationHigh[i];
        destinationsLow[at] = batch.destinationLow[i];
        contents[at] = (long) batch.icmpTypeCode[i] << 48
                | (long) Math.min(batch.payloadLength[i], 0xffff) << 32
                | (batch.tcpOptions[i] != 0 ? OPTIONS : 0)
                | batch.application[i] << 8
                | batch.fragment[i];
        shapes[at] = SampleShape.of(batch, i);
        added++;
    }

    /** Samples ever added. */
    public long added() {
        return added;
    }

    /** Samples kept now: indexes 0 to {@code size() - 1}, in no order; see {@link #byAge}. */
    public int size() {
        return size;
    }

    /** Index of the {@code rank}th oldest sample, from 0. */
    public int byAge(int rank) {
        return size < CAPACITY ? rank : next + rank & CAPACITY - 1;
    }

    /** A number that stands for a sample's destination address and port. */
    public long destination(int sample) {
        return destinationsLow[sample] << 16 | destinationPort(sample);
    }

    public long destinationHigh(int sample) {
        return destinationsHigh[sample];
    }

    public long destinationLow(int sample) {
        return destinationsLow[sample];
    }

    /** Target number of the address it counted toward, or -1. */
    public int target(int sample) {
        return targets[sample];
    }

    public int trafficClass(int sample) {
        return trafficClasses[sample];
    }

    public long timeNanos(int sample) {
        return times[sample];
    }

    /** Bytes of transport payload on the wire, 65,535 for longer ones. */
    public int payloadLength(int sample) {
        return (int) (contents[sample] >>> 32) & 0xffff;
    }

    /** Whether a TCP segment had options. */
    public boolean hasTcpOptions(int sample) {
        return (contents[sample] & OPTIONS) != 0;
    }

    /** See {@link SampleShape#of}. */
    public long shape(int sample) {
        return shapes[sample];
    }

    /** Whether a sample counted toward a target, directly or as its group, in a class and no earlier than a time. */
    public boolean matches(int sample, int target, int trafficClass, long sinceNanos) {
        return trafficClasses[sample] == trafficClass
                && (targets[sample] == target || groupTargets[sample] == target)
                && times[sample] >= sinceNanos;
    }

    public long sourceHigh(int sample) {
        return sourcesHigh[sample];
    }

    public long sourceLow(int sample) {
        return sourcesLow[sample];
    }

    public int sourcePort(int sample) {
        return (int) (ports[sample] >>> 48);
    }

    public int destinationPort(int sample) {
        return (int) (ports[sample] >>> 32) & 0xffff;
    }

    public int protocol(int sample) {
        return (int) (ports[sample] >>> 24) & 0xff;
    }

    public int tcpFlags(int sample) {
        return (int) ports[sample] & 0x1ff;
    }

    public int icmpTypeCode(int sample) {
        return (int) (contents[sample] >>> 48);
    }

    public Application application(int sample) {
        return Application.of((int) (contents[sample] >>> 8) & 0xff);
    }

    /** Bits of {@code io.weir.filter.packet.Fragment}. */
    public int fragment(int sample) {
        return (int) contents[sample] & 0xff;
    }
}
