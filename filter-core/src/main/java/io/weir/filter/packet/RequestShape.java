package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * What tells one request, TLS handshake or DNS question from another, read from the frame when it is asked for, so that
 * packets nobody asks about cost nothing. One is used again and again, by one thread.
 *
 * <p>All are hashes of what stands in the packet, the same on every run, never 0 where {@link #read} said yes; whoever
 * keeps them in a table has to key them.
 */
public final class RequestShape {
    private long software;
    private long stack;
    private long object;
    private long group;
    private long form;
    private long system;
    private long machine;
    private int requests;
    private boolean isOverlapping;

    /**
     * Reads packet {@code i}, whose {@link PacketBatch#application} is a query, request or hello.
     *
     * @return whether there was enough of it to tell
     */
    public boolean read(PacketBatch batch, int i) {
        MemorySegment frames = batch.frames;
        long at = batch.frameOffset[i] + batch.payloadOffset[i];
        int captured = batch.payloadCaptured[i];
        boolean isRead = switch (Application.of(batch.application[i])) {
            case HTTP_REQUEST -> HttpRequestShape.read(frames, at, at + captured, this);
            case TLS_CLIENT_HELLO -> TlsHelloShape.read(frames, at, at + captured, this);
            case DNS_QUERY -> DnsQuestionShape.read(frames, batch, i, this);
            case HTTP2_REQUEST, NONE, DNS_RESPONSE -> false;
        };
        system = isRead ? SenderSystem.of(batch, i) : 0;
        machine = machine(batch, i);
        return isRead;
    }

    /** The same of packet {@code i}, whose application is {@link Application#HTTP2_REQUEST}, and which was read there last. */
    public void read(Http2Streams streams, PacketBatch batch, int i) {
        streams.copyTo(this);
        system = SenderSystem.of(batch, i);
        machine = machine(batch, i);
    }

    void set(long ofSoftware, long ofStack, long ofObject, long ofGroup, long ofForm, int count) {
        software = ContentHash.nonZero(ofSoftware);
        stack = ContentHash.nonZero(ofStack);
        object = ContentHash.nonZero(ofObject);
        group = ContentHash.nonZero(ofGroup);
        form = ContentHash.nonZero(ofForm);
        requests = count;
        isOverlapping = false;
    }

    void setRequests(int count) {
        requests = count;
    }

    void setOverlapping(boolean isSo) {
        isOverlapping = isSo;
    }

    /**
     * The program that sends it: method, header names in their order, user agent and what else it says of itself; version,
     * cipher suites and extensions of a hello; flags and EDNS of a question.
     */
    public long software() {
        return software;
    }

    /**
     * The same without what is easily varied: no user agent, and no header that comes and goes; of a hello the cipher
     * suites alone.
     */
    public long stack() {
        return stack;
    }

    /** What it asks for: method, path and the names in the query, server name, or name and type. */
    public long object() {
        return object;
    }

    /** What that belongs to: host, or the name's last labels. */
    public long group() {
        return group;
    }

    /**
     * How what it asks for is built, whatever it says: how long a name's first label or a path's last part is, with
     * separators or without, and at what depth. Who makes names up builds them alike.
     */
    public long form() {
        return form;
    }

    /** What the packet's headers show of the system that sent it: first hop limit, fragmentation, options. */
    public long system() {
        return system;
    }

    /** Which machine of its address it comes from: see {@link #machine(PacketBatch, int)}. */
    public long machine() {
        return machine;
    }

    /**
     * What tells machines behind one address apart, in every TCP packet of theirs alike: how far away they are, and whether
     * they send timestamps (RFC 7323).
     */
    public static long machine(PacketBatch batch, int i) {
        boolean hasTimestamps = (batch.tcpOptions[i] & TcpOptions.TIMESTAMPS) != 0;
        long distance = batch.timeToLive[i] & 0xff;
        return 1 + distance + (hasTimestamps ? 1L << Byte.SIZE : 0);
    }

    /** Whether it asks for ranges that overlap: see {@link RequestHead#hasOverlappingRanges}. */
    public boolean isOverlapping() {
        return isOverlapping;
    }

    /** Requests that begin in this packet: more than one where they are pipelined (RFC 9112 section 9.3.2). */
    public int requests() {
        return requests;
    }
}
