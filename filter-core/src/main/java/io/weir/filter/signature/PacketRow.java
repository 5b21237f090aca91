package io.weir.filter.signature;

import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpOptions;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * All that signatures know of a packet, as {@value #LONGS} longs in an array: what outlives its batch. Allocates nothing.
 *
 * <pre>
 *   0, 1   source                        2, 3   destination
 *   4      source port 16, destination port 16, protocol 8, TTL 8, TCP flags 16
 *   5      ICMP type and code 16, application 8, fragment 8, window scale 8, options 8, IP version 8, transport 8
 *   6      length 32, window 16, MSS 16
 *   7      IP id 16, question's type 16, payload captured 16, name's length 16
 *   8      sequence number 32, acknowledgment 32
 *   9, 10  the payload's first 16 bytes
 *  11…16   the last 48 bytes of the first question's name, from its end
 * </pre>
 */
public final class PacketRow {
    /** Length of a row. */
    public static final int LONGS = 17;

    private static final int NAME = 11;
    private static final int NAME_WORDS = LONGS - NAME;
    private static final int NAME_BYTES = 8 * NAME_WORDS;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private PacketRow() {}

    /** Writes packet {@code i} at {@code at}. */
    public static void write(PacketBatch b, int i, long[] rows, int at) {
        rows[at] = b.sourceHigh[i];
        rows[at + 1] = b.sourceLow[i];
        rows[at + 2] = b.destinationHigh[i];
        rows[at + 3] = b.destinationLow[i];
        rows[at + 4] = (long) b.sourcePort[i] << 48
                | (long) b.destinationPort[i] << 32
                | (long) b.protocol[i] << 24
                | (long) b.timeToLive[i] << 16
                | b.tcpFlags[i];
        rows[at + 5] = (long) b.icmpTypeCode[i] << 48
                | (long) b.application[i] << 40
                | (long) b.fragment[i] << 32
                | (b.tcpWindowScale[i] & 0xffL) << 24
                | PacketFields.options(b, i) << 16
                | b.ipVersion[i] << 8
                | (b.transportOffset[i] == 0 ? 0 : 1);
        rows[at + 6] = (long) b.ipLength[i] << 32 | (long) b.tcpWindow[i] << 16 | b.tcpMaximumSegmentSize[i];
        rows[at + 7] = (b.ipIdentification[i] & 0xffffL) << 48
                | (long) b.dnsType[i] << 32
                | (long) Math.min(b.payloadCaptured[i], 0xffff) << 16
                | b.dnsNameLength[i];
        rows[at + 8] = (long) b.tcpSequence[i] << 32 | b.tcpAcknowledgment[i] & 0xffff_ffffL;
        rows[at + 9] = PacketFields.payloadFirst(b, i);
        rows[at + 10] = PacketFields.payloadSecond(b, i);
        if (b.dnsNameLength[i] > 0) {
            writeName(b, i, rows, at + NAME);
        }
    }

    private static void writeName(PacketBatch b, int i, long[] rows, int at) {
        long end = b.frameOffset[i] + b.dnsNameOffset[i] + b.dnsNameLength[i];
        int words = Math.min((b.dnsNameLength[i] + 7) / 8, NAME_WORDS);
        // A DNS header lies before the name: words may begin inside it.
        for (int k = 0; k < words; k++) {
            rows[at + k] = b.frames.get(LONG, end - 8L * (k + 1));
        }
    }

    /** Copies a row. */
    public static void copy(long[] from, int fromAt, long[] to, int toAt) {
        System.arraycopy(from, fromAt, to, toAt, LONGS);
    }

    /** The value of a field, {@link Field#ABSENT} where the packet lacks it. */
    public static long value(Field field, long[] rows, int at) {
        return switch (field) {
            case LENGTH -> rows[at + 6] >>> 32;
            case TIME_TO_LIVE -> rows[at + 4] >>> 16 & 0xff;
            case IP_ID -> ipVersion(rows, at) == 4 ? rows[at + 7] >>> 48 : Field.ABSENT;
            case FRAGMENT -> PacketFields.fragment(fragment(rows, at));
            case MESSAGE -> {
                int application = application(rows, at);
                yield application == 1 ? 0 : application == 2 ? 1 : Field.ABSENT;
            }
            case QTYPE -> nameLength(rows, at) > 0 ? rows[at + 7] >>> 32 & 0xffff : Field.ABSENT;
            default -> !hasTransport(rows, at) ? Field.ABSENT : transport(field, rows, at);
        };
    }

    private static long transport(Field field, long[] rows, int at) {
        return switch (field) {
            case SOURCE_PORT -> rows[at + 4] >>> 48;
            case DESTINATION_PORT -> rows[at + 4] >>> 32 & 0xffff;
            case FLAGS -> rows[at + 4] & 0xffff;
            case WINDOW -> rows[at + 6] >>> 16 & 0xffff;
            case OPTIONS -> options(rows, at);
            case MAXIMUM_SEGMENT_SIZE ->
                (options(rows, at) & TcpOptions.MAXIMUM_SEGMENT_SIZE) != 0 ? rows[at + 6] & 0xffff : Field.ABSENT;
            case WINDOW_SCALE ->
                (options(rows, at) & TcpOptions.WINDOW_SCALE) != 0 ? (byte) (rows[at + 5] >>> 24) : Field.ABSENT;
            case SEQUENCE -> rows[at + 8] >>> 32;
            case ACKNOWLEDGMENT -> rows[at + 8] & 0xffff_ffffL;
            case ICMP_TYPE -> rows[at + 5] >>> 56;
            case ICMP_CODE -> rows[at + 5] >>> 48 & 0xff;
            case ECHO_ID ->
                PacketFields.isEcho(protocol(rows, at), (int) (rows[at + 5] >>> 56))
                        ? rows[at + 4] >>> 48
                        : Field.ABSENT;
            default -> Field.ABSENT;
        };
    }

    static int ipVersion(long[] rows, int at) {
        return (int) (rows[at + 5] >>> 8) & 0xff;
    }

    static boolean hasTransport(long[] rows, int at) {
        return (rows[at + 5] & 0xff) != 0;
    }

    private static int options(long[] rows, int at) {
        return (int) (rows[at + 5] >>> 16) & 0xff;
    }

    public static long sourceHigh(long[] rows, int at) {
        return rows[at];
    }

    public static long sourceLow(long[] rows, int at) {
        return rows[at + 1];
    }

    public static long destinationHigh(long[] rows, int at) {
        return rows[at + 2];
    }

    public static long destinationLow(long[] rows, int at) {
        return rows[at + 3];
    }

    /** The echo identifier of ICMP; 0 where there is neither. */
    public static int sourcePort(long[] rows, int at) {
        return (int) (rows[at + 4] >>> 48);
    }

    /** As {@link #sourcePort}. */
    public static int destinationPort(long[] rows, int at) {
        return (int) (rows[at + 4] >>> 32) & 0xffff;
    }

    public static int protocol(long[] rows, int at) {
        return (int) (rows[at + 4] >>> 24) & 0xff;
    }

    /** 0 where there is none. */
    public static int tcpFlags(long[] rows, int at) {
        return (int) rows[at + 4] & 0xffff;
    }

    /** The type in bits 8 to 15. */
    public static int icmpTypeCode(long[] rows, int at) {
        return (int) (rows[at + 5] >>> 48);
    }

    /** Ordinal of {@link io.weir.filter.packet.Application}. */
    public static int application(long[] rows, int at) {
        return (int) (rows[at + 5] >>> 40) & 0xff;
    }

    /** Bits of {@link io.weir.filter.packet.Fragment}. */
    public static int fragment(long[] rows, int at) {
        return (int) (rows[at + 5] >>> 32) & 0xff;
    }

    /** Captured bytes of the payload, up to 65,535. */
    public static int payloadCaptured(long[] rows, int at) {
        return (int) (rows[at + 7] >>> 16) & 0xffff;
    }

    public static long payloadFirst(long[] rows, int at) {
        return rows[at + 9];
    }

    public static long payloadSecond(long[] rows, int at) {
        return rows[at + 10];
    }

    /** Of the first question's wire form, 0 where there is none. */
    public static int nameLength(long[] rows, int at) {
        return (int) rows[at + 7] & 0xffff;
    }

    /** The last bytes of the name's wire form, as many as are kept. */
    public static byte[] nameTail(long[] rows, int at) {
        byte[] tail = new byte[Math.min(nameLength(rows, at), NAME_BYTES)];
        for (int k = 0; k < tail.length; k++) {
            tail[tail.length - 1 - k] = (byte) (rows[at + NAME + (k >>> 3)] >>> 8 * (k & 7));
        }
        return tail;
    }

    static boolean endsWith(long[] rows, int at, DomainSuffix suffix) {
        return suffix.matchesTail(rows, at + NAME, NAME_WORDS, nameLength(rows, at));
    }

    static boolean isSequenceDestination(long[] rows, int at) {
        return ipVersion(rows, at) == 4
                && protocol(rows, at) == IpProtocol.TCP
                && hasTransport(rows, at)
                && rows[at + 8] >>> 32 == (rows[at + 3] & 0xffff_ffffL);
    }
}
