package io.weir.filter.packet;

import io.weir.filter.address.IpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Writes whole, valid Ethernet II frames with real checksums into native memory, without allocating.
 *
 * <pre>
 *   builder.ethernet(router, server).addresses(0, source, 0, destination).timeToLive(57).identification(4711);
 *   int length = builder.maximumSegmentSize(1460).sackPermitted().tcp(out, 0, 40000, 80, sequence, 0, SYN, 64240);
 * </pre>
 *
 * <p>Link and IP settings stay until changed; TCP options and payload are for the next frame alone. Both addresses
 * IPv4-mapped give an IPv4 packet, otherwise it is IPv6. The memory given must hold the frame. Used by one thread.
 */
public final class FrameBuilder {
    /** Bytes before the IP header. */
    public static final int ETHERNET_LENGTH = 14;
    /** The shortest frame on a wire without its check sequence (IEEE 802.3 section 3.2.7): what a receiver captures. */
    public static final int MINIMUM_ON_WIRE = 60;

    private static final int MAXIMUM_OPTIONS = 40;
    private static final int MAXIMUM_IP_LENGTH = 65_535;
    private static final int DONT_FRAGMENT = 0x4000;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private long sourceMac = 0x0200_0000_0001L;
    private long destinationMac = 0x0200_0000_0002L;
    private int minimumLength;
    private boolean ipv4 = true;
    private long sourceHigh;
    private long sourceLow = IpAddress.IPV4_MAPPED;
    private long destinationHigh;
    private long destinationLow = IpAddress.IPV4_MAPPED;
    private int timeToLive = 64;
    private int identification;
    private boolean dontFragment;

    private final MemorySegment options = Arena.ofAuto().allocate(MAXIMUM_OPTIONS);
    private int optionsLength;
    private MemorySegment payload = MemorySegment.NULL;
    private long payloadOffset;
    private int payloadLength;

    /** MAC addresses, in the low 48 bits. */
    public FrameBuilder ethernet(long source, long destination) {
        sourceMac = source;
        destinationMac = destination;
        return this;
    }

    /** Frames shorter than this are padded with zeros: 0 (the default), or {@link #MINIMUM_ON_WIRE}. */
    public FrameBuilder minimumLength(int bytes) {
        minimumLength = bytes;
        return this;
    }

    /** Addresses as the batch holds them: two longs each, IPv4 as IPv4-mapped IPv6. */
    public FrameBuilder addresses(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        this.sourceHigh = sourceHigh;
        this.sourceLow = sourceLow;
        this.destinationHigh = destinationHigh;
        this.destinationLow = destinationLow;
        ipv4 = IpAddress.isIpv4(sourceHigh, sourceLow) && IpAddress.isIpv4(destinationHigh, destinationLow);
        return this;
    }

    /** IPv4 addresses as ints in network order. */
    public FrameBuilder ipv4(int source, int destination) {
        return addresses(0, IpAddress.mapped(source), 0, IpAddress.mapped(destination));
    }

    /** TTL or hop limit, 0 to 255. */
    public FrameBuilder timeToLive(int hops) {
        timeToLive = hops;
        return this;
    }

    /** IPv4 identification, 16 bits; IPv6 has none. */
    public FrameBuilder identification(int value) {
        identification = value;
        return this;
    }

    /** IPv4's DF bit; IPv6 has none. */
    public FrameBuilder dontFragment(boolean set) {
        dontFragment = set;
        return this;
    }

    /** What follows the transport header, copied while the frame is built. */
    public FrameBuilder payload(MemorySegment bytes, long offset, int lengthBytes) {
        payload = bytes;
        payloadOffset = offset;
        payloadLength = lengthBytes;
        return this;
    }

    // ---- TCP options (RFC 9293 section 3.1), in the order of the calls; padded to a multiple of 4 with end-of-list
    // ----

    public FrameBuilder noOperation() {
        options.set(BYTE, room(1), (byte) 1);
        return this;
    }

