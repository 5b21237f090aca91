package io.weir.filter.packet;

/** What a transport payload starts with. Order is part of the batch format: append only. */
public enum Application {
    /** Nothing recognised. */
    NONE,
    /** A DNS message with QR = 0 and a readable first question. */
    DNS_QUERY,
    /** A DNS message with QR = 1. */
    DNS_RESPONSE,
    /** The request line of HTTP/1, or the HTTP/2 connection preface. */
    HTTP_REQUEST,
    /** A TLS record with a ClientHello. */
    TLS_CLIENT_HELLO,
    /**
     * Requests of HTTP/2. The decoder says so of what begins like one; the engine says it of proven connections alone, and
     * only then the HTTP/2 columns hold.
     */
    HTTP2_REQUEST;

    private static final Application[] VALUES = values();

    /** The constant of an ordinal, without the copy that {@link #values()} makes. */
    public static Application of(int ordinal) {
        return VALUES[ordinal];
    }
}
