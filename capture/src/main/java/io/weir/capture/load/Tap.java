package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The point where simulated packets are seen: on the wire between the router and the servers. It holds the packet that
 * an actor sends.
 */
final class Tap {
    // Locally administered addresses (IEEE 802 section 8.2): no vendor's.
    static final long ROUTER_MAC = 0x0200_0000_0001L;
    static final long TARGET_MAC = 0x0200_0000_0010L;
    static final long RESOLVER_MAC = 0x0200_0000_0053L;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int SERVER_TIME_TO_LIVE = 64;

    /** For payload that is made for one packet. */
    final MemorySegment scratch = Arena.ofAuto().allocate(2048);

    private final FrameBuilder builder = new FrameBuilder().minimumLength(FrameBuilder.MINIMUM_ON_WIRE);
    private MemorySegment out = MemorySegment.NULL;
    private long offset;
    private int length;
    private int label;
    private int conversation;
    private int conversations;

    /** Where the next packet goes. */
    void aim(MemorySegment memory, long memoryOffset) {
        out = memory;
        offset = memoryOffset;
        length = 0;
        conversation = 0;
    }

    /** A number for a connection or exchange that begins: from 1. */
    int newConversation() {
        return ++conversations;
    }

    /** Says which conversation the next packet belongs to. */
    void of(int number) {
        conversation = number;
    }

    /** The conversation of the packet sent since {@link #aim}, 0 if it stands alone. */
    int conversation() {
        return conversation;
    }

    /** Bytes of the packet sent since {@link #aim}, 0 if none was. */
    int length() {
        return length;
    }

    int label() {
        return label;
    }

    /** Addresses a packet to a server; TTL as it is left at the tap. */
    FrameBuilder toServer(Host server, long high, long low, int timeToLive, int identification, boolean dontFragment) {
        return builder.ethernet(ROUTER_MAC, server.mac())
                .addresses(high, low, server.high(), server.low())
                .timeToLive(timeToLive)
                .identification(identification)
                .dontFragment(dontFragment);
    }

    /** Addresses a packet from a server to somebody outside. */
    FrameBuilder fromServer(Host server, long high, long low, int identification, boolean dontFragment) {
        return builder.ethernet(server.mac(), ROUTER_MAC)
                .addresses(server.high(), server.low(), high, low)
                .timeToLive(SERVER_TIME_TO_LIVE)
                .identification(identification)
                .dontFragment(dontFragment);
    }

    /** Payload that was written to the start of {@link #scratch}. */
    void scratchPayload(int lengthBytes) {
        builder.payload(scratch, 0, lengthBytes);
    }

    /** Sends what was addressed, as TCP. */
    void tcp(int sourcePort, int destinationPort, int sequence, int acknowledgment, int flags, int window, int truth) {
        length = builder.tcp(out, offset, sourcePort, destinationPort, sequence, acknowledgment, flags, window);
        label = truth;
    }

    /** Sends what was addressed, as UDP. */
    void udp(int sourcePort, int destinationPort, int truth) {
        length = builder.udp(out, offset, sourcePort, destinationPort);
        label = truth;
    }

    /** Sends what was addressed, as ICMP of a type and code, of the version that the addresses have. */
    void icmp(int type, int code, int rest, int truth) {
        length = builder.icmp(out, offset, type, code, rest);
        label = truth;
    }

    /** Sends what was addressed, as any IP protocol around the payload. */
    void ip(int protocol, int truth) {
        length = builder.ip(out, offset, protocol);
        label = truth;
    }

    /**
     * Sends what was addressed, as a piece of a datagram (RFC 791 section 3.2); IPv4 alone.
     *
     * @param pieceBytes where the payload lies in the datagram, a multiple of 8
     */
    void fragment(int protocol, int pieceBytes, boolean isMore, int truth) {
        ip(protocol, truth);
        long header = offset + FrameBuilder.ETHERNET_LENGTH;
        int before = out.get(SHORT, header + 6) & 0xffff;
        int after = (isMore ? 0x2000 : 0) | pieceBytes >>> 3;
        out.set(SHORT, header + 6, (short) after);
        // RFC 1624 section 3: the checksum follows from what changed.
        int sum = (~out.get(SHORT, header + 10) & 0xffff) + (~before & 0xffff) + after;
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        out.set(SHORT, header + 10, (short) ~sum);
    }

    /** Sends what was addressed, as an echo request or reply of the right version (RFC 792, RFC 4443 section 4). */
    void echo(boolean ipv4, boolean reply, int identifier, int sequence, int truth) {
        int type = ipv4 ? (reply ? 0 : 8) : (reply ? 129 : 128);
        length = builder.icmp(out, offset, type, 0, identifier << 16 | sequence & 0xffff);
        label = truth;
    }
}
