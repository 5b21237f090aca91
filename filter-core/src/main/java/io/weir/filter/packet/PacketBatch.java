package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * Up to {@value #CAPACITY} packets as columns (a structure of arrays): a source writes the frame columns, {@link
 * FrameDecoder} reads each frame once and writes the decoded ones, later stages read columns.
 *
 * <p>The arrays are public because every stage walks them; index {@code i} is valid for {@code 0 <= i < size}. Frame
 * bytes live in {@link #frames}, always a native segment, and are valid until the next fill.
 *
 * <p>Addresses are 128 bits as two longs, IPv4 as IPv4-mapped IPv6 ({@code ::ffff:a.b.c.d}, RFC 4291 section 2.5.5.2),
 * so that no stage but the decoder needs to know the version.
 *
 * <p>Where the capture cut the transport header of a packet that is {@link DecodeOutcome#OK}, the columns behind the cut
 * are as if absent: window 0, echo identifier 0, window scale -1; only TCP options captured whole are read. The payload
 * columns hold nevertheless: {@link #payloadOffset} then lies behind {@link #capturedLength}, {@link #payloadCaptured} is
 * 0, {@link #payloadLength} the true length on the wire.
 */
public final class PacketBatch {
    /** Packets a batch holds. */
    public static final int CAPACITY = 256;

    // ---- frame columns: written by the source ----

    /** Native memory that holds every frame of the batch. */
    public MemorySegment frames = MemorySegment.NULL;

    /** Packets in the batch. */
    public int size;

    /** Where the frame starts in {@link #frames}. */
    public final long[] frameOffset = new long[CAPACITY];
    /** Bytes of the frame that were captured. */
    public final int[] capturedLength = new int[CAPACITY];
    /** Bytes of the frame on the wire, at least {@link #capturedLength}. */
    public final int[] wireLength = new int[CAPACITY];
    /** Nanoseconds since the epoch as the capture states them; may go backwards. */
    public final long[] timestampNanos = new long[CAPACITY];
    /** LINKTYPE number of the frame, see {@link LinkType}. */
    public final int[] linkType = new int[CAPACITY];
    /** Number of the input interface, counted over the whole input stream from 0. */
    public final int[] interfaceIndex = new int[CAPACITY];

    // ---- decoded columns: written by FrameDecoder for every packet, 0 where they don't apply ----

    /** Ordinal of the {@link DecodeOutcome}. */
    public final byte[] outcome = new byte[CAPACITY];
    /**
     * 4, 6, or 0 where no complete fixed IP header (20 or 40 bytes) was found: then no other decoded column but the
     * outcome holds.
     */
    public final byte[] ipVersion = new byte[CAPACITY];
    /** Offset of the outermost IP header from the frame's start. */
    public final int[] ipOffset = new int[CAPACITY];
    /** Length of the IP packet as its header states it, in bytes. */
    public final int[] ipLength = new int[CAPACITY];

    public final long[] sourceHigh = new long[CAPACITY];
    public final long[] sourceLow = new long[CAPACITY];
    public final long[] destinationHigh = new long[CAPACITY];
    public final long[] destinationLow = new long[CAPACITY];

    /** IANA protocol number after all IPv6 extension headers and AH (RFC 4302): 0 to 255. */
    public final int[] protocol = new int[CAPACITY];
    /** TTL or hop limit. */
    public final int[] timeToLive = new int[CAPACITY];
    /** IPv4 identification (16 bits), or that of an IPv6 fragment header (32 bits). */
    public final int[] ipIdentification = new int[CAPACITY];
    /** Bits of {@link Fragment}: whether it is a fragment, whether the first, whether more follow. */
    public final byte[] fragment = new byte[CAPACITY];
    /** Fragment offset in bytes. */
    public final int[] fragmentOffset = new int[CAPACITY];

    /** Offset of the transport header from the frame's start; 0 in a fragment that is not the first. */
    public final int[] transportOffset = new int[CAPACITY];
    /**
     * Port of TCP, UDP, SCTP; the echo identifier of ICMP and ICMPv6, in both port columns, 0 where the capture cut it
     * off; else 0.
     */
    public final int[] sourcePort = new int[CAPACITY];

    public final int[] destinationPort = new int[CAPACITY];
    /** Bits of {@link TcpFlags}. */
    public final int[] tcpFlags = new int[CAPACITY];

    public final int[] tcpSequence = new int[CAPACITY];
    public final int[] tcpAcknowledgment = new int[CAPACITY];
    /** Window field as it stands, unscaled; 0 where the capture cut it off. */
    public final int[] tcpWindow = new int[CAPACITY];
    /** Bits of {@link TcpOptions} for the option kinds present, those captured whole. */
    public final int[] tcpOptions = new int[CAPACITY];
    /** Maximum segment size option in bytes, 0 where absent. */
    public final int[] tcpMaximumSegmentSize = new int[CAPACITY];
    /** Window scale option, -1 where absent. */
    public final byte[] tcpWindowScale = new byte[CAPACITY];
    /** Type in bits 8 to 15, code in bits 0 to 7, of ICMP or ICMPv6. */
    public final int[] icmpTypeCode = new int[CAPACITY];

    /** Offset of the transport payload from the frame's start, by the header's length even if that wasn't captured. */
    public final int[] payloadOffset = new int[CAPACITY];
    /** Captured bytes of the transport payload, link padding excluded. */
    public final int[] payloadCaptured = new int[CAPACITY];
    /** Bytes of the transport payload on the wire, by the IP (and UDP) length; by IP alone if that of UDP was cut off. */
    public final int[] payloadLength = new int[CAPACITY];

    /** Ordinal of the {@link Application} recognised in the payload. */
    public final byte[] application = new byte[CAPACITY];
    /** Offset of the first question's name from the frame's start, DNS only; its length on the wire in bytes. */
    public final int[] dnsNameOffset = new int[CAPACITY];

    public final int[] dnsNameLength = new int[CAPACITY];
    /** Type of the first question, DNS only. */
    public final int[] dnsType = new int[CAPACITY];
    /** Flags word of the DNS header (RFC 1035 section 4.1.1): QR, opcode, RCODE. */
    public final int[] dnsFlags = new int[CAPACITY];

    /** Ordinal of the {@link Tunnel} that the packet carries another packet in. */
    public final byte[] tunnel = new byte[CAPACITY];

    // ---- judged columns: written by the engine ----

    /** Requests that begin in a packet of {@link Application#HTTP2_REQUEST}, and what else counts as such; so the others. */
    public final int[] http2Requests = new int[CAPACITY];
    /** Hash of the first one's path, without its query. */
    public final int[] http2Path = new int[CAPACITY];
    /** Hash of the names in its query in the upper half, of whom a proxy asks for in the lower; 0 where there is none. */
    public final int[] http2Names = new int[CAPACITY];
    /** Bits of {@link Http2Traits}. */
    public final int[] http2Traits = new int[CAPACITY];

    /** Packed verdict, see {@code io.weir.filter.verdict.Verdict}. */
    public final int[] verdict = new int[CAPACITY];
}
