package io.weir.filter.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * A wire that a flow tracker watches: each call sends one real frame, decoded by the real decoder, and answers with how
 * the tracker relates it. Packets pass unless {@link #dropping} says otherwise.
 */
final class Wire {
    /** Which version of IP the hosts speak. */
    enum Version {
        IPV4,
        IPV6
    }

    /** A host. */
    record Host(long high, long low) {}

    static final int DROP = Verdict.of(Reason.SYN_FLOOD, 7);
    static final int PASS = Verdict.of(Reason.ACCEPTED);

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Version version;
    private final FlowTracker flows;
    private final PacketBatch batch = new PacketBatch();
    private final FrameBuilder builder = new FrameBuilder();
    private final FrameDecoder decoder = new FrameDecoder();
    private final MemorySegment frame = Arena.ofAuto().allocate(2048);
    private final MemorySegment payload = Arena.ofAuto().allocate(2048).fill((byte) 0xa5);
    private final MemorySegment scratch = Arena.ofAuto().allocate(2048);
    private long nowNanos = TimeUnit.DAYS.toNanos(20_000);
    private boolean answersExpected = true;
    private boolean isOneSided;
    private int nextVerdict = PASS;
    private int ruleEpoch;
    private int window = 1000;
    private int scale = -1;
    private int capturedBytes = Integer.MAX_VALUE;
    private byte[] lastPacket = {};
    private int lastLengthBytes;
    private boolean wasRetransmission;
    private int windowBytes;

    Wire(Version version) {
        this(version, 1 << 10);
    }

    Wire(Version version, int connections) {
        this(version, connections, FlowTimeouts.DEFAULT);
    }

    Wire(Version version, int connections, FlowTimeouts timeouts) {
        this.version = version;
        this.flows = new FlowTracker(new FlowHash(1), connections, timeouts, true);
        batch.frames = frame;
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
    }

    /** Whether the last packet was a SYN that had come before, and came again as stacks send it. */
    boolean wasRetransmission() {
        return wasRetransmission;
    }

    /** The room that the last segment offered, as far as it is known. */
    int windowBytes() {
        return windowBytes;
    }

    FlowTracker flows() {
        return flows;
    }

    Host host(int number) {
        return version == Version.IPV4
                ? new Host(0, IpAddress.mapped(0x0a00_0000 + number))
                : new Host(0x2001_0db8_0000_0000L, number);
    }

    /** Only packets toward the servers are seen from now on. */
    Wire inboundOnly() {
        answersExpected = false;
        return this;
    }

    Wire after(long nanos) {
        nowNanos += nanos;
        return this;
    }

    Wire afterMillis(long millis) {
        return after(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    Wire afterMinutes(long minutes) {
        return after(TimeUnit.MINUTES.toNanos(minutes));
    }

    /** The next packet alone is dropped. */
    Wire dropping() {
        nextVerdict = DROP;
        return this;
    }

    /** The same, because a flood leaves no room. */
    Wire crowdedOut() {
        nextVerdict = Verdict.of(Reason.ACK_FLOOD, 7);
        return this;
    }

    /** From now on no answer would be seen. */
    Wire oneSided() {
        isOneSided = true;
        return this;
    }

    /** The window field of every segment from now on. */
    Wire window(int field) {
        window = field;
        return this;
    }

    /** The window scale that every SYN offers from now on, none where it is negative. */
    Wire scale(int shift) {
        scale = shift;
        return this;
    }

    /** The snap length of every frame from now on. */
    Wire capturing(int bytes) {
        capturedBytes = bytes;
        return this;
    }

    /** The rule set that accepts the connection of every packet from now on, see {@link FlowTracker#noteRuleEpoch}. */
    Wire accepting(int epoch) {
        ruleEpoch = epoch;
        return this;
    }

    long nowNanos() {
        return nowNanos;
    }

    /** Length of the frame sent last. */
    int lastLengthBytes() {
        return lastLengthBytes;
    }

    /** The IP packet sent last: what an ICMP error about it quotes. */
    byte[] lastPacket() {
        return lastPacket;
    }

    int tcp(Host from, int fromPort, Host to, int toPort, int flags, int sequence, int acknowledgment, int dataBytes) {
        address(from, to).payload(payload, 0, dataBytes);
        if ((flags & TcpFlags.SYN) != 0 && scale >= 0) {
            builder.maximumSegmentSize(1460).windowScale(scale);
        }
        return send(builder.tcp(frame, 0, fromPort, toPort, sequence, acknowledgment, flags, window));
    }

    int udp(Host from, int fromPort, Host to, int toPort) {
        address(from, to).payload(payload, 0, 20);
        return send(builder.udp(frame, 0, fromPort, toPort));
    }

    int ping(Host from, Host to, boolean isReply, int identifier) {
        int type = version == Version.IPV4 ? (isReply ? 0 : 8) : (isReply ? 129 : 128);
        return icmp(from, to, type, 0, identifier << 16, new byte[16]);
    }

    /** A host or network unreachable, quoting a packet. */
    int unreachable(Host from, Host to, byte[] quoted) {
        return icmp(from, to, version == Version.IPV4 ? 3 : 1, 0, 0, quoted);
    }

    /** Fragmentation needed, or Packet Too Big, quoting a packet. */
    int tooBig(Host from, Host to, byte[] quoted) {
        boolean isIpv4 = version == Version.IPV4;
        return icmp(from, to, isIpv4 ? 3 : 2, isIpv4 ? 4 : 0, 1280, quoted);
    }

    private int icmp(Host from, Host to, int type, int code, int rest, byte[] content) {
        MemorySegment.copy(content, 0, scratch, BYTE, 0, content.length);
        address(from, to).payload(scratch, 0, content.length);
        return send(builder.icmp(frame, 0, type, code, rest));
    }

    /** A fragment of a UDP datagram: the first one holds the ports. */
    int fragment(Host from, Host to, int protocol, int identification, int offsetBytes, boolean hasMore) {
        MemorySegment content = scratch.fill((byte) 0);
        boolean isIpv4 = version == Version.IPV4;
        int header = isIpv4 ? 0 : 8;
        if (!isIpv4) {
            // RFC 8200 section 4.5.
            content.set(BYTE, 0, (byte) protocol);
            content.set(SHORT, 2, (short) (offsetBytes | (hasMore ? 1 : 0)));
            content.set(INT, 4, identification);
        }
        content.set(INT, header, 4000 << 16 | 5000);
        content.set(SHORT, header + 4L, (short) 200);
        address(from, to).identification(identification).payload(content, 0, header + 24);
        int length = builder.ip(frame, 0, isIpv4 ? protocol : IpProtocol.FRAGMENT);
        if (isIpv4) {
            frame.set(SHORT, FrameBuilder.ETHERNET_LENGTH + 6L, (short) (offsetBytes / 8 | (hasMore ? 0x2000 : 0)));
        }
        int relation = send(length);
        assertEquals(Fragment.PRESENT, batch.fragment[0] & Fragment.PRESENT);
        return relation;
    }

    /** Remembers how the fragment sent last stood. */
    void rememberFirstFragment(long memo) {
        flows.rememberFirstFragment(batch, 0, nowNanos, memo);
    }

    private FrameBuilder address(Host from, Host to) {
        return builder.addresses(from.high, from.low, to.high, to.low);
    }

    private int send(int length) {
        batch.frameOffset[0] = 0;
        batch.capturedLength[0] = Math.min(length, capturedBytes);
        batch.wireLength[0] = length;
        batch.timestampNanos[0] = nowNanos;
        decoder.decode(batch);
        assertEquals(DecodeOutcome.OK, DecodeOutcome.of(batch.outcome[0]));
        lastLengthBytes = length;
        lastPacket = frame.asSlice(FrameBuilder.ETHERNET_LENGTH, length - FrameBuilder.ETHERNET_LENGTH)
                .toArray(BYTE);
        flows.prepare(batch, 0, 1);
        int relation = flows.relate(batch, 0, nowNanos, answersExpected);
        wasRetransmission = relation == Relation.OPENS && flows.isRetransmission(batch, 0, nowNanos);
        boolean isProvenSegment = batch.protocol[0] == IpProtocol.TCP && Relation.isProven(relation);
        windowBytes = isProvenSegment ? flows.windowBytes(batch, 0) : FlowTracker.UNKNOWN_WINDOW;
        if (ruleEpoch != 0) {
            flows.noteRuleEpoch(ruleEpoch);
        }
        if (isOneSided && relation == Relation.UNPROVEN) {
            flows.noteOneSided();
        }
        flows.commit(batch, 0, nowNanos, relation, nextVerdict);
        nextVerdict = PASS;
        return relation;
    }
}
