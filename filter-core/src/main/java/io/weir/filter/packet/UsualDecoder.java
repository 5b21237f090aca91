package io.weir.filter.packet;

import io.weir.filter.address.IpAddress;
import java.lang.foreign.MemorySegment;

/**
 * The frames that nearly all are: Ethernet without tags, IPv4 without options, in one piece, with lengths that agree, and
 * in it TCP or UDP whose headers were captured whole. All others are left to the stages, which would read these the same.
 *
 * <pre>
 *   12       14   15    16       18   20           22    23         24         26       30            34
 *  | type 2 | 45 | TOS | length | id | fragment 2 | TTL | protocol | checksum | source | destination | ports, …
 * </pre>
 *
 * <p>A word of each header at a time, and one decision where the stages take twenty.
 */
final class UsualDecoder {
    private static final int TYPE = 12;
    private static final int IP = 14;
    private static final int FRAGMENT = 20;
    private static final int ADDRESSES = 26;
    private static final int TRANSPORT = 34;
    private static final int TCP_ACKNOWLEDGMENT = 42;
    private static final int TCP_SHORTEST = 20;
    private static final int TCP_FLAGS_MASK = 0x1ff;
    private static final int UDP_HEADER = 8;
    /** Where the last word that is read ends. */
    private static final int WORDS_END = TCP_ACKNOWLEDGMENT + 8;

    /** Ethernet type, version and header length. */
    private static final long UNOPTIONED_IPV4 = 0x0800_45;
    /** More fragments and offset, in the word at {@link #FRAGMENT}. */
    private static final int FRAGMENTED = 0x3fff_0000;

    /** Whether a packet is left to the stages. */
    private final boolean[] isLeft = new boolean[PacketBatch.CAPACITY];
    /** Segments with options, and packets with payload. */
    private final int[] optioned = new int[PacketBatch.CAPACITY];

    private final int[] laden = new int[PacketBatch.CAPACITY];
    private int optionedCount;
    private int ladenCount;

    /**
     * Decodes what it can of the packets from {@code from} to before {@code to}, whose columns were cleared.
     *
     * @return packets left to the stages
     */
    int decode(PacketBatch b, int from, int to) {
        int left = decodeHeaders(b, from, to);
        for (int k = 0; k < optionedCount; k++) {
            int i = optioned[k];
            int at = TRANSPORT + TCP_SHORTEST;
            int step = TcpDecoder.options(b.frames, b.frameOffset[i], at, b.capturedLength[i], b, i);
            b.outcome[i] = (byte) Step.outcome(step);
        }
        for (int k = 0; k < ladenCount; k++) {
            int i = laden[k];
            if (b.outcome[i] == DecodeOutcome.OK.ordinal()) {
                PayloadDecoder.decode(b.frames, b.frameOffset[i], b, i);
            }
        }
        return left;
    }

    boolean isLeft(int i) {
        return isLeft[i];
    }

    private int decodeHeaders(PacketBatch b, int from, int to) {
        MemorySegment frames = b.frames;
        int left = 0;
        int optionedPackets = 0;
        int ladenPackets = 0;
        for (int i = from; i < to; i++) {
            long frame = b.frameOffset[i];
            int captured = b.capturedLength[i];
            isLeft[i] = true;
            if (captured < WORDS_END || b.linkType[i] != LinkType.ETHERNET) {
                left++;
                continue;
            }
            long first = Bytes.i64(frames, frame + TYPE);
            int second = Bytes.i32(frames, frame + FRAGMENT);
            long addresses = Bytes.i64(frames, frame + ADDRESSES);
            long ports = Bytes.i64(frames, frame + TRANSPORT);
            long rest = Bytes.i64(frames, frame + TCP_ACKNOWLEDGMENT);
            int protocol = second & 0xff;
            boolean isTcp = protocol == IpProtocol.TCP;
            int length = (int) (first >>> 16) & 0xffff;
            int end = IP + length;
            int headerLength = isTcp ? (int) (rest >>> 28 & 0xf) * 4 : UDP_HEADER;
            int header = TRANSPORT + headerLength;
            boolean isSound = isTcp
                    ? headerLength >= TCP_SHORTEST
                    : protocol == IpProtocol.UDP && ((int) ports >>> 16) == end - TRANSPORT;
            if (first >>> 40 != UNOPTIONED_IPV4
                    || (second & FRAGMENTED) != 0
                    || !isSound
                    || end > b.wireLength[i]
                    || header > Math.min(captured, end)) {
                left++;
                continue;
            }
            isLeft[i] = false;
            b.ipVersion[i] = 4;
            b.ipOffset[i] = IP;
            b.ipLength[i] = length;
            b.ipIdentification[i] = (int) first & 0xffff;
            b.timeToLive[i] = second >>> 8 & 0xff;
            b.protocol[i] = protocol;
            b.sourceLow[i] = IpAddress.mapped((int) (addresses >>> 32));
            b.destinationLow[i] = IpAddress.mapped((int) addresses);
            b.transportOffset[i] = TRANSPORT;
            b.sourcePort[i] = (int) (ports >>> 48);
            b.destinationPort[i] = (int) (ports >>> 32) & 0xffff;
            if (isTcp) {
                b.tcpSequence[i] = (int) ports;
                b.tcpAcknowledgment[i] = (int) (rest >>> 32);
                b.tcpFlags[i] = (int) (rest >>> 16) & TCP_FLAGS_MASK;
                b.tcpWindow[i] = (int) rest & 0xffff;
                optioned[optionedPackets] = i;
                optionedPackets += headerLength != TCP_SHORTEST ? 1 : 0;
            }
            int payloadCaptured = Math.min(captured, end) - header;
            b.payloadOffset[i] = header;
            b.payloadCaptured[i] = payloadCaptured;
            b.payloadLength[i] = end - header;
            laden[ladenPackets] = i;
            ladenPackets += payloadCaptured != 0 ? 1 : 0;
        }
        optionedCount = optionedPackets;
        ladenCount = ladenPackets;
        return left;
    }
}
