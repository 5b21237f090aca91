package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;

/**
 * The test of floods of datagrams: who goes on between the same ends is no forger; and the first datagram to a port that
 * nobody used in peace has to come again, while most of the flood goes to such ports; and ICMP that answers nothing. One
 * worker's.
 */
final class DatagramTest {
    /** Nothing is known of it. */
    static final int NEW = 0;
    /** It goes on where another came before. */
    static final int GOES_ON = 1;
    /** The first to a port that nobody uses. */
    static final int UNUSED = 2;

    /** A message that can only answer, or tell of what its receiver has sent, though nothing was seen that it answers. */
    static final int UNASKED = 3;

    /** RFC 6335 section 6. */
    private static final int SYSTEM_PORTS = 1024;

    private static final int UDP = TrafficClass.UDP.ordinal();
    private static final int ICMP = TrafficClass.ICMP.ordinal();

    private final FlowHash hash;
    private final RepeatedDatagrams repeated = new RepeatedDatagrams();
    private final UsedPorts ports = new UsedPorts();

    DatagramTest(FlowHash hash) {
        this.hash = hash;
    }

    /** A datagram to a protected address in peace. */
    void notePeace(PacketBatch batch, int i, long nowNanos) {
        if (hasPorts(batch, i)) {
            ports.note(port(batch, i), nowNanos);
            if (isFromService(batch, i)) {
                ports.note(service(batch, i), nowNanos);
            }
        }
    }

    int judge(Defence defence, PacketBatch batch, int i, int trafficClass, long nowNanos) {
        boolean isToPort = trafficClass == UDP && hasPorts(batch, i);
        if (!isToPort && trafficClass != ICMP) {
            return NEW;
        }
        if (trafficClass == ICMP && batch.fragmentOffset[i] == 0 && onlyAnswers(batch, i)) {
            return UNASKED;
        }
        boolean isUnused = isToPort
                && ports.isLearned(defence.knownSinceNanos())
                && !ports.isUsed(port(batch, i), defence.knownSinceNanos(), nowNanos)
                && !(isFromService(batch, i) && ports.isUsed(service(batch, i), defence.knownSinceNanos(), nowNanos));
        if (isUnused) {
            defence.lanes().countUnused(port(batch, i));
        }
        if (repeated.goesOn(tuple(batch, i), nowNanos)) {
            return GOES_ON;
        }
        return isUnused && defence.lanes().isSprayed(port(batch, i)) ? UNUSED : NEW;
    }

    /** RFC 792 and RFC 4443: replies and errors. */
    private static boolean onlyAnswers(PacketBatch batch, int i) {
        int type = batch.icmpTypeCode[i] >>> 8;
        if (batch.protocol[i] == IpProtocol.ICMPV6) {
            return type <= 4 || type == 129;
        }
        return switch (type) {
            case 0, 3, 4, 5, 11, 12, 14, 16, 18 -> true;
            default -> false;
        };
    }

    private static boolean hasPorts(PacketBatch batch, int i) {
        return batch.protocol[i] == IpProtocol.UDP && batch.fragmentOffset[i] == 0;
    }

    /** Where only what comes in is seen, answers to the address's own questions come from a service's port to any port. */
    private static boolean isFromService(PacketBatch batch, int i) {
        return batch.sourcePort[i] < SYSTEM_PORTS;
    }

    private long port(PacketBatch batch, int i) {
        return hash.datagram(destination(batch, i), 0, IpProtocol.UDP, 0);
    }

    private long service(PacketBatch batch, int i) {
        long address = hash.endpoint(batch.destinationHigh[i], batch.destinationLow[i], 0);
        return hash.datagram(address, 0, IpProtocol.UDP, batch.sourcePort[i]);
    }

    private long destination(PacketBatch batch, int i) {
        return hash.endpoint(batch.destinationHigh[i], batch.destinationLow[i], batch.destinationPort[i]);
    }

    /** Of a ping its identifier stands for the source's port. */
    private long tuple(PacketBatch batch, int i) {
        long source = hash.endpoint(batch.sourceHigh[i], batch.sourceLow[i], batch.sourcePort[i]);
        return hash.datagram(source, destination(batch, i), batch.protocol[i], 0);
    }

    void restart() {
        repeated.restart();
        ports.restart();
    }

    static long sizeBytes() {
        return RepeatedDatagrams.sizeBytes() + UsedPorts.sizeBytes();
    }
}
