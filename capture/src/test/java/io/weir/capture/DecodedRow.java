package io.weir.capture;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.DnsName;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.Tunnel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** One packet of a decoded batch. */
record DecodedRow(PacketBatch b, int i) {
    DecodeOutcome outcome() {
        return DecodeOutcome.of(b.outcome[i]);
    }

    Application application() {
        return Application.of(b.application[i]);
    }

    boolean isOk() {
        return outcome() == DecodeOutcome.OK;
    }

    /** Whether the capture ends inside the transport header. */
    boolean isHeaderCut() {
        return b.payloadOffset[i] > b.capturedLength[i];
    }

    boolean isPayloadCut() {
        return b.payloadCaptured[i] < b.payloadLength[i];
    }

    InetAddress source() {
        return address(b.sourceHigh[i], b.sourceLow[i]);
    }

    InetAddress destination() {
        return address(b.destinationHigh[i], b.destinationLow[i]);
    }

    String dnsName() {
        return DnsName.read(b.frames, b.frameOffset[i] + b.dnsNameOffset[i], b.dnsNameLength[i]);
    }

    boolean hasPort(int port) {
        return b.sourcePort[i] == port || b.destinationPort[i] == port;
    }

    /** IPv4 where it is IPv4-mapped: Java makes the same of both. */
    private static InetAddress address(long high, long low) {
        try {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(16).putLong(high).putLong(low).array());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return outcome() + ", link " + b.linkType[i] + ", ip " + b.ipVersion[i] + " " + source().getHostAddress()
                + " to "
                + destination().getHostAddress() + ", protocol " + b.protocol[i] + ", ports " + b.sourcePort[i] + " to "
                + b.destinationPort[i] + ", flags 0x" + Integer.toHexString(b.tcpFlags[i]) + ", fragment "
                + b.fragment[i] + " at " + b.fragmentOffset[i] + ", payload " + b.payloadCaptured[i] + " of "
                + b.payloadLength[i] + ", " + application() + " '" + dnsName() + "', " + Tunnel.of(b.tunnel[i])
                + ", captured " + b.capturedLength[i] + " of " + b.wireLength[i];
    }
}
