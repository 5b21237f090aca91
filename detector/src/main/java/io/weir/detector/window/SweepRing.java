package io.weir.detector.window;

import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Who asked for whom by ARP (RFC 826) since the control step last looked. One writer; the control step reads and clears.
 * Of more than {@value #CAPACITY} in a tick the rest is left out.
 *
 * <pre>
 *  | Ethernet 12 | 0806 2 | hardware 1 2 | protocol 0800 2 | 6 1 | 4 1 | operation 2 | MAC 6 | sender 4 | MAC 6 | target 4 |
 * </pre>
 */
public final class SweepRing {
    /** Questions kept. */
    public static final int CAPACITY = 512;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int TYPE = 12;
    private static final int SENDER = 28;
    private static final int TARGET = 38;
    private static final int END = 42;
    /** EtherType ARP, hardware type Ethernet, protocol type IPv4, both address lengths. */
    private static final long ETHERNET_IPV4 = 0x0806_0001_0800_0604L;

    private static final int OPERATION = 20;
    private static final int REQUEST = 1;

    private final int[] sources = new int[CAPACITY];
    private final int[] targets = new int[CAPACITY];
    private int size;

    /** Keeps packet {@code i}, which isn't IP, if it asks for a neighbour. */
    public void add(PacketBatch batch, int i) {
        boolean isWhole = batch.linkType[i] == LinkType.ETHERNET && batch.capturedLength[i] >= END;
        if (size == CAPACITY || !isWhole) {
            return;
        }
        MemorySegment frames = batch.frames;
        long frame = batch.frameOffset[i];
        if (frames.get(LONG, frame + TYPE) != ETHERNET_IPV4 || frames.get(INT, frame + OPERATION) >>> 16 != REQUEST) {
            return;
        }
        int source = frames.get(INT, frame + SENDER);
        int target = frames.get(INT, frame + TARGET);
        // RFC 5227: who asks without an address looks whether his is free; who asks for his own announces it.
        if (source != 0 && source != target) {
            sources[size] = source;
            targets[size] = target;
            size++;
        }
    }

    /** Questions kept now: indexes 0 to {@code size() - 1}, oldest first. */
    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** IPv4 address of who asked. */
    public int source(int question) {
        return sources[question];
    }

    /** IPv4 address of who was asked for. */
    public int target(int question) {
        return targets[question];
    }
}
