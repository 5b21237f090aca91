package io.weir.detector.flood;

import io.weir.filter.flow.Relation;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;

/** Which class a packet counts toward. What is proven counts toward none, but questions and requests always count. */
public final class TrafficClassifier {
    /** What is proven. */
    public static final int NONE = -1;

    private static final int SYN = TrafficClass.SYN.ordinal();
    private static final int ACK = TrafficClass.ACK.ordinal();
    private static final int UDP = TrafficClass.UDP.ordinal();
    private static final int ICMP = TrafficClass.ICMP.ordinal();
    private static final int DNS = TrafficClass.DNS.ordinal();
    private static final int HTTP = TrafficClass.HTTP.ordinal();
    private static final int TLS = TrafficClass.TLS.ordinal();
    private static final int OTHER = TrafficClass.OTHER.ordinal();

    private static final int TCP_OPTION = DecodeOutcome.TCP_OPTION.ordinal();

    private static final int DNS_QUERY = Application.DNS_QUERY.ordinal();
    private static final int DNS_RESPONSE = Application.DNS_RESPONSE.ordinal();
    private static final int HTTP_REQUEST = Application.HTTP_REQUEST.ordinal();
    private static final int HTTP2_REQUEST = Application.HTTP2_REQUEST.ordinal();
    private static final int TLS_CLIENT_HELLO = Application.TLS_CLIENT_HELLO.ordinal();

    private TrafficClassifier() {}

    /**
     * The class of packet {@code i} as an ordinal, or {@link #NONE}.
     *
     * @param relation any of {@link Relation} but {@link Relation#FOLLOWS_FRAGMENT}, whose class is its first's
     * @param isRepeated whether it repeats what its connection has sent: a request or handshake counts once
     */
    public static int classify(PacketBatch batch, int i, int relation, boolean isRepeated) {
        if (relation == Relation.FOLLOWS_REFUSED) {
            return NONE;
        }
        if (relation == Relation.OPENS) {
            // Whatever data it carries: a SYN that brings a request is still one, to be proven by its handshake.
            return SYN;
        }
        int application = batch.application[i];
        if (application == DNS_QUERY) {
            return DNS;
        }
        if (isRepeated && Relation.isProven(relation)) {
            return NONE;
        }
        if (application == HTTP_REQUEST || application == HTTP2_REQUEST) {
            return HTTP;
        }
        if (application == TLS_CLIENT_HELLO) {
            return TLS;
        }
        if (Relation.isProven(relation)) {
            return NONE;
        }
        if (application == DNS_RESPONSE) {
            return DNS;
        }
        return classOf(batch.protocol[i]);
    }

    /** The class of a packet that is malformed: of TCP its flags may be read all the same. */
    public static int classOfMalformed(PacketBatch batch, int i) {
        boolean isOpening = batch.protocol[i] == IpProtocol.TCP
                && batch.outcome[i] == TCP_OPTION
                && (batch.tcpFlags[i] & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
        return isOpening ? SYN : classOf(batch.protocol[i]);
    }

    /** The class of what is known by its protocol alone. */
    public static int classOf(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> ACK;
            case IpProtocol.UDP -> UDP;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> ICMP;
            default -> OTHER;
        };
    }
}
