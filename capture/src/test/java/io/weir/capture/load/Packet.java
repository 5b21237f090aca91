package io.weir.capture.load;

import io.weir.filter.packet.IpProtocol;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A simulated packet, copied out, read by the simplest code that can: an oracle of its own. */
record Packet(long timestampNanos, ByteBuffer frame, int label) {
    static List<Packet> all(LoadProfile profile, long seed) {
        List<Packet> packets = new ArrayList<>();
        new TrafficSimulator(profile, seed).run((timestamp, frames, offset, length, label) -> {
            byte[] bytes = frames.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
            packets.add(new Packet(timestamp, ByteBuffer.wrap(bytes).asReadOnlyBuffer(), label));
        });
        return packets;
    }

    boolean isAttack() {
        return Label.isAttack(label);
    }

    boolean isAnswer() {
        return Label.isAnswer(label);
    }

    boolean isIpv4() {
        return frame.getShort(12) == 0x0800;
    }

    int protocol() {
        return frame.get(isIpv4() ? 23 : 20) & 0xff;
    }

    boolean isTcp() {
        return protocol() == IpProtocol.TCP;
    }

    /** Address and port as text, the address in hexadecimal. */
    String source() {
        return (isIpv4() ? hex(26, 4) : hex(22, 16)) + ":" + sourcePort();
    }

    String destination() {
        return (isIpv4() ? hex(30, 4) : hex(38, 16)) + ":" + destinationPort();
    }

    int sourcePort() {
        return frame.getShort(transport()) & 0xffff;
    }

    int destinationPort() {
        return frame.getShort(transport() + 2) & 0xffff;
    }

    int sequence() {
        return frame.getInt(transport() + 4);
    }

    int acknowledgment() {
        return frame.getInt(transport() + 8);
    }

    int tcpFlags() {
        return frame.getShort(transport() + 12) & 0x1ff;
    }

    int tcpPayloadLength() {
        int ipEnd = isIpv4() ? 14 + frame.getShort(16) : 54 + frame.getShort(18);
        return ipEnd - transport() - (frame.get(transport() + 12) >> 4 & 0xf) * 4;
    }

    boolean startsWith(String text) {
        int at = transport() + (frame.get(transport() + 12) >> 4 & 0xf) * 4;
        for (int i = 0; i < text.length(); i++) {
            if (at + i >= frame.limit() || frame.get(at + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int transport() {
        return isIpv4() ? 34 : 54;
    }

    private String hex(int offset, int length) {
        byte[] bytes = new byte[length];
        frame.get(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
