package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.IpProtocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Pieces of UDP datagrams that never become whole: tools send later pieces alone, mimicked ones have their first. */
final class FragmentFlood extends PacketFlood {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int PIECE = 1480;
    private static final int PIECES = 20;

    FragmentFlood(Setting setting) {
        super(setting);
    }

    @Override
    void send(long now, Tap tap) {
        boolean isMimicked = headers.tool() == FloodTool.MIMIC;
        headers.dontFragment = false;
        if (headers.tool() == FloodTool.HPING3) {
            headers.identification = 0x2a; // getpid() & 255, the same for all
        }
        int piece = isMimicked ? (int) headers.bits & 1 : 1 + random.nextInt(PIECES);
        int length = piece == 0 || !isMimicked ? PIECE : 8 + 8 * random.nextInt(PIECE / 8 - 8);
        if (!ipv4) {
            extension(tap, Math.max(1, piece), Math.min(length, PIECE - 48));
            return;
        }
        FrameBuilder frame = address(tap);
        if (piece == 0) {
            MemorySegment out = tap.scratch;
            int from = random.nextInt(Payloads.RANDOM.length() - PIECE);
            MemorySegment.copy(Payloads.MEMORY, Payloads.RANDOM.offset() + from, out, 8, PIECE - 8);
            out.set(INT, 0, headers.port << 16 | 443);
            out.set(INT, 4, 2 * PIECE << 16); // without a checksum (RFC 768)
            tap.scratchPayload(PIECE);
        } else {
            addRandom(frame, length);
        }
        tap.fragment(IpProtocol.UDP, piece * PIECE, piece == 0 || !isMimicked, label);
    }

    /** RFC 8200 section 4.5. */
    private void extension(Tap tap, int piece, int length) {
        MemorySegment out = tap.scratch;
        out.set(INT, 0, IpProtocol.UDP << 24 | piece * PIECE | 1);
        out.set(INT, 4, (int) headers.bits);
        int from = random.nextInt(Payloads.RANDOM.length() - length);
        MemorySegment.copy(Payloads.MEMORY, Payloads.RANDOM.offset() + from, out, 8, length);
        address(tap);
        tap.scratchPayload(8 + length);
        tap.ip(IpProtocol.FRAGMENT, label);
    }
}