    public FrameBuilder maximumSegmentSize(int bytes) {
        options.set(INT, room(4), 2 << 24 | 4 << 16 | bytes & 0xffff);
        return this;
    }

    /** RFC 7323 section 2.2. */
    public FrameBuilder windowScale(int shift) {
        long at = room(3);
        options.set(SHORT, at, (short) (3 << 8 | 3));
        options.set(BYTE, at + 2, (byte) shift);
        return this;
    }

    /** RFC 2018 section 2. */
    public FrameBuilder sackPermitted() {
        options.set(SHORT, room(2), (short) (4 << 8 | 2));
        return this;
    }

    /** RFC 7323 section 3.2. */
    public FrameBuilder timestamps(int value, int echoReply) {
        long at = room(10);
        options.set(SHORT, at, (short) (8 << 8 | 10));
        options.set(INT, at + 2, value);
        options.set(INT, at + 6, echoReply);
        return this;
    }

    // ---- Building ----

    /**
     * Writes a TCP segment (RFC 9293 section 3.1).
     *
     * @param flags bits of {@link TcpFlags}
     * @return the frame's length in bytes
     */
    public int tcp(
            MemorySegment out,
            long offset,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgment,
            int flags,
            int window) {
        while (optionsLength % 4 != 0) {
            options.set(BYTE, room(1), (byte) 0);
        }
        int headerLength = 20 + optionsLength;
        int length = headerLength + payloadLength;
        long at = header(out, offset, IpProtocol.TCP, length);
        out.set(INT, at, sourcePort << 16 | destinationPort & 0xffff);
        out.set(INT, at + 4, sequence);
        out.set(INT, at + 8, acknowledgment);
        out.set(INT, at + 12, headerLength << 26 | (flags & 0x1ff) << 16 | window & 0xffff);
        out.set(INT, at + 16, 0);
        MemorySegment.copy(options, 0, out, at + 20, optionsLength);
        copyPayload(out, at + headerLength);
        out.set(SHORT, at + 16, (short) checksum(out, at, length, pseudoHeader(IpProtocol.TCP, length)));
        return finish(out, offset, at + length);
    }

    /** Writes a UDP datagram (RFC 768); returns the frame's length in bytes. */
    public int udp(MemorySegment out, long offset, int sourcePort, int destinationPort) {
        int length = 8 + payloadLength;
        long at = header(out, offset, IpProtocol.UDP, length);
        out.set(INT, at, sourcePort << 16 | destinationPort & 0xffff);
        out.set(INT, at + 4, length << 16);
        copyPayload(out, at + 8);
        int checksum = checksum(out, at, length, pseudoHeader(IpProtocol.UDP, length));
        // RFC 768: a checksum that comes out as zero is sent as all ones, zero means none.
        out.set(SHORT, at + 6, (short) (checksum == 0 ? 0xffff : checksum));
        return finish(out, offset, at + length);
    }

    /**
     * Writes an ICMP message (RFC 792), or ICMPv6 (RFC 4443) between IPv6 addresses.
     *
     * @param rest the 32 bits after the checksum; of an echo, identifier and sequence number
     * @return the frame's length in bytes
     */
    public int icmp(MemorySegment out, long offset, int type, int code, int rest) {
        int length = 8 + payloadLength;
        int protocol = ipv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        long at = header(out, offset, protocol, length);
        out.set(INT, at, type << 24 | (code & 0xff) << 16);
        out.set(INT, at + 4, rest);
        copyPayload(out, at + 8);
        // RFC 4443 section 2.3: only ICMPv6 covers a pseudo-header.
        int pseudoHeader = ipv4 ? 0 : pseudoHeader(protocol, length);
        out.set(SHORT, at + 2, (short) checksum(out, at, length, pseudoHeader));
        return finish(out, offset, at + length);
    }

