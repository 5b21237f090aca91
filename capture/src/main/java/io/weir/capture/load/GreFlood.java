package io.weir.capture.load;

import io.weir.filter.packet.IpProtocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** GRE around an invented UDP datagram of 512 bytes, as attack_gre.c of Mirai sends it. */
final class GreFlood extends PacketFlood {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int DATA = 512;
    private static final int INNER = 4 + 20 + 8;
    private static final int IPV4_ETHERTYPE = 0x0800;

    GreFlood(Setting setting) {
        super(setting);
    }

    @Override
    void send(long now, Tap tap) {
        MemorySegment out = tap.scratch;
        long more = LoadRandom.mix(headers.bits);
        out.set(INT, 0, IPV4_ETHERTYPE); // RFC 2784 section 2.1
        out.set(INT, 4, 0x4500 << 16 | 20 + 8 + DATA);
        out.set(INT, 8, (int) more & 0xffff_0000 | 0x4000);
        out.set(INT, 12, 64 << 24 | IpProtocol.UDP << 16);
        out.set(INT, 16, (int) headers.low);
        out.set(INT, 20, (int) (more >>> 32));
        out.set(INT, 24, (int) more);
        out.set(INT, 28, 8 + DATA << 16);
        int from = random.nextInt(Payloads.RANDOM.length() - DATA);
        MemorySegment.copy(Payloads.MEMORY, Payloads.RANDOM.offset() + from, out, INNER, DATA);
        address(tap);
        tap.scratchPayload(INNER + DATA);
        tap.ip(IpProtocol.GRE, label);
    }
}
