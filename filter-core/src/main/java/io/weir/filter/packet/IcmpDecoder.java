package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443 section 2.1).
 *
 * <pre>
 *  | type 1 | code 1 | checksum 2 | echo: identifier 2, sequence 2; else 4 bytes by type |
 * </pre>
 */
final class IcmpDecoder {
    /** No message that RFC 792 or RFC 4443 define is shorter, and hosts drop those that are. */
    static final int HEADER = 8;

    private static final int TYPE_AND_CODE = 2;
    private static final int IDENTIFIER = 4;
    private static final int IDENTIFIER_END = 6;

    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REQUEST_V6 = 128;
    private static final int ECHO_REPLY_V6 = 129;

    private IcmpDecoder() {}

    static int decode(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + HEADER > captured) {
            return cut(frames, frame, at, captured, end, b, i);
        }
        long header = Bytes.i64(frames, frame + at);
        b.icmpTypeCode[i] = (int) (header >>> 48);
        if (isEcho(b.protocol[i], (int) (header >>> 56))) {
            int identifier = (int) (header >>> 16) & 0xffff;
            b.sourcePort[i] = identifier;
            b.destinationPort[i] = identifier;
        }
        TransportDecoder.payload(at + HEADER, captured, end, b, i);
        return Step.stop(DecodeOutcome.OK);
    }

    /** A header that the capture cut: read if type and code were captured; the identifier is 0 if it wasn't. */
    private static int cut(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + HEADER > end || at + TYPE_AND_CODE > captured) {
            return Step.missing(at + HEADER, end, DecodeOutcome.TRANSPORT_TRUNCATED);
        }
        int typeCode = Bytes.u16(frames, frame + at);
        b.icmpTypeCode[i] = typeCode;
        if (at + IDENTIFIER_END <= captured && isEcho(b.protocol[i], typeCode >>> 8)) {
            int identifier = Bytes.u16(frames, frame + at + IDENTIFIER);
            b.sourcePort[i] = identifier;
            b.destinationPort[i] = identifier;
        }
        TransportDecoder.payload(at + HEADER, captured, end, b, i);
        return Step.stop(DecodeOutcome.OK);
    }

    /** Whether a message has the echo identifier. */
    static boolean isEcho(int protocol, int type) {
        return protocol == IpProtocol.ICMP
                ? type == ECHO_REQUEST || type == ECHO_REPLY
                : type == ECHO_REQUEST_V6 || type == ECHO_REPLY_V6;
    }
}
