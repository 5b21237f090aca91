package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.TcpFlags;

/** SYNs, and segments of no connection. */
final class TcpFlood extends PacketFlood {
    /** Ports that SYN-ACKs are reflected from. */
    private static final int[] SERVICES = {443, 80, 22, 25, 8080, 993, 21, 3389};

    private static final int MIRAI_BYTES = 512;
    private static final int LONGEST_SIMPLE = 64;
    private static final int LONGEST = 1400;

    private final FloodVector vector;

    TcpFlood(FloodVector vector, Setting setting) {
        super(setting);
        this.vector = vector;
    }

    @Override
    void send(long now, Tap tap) {
        int serverPort = headers.bits < 0 && vector != FloodVector.SYN ? 443 : 80;
        switch (vector) {
            case SYN -> syn(now, tap);
            case SYN_ACK_REFLECTION -> synAck(now, tap);
            case RST_REFLECTION -> {
                // RFC 9293 section 3.5.2: a SYN to a closed port is answered with sequence number 0.
                headers.dontFragment = true;
                headers.identification = 0;
                address(tap);
                int flags = TcpFlags.RST | TcpFlags.ACK;
                int from = SERVICES[(int) (headers.bits >>> 40 & 7)];
                tap.tcp(from, headers.port, 0, (int) LoadRandom.mix(headers.bits), flags, 0, label);
            }
            default -> stray(now, tap, serverPort);
        }
    }

    private void syn(long now, Tap tap) {
        FrameBuilder frame = address(tap);
        headers.addSynOptions(frame, ipv4 ? 1460 : 1440);
        int flags = TcpFlags.SYN;
        if (headers.tool() == FloodTool.TRAFGEN) {
            flags |= TcpFlags.ECE;
        }
        tap.tcp(headers.port, 80, headers.sequence, headers.acknowledgment, flags, headers.window, label);
        answers.syn(now, target, headers.high, headers.low, headers.port, 80, headers.sequence, label);
    }

    /** Servers of Linux and Windows answer what was asked with as many options as the question had. */
    private void synAck(long now, Tap tap) {
        headers.dontFragment = true;
        headers.identification = 0;
        FrameBuilder frame = address(tap);
        ClientStack asked = headers.stack;
        if (headers.tool() == FloodTool.MIMIC) {
            asked.addSynAckOptions(frame, ipv4 ? 1460 : 1440, headers.sequence, (int) LoadRandom.mix(headers.bits));
        } else {
            frame.maximumSegmentSize(ipv4 ? 1460 : 1440);
        }
        int from = SERVICES[(int) (headers.bits >>> 40 & 7)];
        int acknowledgment = (int) LoadRandom.mix(headers.bits);
        int flags = TcpFlags.SYN | TcpFlags.ACK;
        int window = (headers.low & 3) == 0 ? 65_535 : asked.serverSynWindow();
        tap.tcp(from, headers.port, headers.sequence, acknowledgment, flags, window, label);
        answers.stray(now, target, headers.high, headers.low, from, headers.port, acknowledgment, label);
    }

    private void stray(long now, Tap tap, int serverPort) {
        boolean isMimicked = headers.tool() == FloodTool.MIMIC;
        int flags = switch (vector) {
            case PSH_ACK -> TcpFlags.PSH | TcpFlags.ACK;
            case FIN -> isMimicked ? TcpFlags.FIN | TcpFlags.ACK : TcpFlags.FIN;
            case RST -> TcpFlags.RST;
            default -> TcpFlags.ACK;
        };
        if (headers.tool() == FloodTool.SIMPLE && vector == FloodVector.ACK && headers.sequence < 0) {
            flags |= TcpFlags.PSH;
        }
        headers.acknowledgment = (int) LoadRandom.mix(headers.bits);
        FrameBuilder frame = address(tap);
        if (vector == FloodVector.RST) {
            headers.window = isMimicked ? 0 : headers.window;
        } else {
            headers.addSegmentOptions(frame);
        }
        addPayload(frame, flags);
        int port = headers.port;
        tap.tcp(port, serverPort, headers.sequence, headers.acknowledgment, flags, headers.window, label);
        answers.stray(now, target, headers.high, headers.low, port, serverPort, headers.acknowledgment, label);
    }

    private void addPayload(FrameBuilder frame, int flags) {
        if ((flags & TcpFlags.ACK) == 0 || (flags & TcpFlags.FIN) != 0) {
            return;
        }
        boolean isPush = (flags & TcpFlags.PSH) != 0;
        switch (headers.tool()) {
            case MIRAI -> frame.payload(UdpFlood.LETTERS, random.nextInt(UdpFlood.SPARE), MIRAI_BYTES);
            case SIMPLE -> {
                if (isPush) {
                    addRandom(frame, 1 + random.nextInt(LONGEST_SIMPLE));
                }
            }
            default -> {
                if (isPush) {
                    addRandom(frame, 1 + random.nextInt(LONGEST));
                }
            }
        }
    }
}
