package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.filter.packet.PacketBatch;

/**
 * What packets made by one tool have in common: up to three keys by class, each over other fields, so that whatever a tool
 * draws at random leaves one of them the same. Users share some, but not many at once with a tool.
 */
final class PacketShape {
    /** Keys that a packet may have. */
    static final int KEYS = 3;

    private static final int SYN = TrafficClass.SYN.ordinal();
    private static final int ACK = TrafficClass.ACK.ordinal();
    private static final int UDP = TrafficClass.UDP.ordinal();
    private static final int ICMP = TrafficClass.ICMP.ordinal();
    private static final int DNS = TrafficClass.DNS.ordinal();
    private static final int OTHER = TrafficClass.OTHER.ordinal();

    private static final long FACTOR = 0x9e37_79b9_7f4a_7c15L;

    private PacketShape() {}

    /** How many keys the packets of a class have. */
    static int keys(int trafficClass) {
        if (trafficClass == UDP || trafficClass == DNS) {
            return KEYS;
        }
        return trafficClass == SYN || trafficClass == ACK || trafficClass == ICMP || trafficClass == OTHER ? 2 : 0;
    }

    /** Key {@code number} of a packet: everything of a kind, then less and less of it. */
    static long key(PacketBatch batch, int i, int trafficClass, int number) {
        long length = batch.wireLength[i];
        if (trafficClass == SYN) {
            long options =
                    mix(mix(mix(length, batch.tcpOptions[i]), batch.tcpMaximumSegmentSize[i]), batch.tcpWindowScale[i]);
            return number > 0
                    ? options
                    : mix(mix(mix(options, batch.timeToLive[i]), batch.tcpWindow[i]), batch.destinationPort[i]);
        }
        if (trafficClass == ACK) {
            // Data is of any length, but users' windows differ.
            long flags = (long) batch.tcpFlags[i] << Short.SIZE; // beside a window, not added to it
            return number > 0 ? mix(mix(length, flags), batch.tcpOptions[i]) : mix(flags, batch.tcpWindow[i]);
        }
        if (trafficClass == UDP || trafficClass == DNS) {
            return switch (number) {
                case 0 -> mix(length, batch.timeToLive[i]);
                case 1 -> batch.sourcePort[i];
                default -> mix(mix(batch.timeToLive[i], batch.destinationPort[i]), batch.dnsType[i]);
            };
        }
        long kind = trafficClass == ICMP ? mix(length, batch.icmpTypeCode[i]) : batch.protocol[i];
        return number > 0 ? kind : mix(mix(kind, batch.timeToLive[i]), length);
    }

    private static long mix(long sum, long value) {
        return (sum + value + 1) * FACTOR ^ sum >>> 29;
    }
}
