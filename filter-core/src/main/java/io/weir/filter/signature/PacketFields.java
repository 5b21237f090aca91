package io.weir.filter.signature;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpOptions;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a packet from the columns of its batch. Allocates nothing. */
final class PacketFields {
    static final int ECHO_REPLY = 0;
    static final int ECHO_REQUEST = 8;
    static final int ECHO_REQUEST_V6 = 128;
    static final int ECHO_REPLY_V6 = 129;

    private static final int DNS_QUERY = Application.DNS_QUERY.ordinal();
    private static final int DNS_RESPONSE = Application.DNS_RESPONSE.ordinal();
    private static final int HEADER_WITHOUT_OPTIONS = 20;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private PacketFields() {}

    static long value(Field field, PacketBatch b, int i) {
        return switch (field) {
            case LENGTH -> b.ipLength[i];
            case TIME_TO_LIVE -> b.timeToLive[i];
            case IP_ID -> b.ipVersion[i] == 4 ? b.ipIdentification[i] : Field.ABSENT;
            case FRAGMENT -> fragment(b.fragment[i]);
            case MESSAGE -> message(b, i);
            case QTYPE -> b.dnsNameLength[i] > 0 ? b.dnsType[i] : Field.ABSENT;
            // A later fragment holds no transport header.
            default -> b.transportOffset[i] == 0 ? Field.ABSENT : transport(field, b, i);
        };
    }

    private static long transport(Field field, PacketBatch b, int i) {
        return switch (field) {
            case SOURCE_PORT -> b.sourcePort[i];
            case DESTINATION_PORT -> b.destinationPort[i];
            case FLAGS -> b.tcpFlags[i];
            case WINDOW -> b.tcpWindow[i];
            case OPTIONS -> options(b, i);
            case MAXIMUM_SEGMENT_SIZE ->
                (b.tcpOptions[i] & TcpOptions.MAXIMUM_SEGMENT_SIZE) != 0 ? b.tcpMaximumSegmentSize[i] : Field.ABSENT;
            case WINDOW_SCALE -> (b.tcpOptions[i] & TcpOptions.WINDOW_SCALE) != 0 ? b.tcpWindowScale[i] : Field.ABSENT;
            case SEQUENCE -> b.tcpSequence[i] & 0xffff_ffffL;
            case ACKNOWLEDGMENT -> b.tcpAcknowledgment[i] & 0xffff_ffffL;
            case ICMP_TYPE -> b.icmpTypeCode[i] >>> 8;
            case ICMP_CODE -> b.icmpTypeCode[i] & 0xff;
            case ECHO_ID -> isEcho(b.protocol[i], b.icmpTypeCode[i] >>> 8) ? b.sourcePort[i] : Field.ABSENT;
            default -> Field.ABSENT;
        };
    }

    /** The column that holds a field as it stands, never negative; null where there is none, or more is to be asked. */
    static int @Nullable [] column(Field field, PacketBatch b) {
        return switch (field) {
            case LENGTH -> b.ipLength;
            case TIME_TO_LIVE -> b.timeToLive;
            case SOURCE_PORT -> b.sourcePort;
            case DESTINATION_PORT -> b.destinationPort;
            case FLAGS -> b.tcpFlags;
            case WINDOW -> b.tcpWindow;
            default -> null;
        };
    }

    /** Whether a field with a {@link #column} lies in the transport header. */
    static boolean isOfTransport(Field field) {
        return field != Field.LENGTH && field != Field.TIME_TO_LIVE;
    }

    static int fragment(int bits) {
        return bits == 0 ? 0 : (bits & Fragment.FIRST) != 0 ? 1 : 2;
    }

    private static long message(PacketBatch b, int i) {
        int application = b.application[i];
        return application == DNS_QUERY ? 0 : application == DNS_RESPONSE ? 1 : Field.ABSENT;
    }

    /** The kinds of options; padding alone is no absence of options. */
    static int options(PacketBatch b, int i) {
        int kinds = b.tcpOptions[i];
        boolean isPadded = kinds == 0 && b.payloadOffset[i] - b.transportOffset[i] > HEADER_WITHOUT_OPTIONS;
        return isPadded ? TcpOptions.OTHER : kinds;
    }

    static boolean isEcho(int protocol, int type) {
        return protocol == IpProtocol.ICMP
                ? type == ECHO_REQUEST || type == ECHO_REPLY
                : type == ECHO_REQUEST_V6 || type == ECHO_REPLY_V6;
    }

    /** Those of some ICMP types that have an identifier. */
    static List<Long> echoTypes(int protocol, NumberSet types) {
        return LongStream.of(ECHO_REPLY, ECHO_REQUEST, ECHO_REQUEST_V6, ECHO_REPLY_V6)
                .filter(type -> isEcho(protocol, (int) type) && types.contains(type))
                .boxed()
                .toList();
    }

    /** The first eight bytes of the payload, 0 in place of those that weren't captured. */
    static long payloadFirst(PacketBatch b, int i) {
        int captured = b.payloadCaptured[i];
        if (captured <= 0) {
            return 0;
        }
        long at = b.frameOffset[i] + b.payloadOffset[i];
        // Of a shorter payload, the word that ends with it: headers lie before it.
        return captured >= 8 ? b.frames.get(LONG, at) : b.frames.get(LONG, at + captured - 8) << 8 * (8 - captured);
    }

    /** The second eight bytes. */
    static long payloadSecond(PacketBatch b, int i) {
        int captured = b.payloadCaptured[i];
        if (captured <= 8) {
            return 0;
        }
        long at = b.frameOffset[i] + b.payloadOffset[i];
        return captured >= 16
                ? b.frames.get(LONG, at + 8)
                : b.frames.get(LONG, at + captured - 8) << 8 * (16 - captured);
    }

    static boolean isSequenceDestination(PacketBatch b, int i) {
        return b.ipVersion[i] == 4
                && b.protocol[i] == IpProtocol.TCP
                && b.transportOffset[i] != 0
                && b.tcpSequence[i] == (int) b.destinationLow[i];
    }

    static boolean matches(DomainSuffix suffix, PacketBatch b, int i) {
        return b.dnsNameLength[i] > 0
                && suffix.matches(b.frames, b.frameOffset[i] + b.dnsNameOffset[i], b.dnsNameLength[i]);
    }
}
