package io.weir.filter.packet;

import io.weir.filter.address.IpAddress;
import java.lang.foreign.MemorySegment;

/**
 * The packet quoted in an ICMP or ICMPv6 error: whose packet the error is about (RFC 792, RFC 4443 section 3).
 *
 * <pre>
 *  | ICMP header 8 | quoted IP header | at least 8 bytes of what it carried |
 * </pre>
 *
 * <p>One per worker, refilled by each {@link #read}: nothing is allocated. What it tells is a claim of the sender.
 */
public final class IcmpQuote {
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int PORTS = 4;
    /** Ports and sequence number: what RFC 792 asks to quote of TCP at the least. */
    private static final int TCP_SEQUENCE_END = 8;

    private static final int ECHO_IDENTIFIER_END = 6;
    private static final int MOST_EXTENSIONS = 8;

    private int version;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int protocol;
    private boolean hasPorts;
    private boolean hasTcpSequence;
    private int tcpSequence;
    private boolean isCut;
    private int sourcePort;
    private int destinationPort;

    /** Whether a decoded packet is an ICMP or ICMPv6 error, the kinds that quote a packet. */
    public static boolean isError(int protocol, int typeCode) {
        int type = typeCode >>> 8;
        if (protocol == IpProtocol.ICMP) {
            // destination unreachable, source quench, time exceeded, parameter problem
            return type == 3 || type == 4 || type == 11 || type == 12;
        }
        // destination unreachable, packet too big, time exceeded, parameter problem
        return protocol == IpProtocol.ICMPV6 && type >= 1 && type <= 4;
    }

    /**
     * Reads what packet {@code i} of a decoded batch quotes.
     *
     * @return false where it is no ICMP error, or the quoted IP header isn't whole: then no field holds
     */
    public boolean read(PacketBatch b, int i) {
        if (b.outcome[i] != DecodeOutcome.OK.ordinal()
                || b.transportOffset[i] == 0
                || !isError(b.protocol[i], b.icmpTypeCode[i])) {
            return false;
        }
        long at = b.frameOffset[i] + b.payloadOffset[i];
        int captured = b.payloadCaptured[i];
        isCut = captured < b.payloadLength[i];
        hasPorts = false;
        hasTcpSequence = false;
        sourcePort = 0;
        destinationPort = 0;
        return b.protocol[i] == IpProtocol.ICMP ? ipv4(b.frames, at, captured) : ipv6(b.frames, at, captured);
    }

    /** 4 or 6. */
    public int version() {
        return version;
    }

    /** High half of the quoted source, an IPv4 address as IPv4-mapped IPv6. */
    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    /** IANA number after the quoted extension headers. */
    public int protocol() {
        return protocol;
    }

    /** Whether the quote is long enough for the ports, and its protocol has any: TCP, UDP, SCTP, ICMP echo. */
    public boolean hasPorts() {
        return hasPorts;
    }

    /** The echo identifier in a quoted ICMP echo, 0 without {@link #hasPorts}. */
    public int sourcePort() {
        return sourcePort;
    }

    /** The echo identifier in a quoted ICMP echo, 0 without {@link #hasPorts}. */
    public int destinationPort() {
        return destinationPort;
    }

    /** Whether the quote is of TCP and holds {@link #tcpSequence}. */
    public boolean hasTcpSequence() {
        return hasTcpSequence;
    }

    /** The sequence number of the quoted segment, where there is one. */
    public int tcpSequence() {
        return tcpSequence;
    }

    /** Whether the capture cut the quote: what it lacks may have been on the wire. */
    public boolean isCut() {
        return isCut;
    }

    private boolean ipv4(MemorySegment frames, long at, int captured) {
        if (captured < IPV4_HEADER) {
            return false;
        }
        int first = Bytes.u8(frames, at);
        int headerLength = (first & 0xf) * 4;
        if (first >>> 4 != 4 || headerLength < IPV4_HEADER || headerLength > captured) {
            return false;
        }
        version = 4;
        sourceHigh = 0;
        destinationHigh = 0;
        sourceLow = IpAddress.mapped(Bytes.i32(frames, at + 12));
        destinationLow = IpAddress.mapped(Bytes.i32(frames, at + 16));
        protocol = Bytes.u8(frames, at + 9);
        boolean laterFragment = (Bytes.u16(frames, at + 6) & 0x1fff) != 0;
        if (!laterFragment) {
            transport(frames, at + headerLength, captured - headerLength);
        }
        return true;
    }

    private boolean ipv6(MemorySegment frames, long at, int captured) {
        if (captured < IPV6_HEADER || Bytes.u8(frames, at) >>> 4 != 6) {
            return false;
        }
        version = 6;
        sourceHigh = Bytes.i64(frames, at + 8);
        sourceLow = Bytes.i64(frames, at + 16);
        destinationHigh = Bytes.i64(frames, at + 24);
        destinationLow = Bytes.i64(frames, at + 32);
        protocol = Bytes.u8(frames, at + 6);
        int offset = IPV6_HEADER;
        for (int count = 0; Ipv6Decoder.isExtension(protocol); count++) {
            if (count == MOST_EXTENSIONS || offset + 8 > captured) {
                return true;
            }
            int length = Ipv6Decoder.extensionLength(protocol, Bytes.u8(frames, at + offset + 1));
            boolean laterFragment =
                    protocol == IpProtocol.FRAGMENT && (Bytes.u16(frames, at + offset + 2) & 0xfff8) != 0;
            protocol = Bytes.u8(frames, at + offset);
            if (laterFragment) {
                return true;
            }
            offset += length;
        }
        transport(frames, at + offset, captured - offset);
        return true;
    }

    private void transport(MemorySegment frames, long at, int captured) {
        switch (protocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP -> {
                if (captured >= PORTS) {
                    hasPorts = true;
                    sourcePort = Bytes.u16(frames, at);
                    destinationPort = Bytes.u16(frames, at + 2);
                }
                if (protocol == IpProtocol.TCP && captured >= TCP_SEQUENCE_END) {
                    hasTcpSequence = true;
                    tcpSequence = Bytes.i32(frames, at + PORTS);
                }
            }
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> {
                if (captured >= ECHO_IDENTIFIER_END && IcmpDecoder.isEcho(protocol, Bytes.u8(frames, at))) {
                    hasPorts = true;
                    sourcePort = Bytes.u16(frames, at + 4);
                    destinationPort = sourcePort;
                }
            }
            default -> {}
        }
    }
}
