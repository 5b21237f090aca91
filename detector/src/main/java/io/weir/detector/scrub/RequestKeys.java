package io.weir.detector.scrub;

import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.RequestShape;

/** By what the requests of one sender are known again: hashes of who sends a packet, of its connection, of its place in it. */
final class RequestKeys {
    private final FlowHash hash;

    RequestKeys(FlowHash hash) {
        this.hash = hash;
    }

    /** A source is an IPv4 address, or the 64 bits of an IPv6 address that name a network (RFC 4291 section 2.5.4). */
    long source(PacketBatch batch, int i) {
        return hash.address(batch.sourceHigh[i], batch.ipVersion[i] == 4 ? batch.sourceLow[i] : 0);
    }

    /** A /24, or a /48 of IPv6. */
    long network(PacketBatch batch, int i) {
        return batch.ipVersion[i] == 4
                ? hash.address(1, batch.sourceLow[i] >>> Byte.SIZE)
                : hash.address(batch.sourceHigh[i] >>> Short.SIZE, 1);
    }

    /** One of the machines that share an address. */
    long machine(PacketBatch batch, int i) {
        return hash.address(source(batch, i), RequestShape.machine(batch, i));
    }

    /** Of a connection, which its client's end tells from others toward the same server; of UDP, its source. */
    long sender(PacketBatch batch, int i) {
        return batch.protocol[i] == IpProtocol.TCP
                ? connection(hash.endpoint(batch.sourceHigh[i], batch.sourceLow[i], batch.sourcePort[i]))
                : source(batch, i);
    }

    /** Of a connection by both its ends: a client may use a port toward several servers at once. */
    long ends(PacketBatch batch, int i, long connection) {
        long server = hash.endpoint(batch.destinationHigh[i], batch.destinationLow[i], batch.destinationPort[i]);
        return hash.address(connection, server);
    }

    /** The same of a packet of the server. */
    long receiver(PacketBatch batch, int i) {
        return connection(hash.endpoint(batch.destinationHigh[i], batch.destinationLow[i], batch.destinationPort[i]));
    }

    /** The same as {@link #ends} of a packet of the server. */
    long answered(PacketBatch batch, int i) {
        long server = hash.endpoint(batch.sourceHigh[i], batch.sourceLow[i], batch.sourcePort[i]);
        return hash.address(receiver(batch, i), server);
    }

    /** An IPv4 endpoint is no hash: its bits stand where they stand in the packet. */
    private long connection(long endpoint) {
        return hash.address(endpoint, 0);
    }

    /** What of a connection begins at a packet. */
    long segment(PacketBatch batch, int i, long connection) {
        return hash.address(connection, batch.tcpSequence[i]);
    }
}
