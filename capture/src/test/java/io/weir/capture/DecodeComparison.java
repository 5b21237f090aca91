package io.weir.capture;

import io.weir.capture.testing.TsharkField;
import io.weir.capture.testing.TsharkRow;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares one packet, column by column: IP columns where either side shows IP, those behind where the outcome is {@link
 * DecodeOutcome#OK}. A packet cut or malformed has none there, while tshark shows what it can.
 */
final class DecodeComparison {
    private static final int DNS_PORT = 53;
    private static final int FLAGS_MASK = 0x1ff;

    private final TsharkRow tshark;
    private final DecodedRow decoded;
    private final PacketBatch b;
    private final int i;
    private final List<Difference> differences = new ArrayList<>();

    private DecodeComparison(TsharkRow tshark, DecodedRow decoded) {
        this.tshark = tshark;
        this.decoded = decoded;
        this.b = decoded.b();
        this.i = decoded.i();
    }

    /** What differs, in the order of the headers; empty where nothing does. */
    static List<Difference> compare(TsharkRow tshark, DecodedRow decoded) {
        DecodeComparison comparison = new DecodeComparison(tshark, decoded);
        comparison.compare();
        return comparison.differences;
    }

    private void compare() {
        int version = b.ipVersion[i];
        number(Difference.IP_VERSION, tshark.ipVersion(), version);
        if (version == 0 || !differences.isEmpty()) {
            return;
        }
        network(version == 4);
        if (decoded.isOk()) {
            protocol(version);
            if (b.transportOffset[i] != 0) {
                transport();
            }
        }
    }

    private void network(boolean v4) {
        address("source", tshark.first(v4 ? TsharkField.IPV4_SOURCE : TsharkField.IPV6_SOURCE), decoded.source());
        address(
                Difference.DESTINATION,
                tshark.first(v4 ? TsharkField.IPV4_DESTINATION : TsharkField.IPV6_DESTINATION),
                decoded.destination());
        number(v4 ? TsharkField.IPV4_TIME_TO_LIVE : TsharkField.IPV6_HOP_LIMIT, b.timeToLive[i]);
    }

    private void protocol(int version) {
        number("protocol", new ProtocolChain(tshark).last(version), b.protocol[i]);
        if (version == 4) {
            // tshark shows the field, in units of eight bytes.
            number(TsharkField.IPV4_FRAGMENT_OFFSET, b.fragmentOffset[i] / 8);
        } else if ((b.fragment[i] & Fragment.PRESENT) != 0) {
            number(TsharkField.IPV6_FRAGMENT_OFFSET, b.fragmentOffset[i] / 8);
        }
    }

    private void transport() {
        switch (b.protocol[i]) {
            case IpProtocol.TCP -> {
                tcp();
                applications();
                dns();
            }
            case IpProtocol.UDP -> {
                ports(TsharkField.UDP_SOURCE, TsharkField.UDP_DESTINATION);
                dns();
            }
            case IpProtocol.SCTP -> ports(TsharkField.SCTP_SOURCE, TsharkField.SCTP_DESTINATION);
            case IpProtocol.ICMP -> number(TsharkField.ICMP_TYPE, b.icmpTypeCode[i] >>> 8);
            case IpProtocol.ICMPV6 -> number(TsharkField.ICMPV6_TYPE, b.icmpTypeCode[i] >>> 8);
            default -> {}
        }
    }

    private void ports(TsharkField source, TsharkField destination) {
        number(source, b.sourcePort[i]);
        number(destination, b.destinationPort[i]);
    }

    private void tcp() {
        ports(TsharkField.TCP_SOURCE, TsharkField.TCP_DESTINATION);
        number(Difference.TCP_FLAGS, tshark.number(TsharkField.TCP_FLAGS) & FLAGS_MASK, b.tcpFlags[i]);
        number(TsharkField.TCP_SEQUENCE, b.tcpSequence[i] & 0xffff_ffffL);
        number(TsharkField.TCP_WINDOW, b.tcpWindow[i]);
        number(TsharkField.TCP_LENGTH, b.payloadLength[i]);
        number(
                "segment size",
                Math.max(0, tshark.number(TsharkField.TCP_MAXIMUM_SEGMENT_SIZE)),
                b.tcpMaximumSegmentSize[i]);
        number("window scale", Math.min(14, tshark.number(TsharkField.TCP_WINDOW_SCALE)), b.tcpWindowScale[i]);
    }

    private void applications() {
        flag(Difference.HTTP, tshark.has(TsharkField.HTTP_METHOD), Application.HTTP_REQUEST);
        flag(Difference.TLS, tshark.number(TsharkField.TLS_HANDSHAKE) == 1, Application.TLS_CLIENT_HELLO);
    }

    /** tshark knows DNS by its port alone; what is recognised elsewhere by content is compared where it agrees. */
    private void dns() {
        if (decoded.hasPort(DNS_PORT)) {
            String expected = tshark.first(TsharkField.DNS_NAME);
            if (!DnsNames.same(expected, decoded.dnsName())) {
                differences.add(new Difference(Difference.DNS_NAME, expected, decoded.dnsName()));
            } else if (!expected.isEmpty()) {
                number(TsharkField.DNS_TYPE, b.dnsType[i]);
            }
        }
    }

    private void flag(String what, boolean expected, Application application) {
        boolean actual = decoded.application() == application;
        if (expected != actual) {
            differences.add(new Difference(what, String.valueOf(expected), String.valueOf(actual)));
        }
    }

    private void address(String what, String expected, InetAddress actual) {
        try {
            if (expected.isEmpty() || !InetAddress.getByName(expected).equals(actual)) {
                differences.add(new Difference(what, expected, actual.getHostAddress()));
            }
        } catch (UnknownHostException e) {
            throw new AssertionError("tshark shows no address: " + expected, e);
        }
    }

    private void number(TsharkField field, long actual) {
        number(field.text(), tshark.number(field), actual);
    }

    private void number(String what, long expected, long actual) {
        if (expected != actual) {
            differences.add(new Difference(what, String.valueOf(expected), String.valueOf(actual)));
        }
    }
}
