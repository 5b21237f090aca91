package io.weir.filter.packet;

/** Bits of {@link PacketBatch#http2Traits}: what the requests that begin in a segment of HTTP/2 have in common. */
public final class Http2Traits {
    /** The first of them posts. */
    public static final int POST = 1;
    /** It calls a procedure of a service (gRPC). */
    public static final int CALL = 2;
    /** A proxy says for whom it asks. */
    public static final int FORWARDED = 4;
    /** Most of its connection's newest requests were taken back before anything had come of them. */
    public static final int RESET = 8;
    /** There is none, but more frames that cost the server something than any client needs. */
    public static final int CONTROL = 16;
    /** The server answers as one that has procedures to call. */
    public static final int SERVED = 32;

    private Http2Traits() {}
}
