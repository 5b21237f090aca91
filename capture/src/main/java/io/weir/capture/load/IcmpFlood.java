package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.IpProtocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Pings, replies to none, and errors about packets that were never sent. */
final class IcmpFlood extends PacketFlood {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int MIRAI_BYTES = 512;
    /** A ping in a mimicked flood is one of the first few that its sender sends. */
    private static final int FIRST_PINGS = 8;

    private final FloodVector vector;
    private int count;

    IcmpFlood(FloodVector vector, Setting setting) {
        super(setting);
        this.vector = vector;
    }

    @Override
    void send(long now, Tap tap) {
        headers.dontFragment = headers.tool() == FloodTool.MIMIC && vector == FloodVector.ICMP_ECHO;
        if (vector == FloodVector.ICMP_UNREACHABLE) {
            unreachable(tap);
            return;
        }
        boolean isReply = vector == FloodVector.ICMP_ECHO_REPLY;
        int identifier = headers.tool() == FloodTool.HPING3 ? 0x2a17 : headers.port;
        int sequence = headers.tool() == FloodTool.HPING3 ? count++ : headers.sequence & 0xffff;
        if (headers.tool() == FloodTool.MIMIC) {
            identifier = Pings.identifier(headers.stack, headers.port);
            sequence = 1 + (headers.sequence & FIRST_PINGS - 1);
        }
        FrameBuilder frame = address(tap);
        switch (headers.tool()) {
            case HPING3, SCAPY, TRAFGEN -> {}
            case MIRAI, T50 -> addRandom(frame, MIRAI_BYTES);
            case SIMPLE -> frame.payload(Payloads.MEMORY, Payloads.PING.offset(), Payloads.PING.length());
            case MIMIC -> tap.scratchPayload(Pings.payload(tap.scratch, headers.stack, now));
        }
        tap.echo(ipv4, isReply, identifier, sequence & 0xffff, label);
        if (!isReply) {
            answers.echo(now, target, headers.high, headers.low, identifier, sequence & 0xffff, label);
        }
    }

    /** Quotes an invented datagram of the target's (RFC 792, RFC 4443 section 3.1): its IP header and eight bytes. */
    private void unreachable(Tap tap) {
        MemorySegment quote = tap.scratch;
        int headerBytes = ipv4 ? 20 : 40;
        if (ipv4) {
            quote.set(INT, 0, 0x4500 << 16 | 28 + 64);
            quote.set(INT, 4, (int) headers.bits & 0xffff_0000 | 0x4000);
            quote.set(INT, 8, 56 << 24 | IpProtocol.UDP << 16);
            quote.set(INT, 12, (int) target.low());
            quote.set(INT, 16, (int) headers.low);
        } else {
            quote.set(INT, 0, 6 << 28);
            quote.set(INT, 4, 8 + 64 << 16 | IpProtocol.UDP << 8 | 56);
            quote.set(LONG, 8, target.high());
            quote.set(LONG, 16, target.low());
            quote.set(LONG, 24, headers.high);
            quote.set(LONG, 32, headers.low);
        }
        quote.set(INT, headerBytes, headers.port << 16 | 53);
        quote.set(INT, headerBytes + 4, 8 + 64 << 16);
        address(tap);
        tap.scratchPayload(headerBytes + 8);
        tap.icmp(ipv4 ? 3 : 1, ipv4 ? 3 : 4, 0, label);
    }
}
