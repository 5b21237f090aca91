package io.weir.filter.packet;

/** Bits of {@link PacketBatch#tcpOptions}: which option kinds a TCP header carries (IANA TCP parameters). */
public final class TcpOptions {
    public static final int MAXIMUM_SEGMENT_SIZE = 1;
    public static final int WINDOW_SCALE = 2;
    public static final int SACK_PERMITTED = 4;
    public static final int SACK = 8;
    public static final int TIMESTAMPS = 16;
    public static final int FAST_OPEN = 32;
    /** A kind not named here. */
    public static final int OTHER = 64;

    private TcpOptions() {}
}
