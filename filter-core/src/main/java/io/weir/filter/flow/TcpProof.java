package io.weir.filter.flow;

/** What a segment has proven about an earlier packet: see the methods of the same names in {@link FlowTracker}. */
final class TcpProof {
    private long nanos;
    private int packets;
    private int lengthBytes;
    private boolean wasRefused;
    private boolean isOtherSide;

    /** An earlier packet, which came {@code packets} times. */
    void set(long provenNanos, int provenPackets, int provenLengthBytes, boolean refused, boolean otherSide) {
        nanos = provenNanos;
        packets = provenPackets;
        lengthBytes = provenLengthBytes;
        wasRefused = refused;
        isOtherSide = otherSide;
    }

    /** Nothing that wasn't proven before. */
    void clear() {
        set(Long.MIN_VALUE, 0, 0, false, false);
    }

    long nanos() {
        return nanos;
    }

    int packets() {
        return packets;
    }

    int lengthBytes() {
        return lengthBytes;
    }

    boolean wasRefused() {
        return wasRefused;
    }

    boolean isOtherSide() {
        return isOtherSide;
    }
}