    /** Writes an IP packet of any other protocol around the payload; returns the frame's length in bytes. */
    public int ip(MemorySegment out, long offset, int protocol) {
        long at = header(out, offset, protocol, payloadLength);
        copyPayload(out, at);
        return finish(out, offset, at + payloadLength);
    }

    private long room(int bytes) {
        if (optionsLength + bytes > MAXIMUM_OPTIONS) {
            throw new IllegalArgumentException("TCP options hold at most " + MAXIMUM_OPTIONS + " bytes");
        }
        long at = optionsLength;
        optionsLength += bytes;
        return at;
    }

    private long header(MemorySegment out, long offset, int protocol, int lengthBytes) {
        out.set(SHORT, offset, (short) (destinationMac >>> 32));
        out.set(INT, offset + 2, (int) destinationMac);
        out.set(SHORT, offset + 6, (short) (sourceMac >>> 32));
        out.set(INT, offset + 8, (int) sourceMac);
        out.set(SHORT, offset + 12, (short) (ipv4 ? 0x0800 : 0x86dd));
        long at = offset + ETHERNET_LENGTH;
        return ipv4 ? ipv4Header(out, at, protocol, lengthBytes) : ipv6Header(out, at, protocol, lengthBytes);
    }

    /** RFC 791 section 3.1, without options. */
    private long ipv4Header(MemorySegment out, long at, int protocol, int lengthBytes) {
        int total = checkedLength(20 + lengthBytes);
        out.set(INT, at, 0x4500 << 16 | total);
        out.set(INT, at + 4, identification << 16 | (dontFragment ? DONT_FRAGMENT : 0));
        out.set(INT, at + 8, timeToLive << 24 | protocol << 16);
        out.set(INT, at + 12, (int) sourceLow);
        out.set(INT, at + 16, (int) destinationLow);
        out.set(SHORT, at + 10, (short) checksum(out, at, 20, 0));
        return at + 20;
    }

    /** RFC 8200 section 3, without extension headers. */
    private long ipv6Header(MemorySegment out, long at, int protocol, int lengthBytes) {
        out.set(INT, at, 6 << 28);
        out.set(INT, at + 4, checkedLength(lengthBytes) << 16 | protocol << 8 | timeToLive & 0xff);
        out.set(LONG, at + 8, sourceHigh);
        out.set(LONG, at + 16, sourceLow);
        out.set(LONG, at + 24, destinationHigh);
        out.set(LONG, at + 32, destinationLow);
        return at + 40;
    }

    private static int checkedLength(int bytes) {
        if (bytes > MAXIMUM_IP_LENGTH) {
            throw new IllegalArgumentException("an IP packet of " + bytes + " bytes is longer than its length field");
        }
        return bytes;
    }

    /** Sum of the pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1). An IPv4 address is its mapped low half. */
    private int pseudoHeader(int protocol, int lengthBytes) {
        int sum = protocol + lengthBytes;
        if (ipv4) {
            return sum + words(sourceLow & 0xffff_ffffL) + words(destinationLow & 0xffff_ffffL);
        }
        return sum + words(sourceHigh) + words(sourceLow) + words(destinationHigh) + words(destinationLow);
    }

    private static int words(long value) {
        return (int) ((value >>> 48) + (value >>> 32 & 0xffff) + (value >>> 16 & 0xffff) + (value & 0xffff));
    }

    private static int checksum(MemorySegment out, long at, int lengthBytes, int pseudoHeader) {
        return InternetChecksum.finish(pseudoHeader + InternetChecksum.sum(out, at, lengthBytes));
    }

    private void copyPayload(MemorySegment out, long at) {
        MemorySegment.copy(payload, payloadOffset, out, at, payloadLength);
    }

    private int finish(MemorySegment out, long offset, long end) {
        int length = (int) (end - offset);
        for (; length < minimumLength; length++) {
            out.set(BYTE, offset + length, (byte) 0);
        }
        optionsLength = 0;
        payload = MemorySegment.NULL;
        payloadOffset = 0;
        payloadLength = 0;
        return length;
    }
}
