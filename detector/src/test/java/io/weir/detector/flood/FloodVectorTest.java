package io.weir.detector.flood;

import static io.weir.detector.flood.TrafficShapes.application;
import static io.weir.detector.flood.TrafficShapes.fragments;
import static io.weir.detector.flood.TrafficShapes.icmp;
import static io.weir.detector.flood.TrafficShapes.ip;
import static io.weir.detector.flood.TrafficShapes.mixed;
import static io.weir.detector.flood.TrafficShapes.mostly;
import static io.weir.detector.flood.TrafficShapes.randomPorts;
import static io.weir.detector.flood.TrafficShapes.tcp;
import static io.weir.detector.flood.TrafficShapes.toEachPort;
import static io.weir.detector.flood.TrafficShapes.udp;
import static io.weir.filter.packet.TcpFlags.ACK;
import static io.weir.filter.packet.TcpFlags.FIN;
import static io.weir.filter.packet.TcpFlags.PSH;
import static io.weir.filter.packet.TcpFlags.RST;
import static io.weir.filter.packet.TcpFlags.SYN;
import static io.weir.filter.packet.TcpFlags.URG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.detector.testing.Scene;
import io.weir.filter.packet.Application;
import io.weir.filter.verdict.FloodKind;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each flood gets its kind and its vector from what it consists of. */
final class FloodVectorTest {
    private static final int MANY = 60_000;

    static Stream<Arguments> floods() {
        return Stream.concat(tcpFloods(), otherFloods());
    }

    private static Stream<Arguments> tcpFloods() {
        return Stream.of(
                row(TrafficClass.SYN, tcp(SYN, MANY), FloodKind.SYN, "syn-spoofed"),
                row(TrafficClass.SYN, tcp(SYN, 50), FloodKind.SYN, "syn-distributed"),
                row(TrafficClass.SYN, tcp(SYN, 1), FloodKind.SYN, "syn-single-source"),
                row(TrafficClass.SYN, toEachPort(tcp(SYN, 50)), FloodKind.SYN, "syn-distributed"),
                row(TrafficClass.ACK, tcp(ACK, MANY), FloodKind.ACK, "ack"),
                row(TrafficClass.ACK, tcp(PSH | ACK, MANY), FloodKind.ACK, "psh-ack"),
                row(TrafficClass.ACK, tcp(PSH, MANY), FloodKind.ACK, "psh-ack"),
                row(TrafficClass.ACK, tcp(RST, MANY), FloodKind.ACK, "rst"),
                row(TrafficClass.ACK, tcp(RST | ACK, MANY), FloodKind.ACK, "rst"),
                row(TrafficClass.ACK, tcp(FIN | ACK, MANY), FloodKind.ACK, "fin"),
                row(TrafficClass.ACK, tcp(URG, MANY), FloodKind.ACK, "urg"),
                row(TrafficClass.ACK, tcp(URG | ACK, MANY), FloodKind.ACK, "ack"),
                row(TrafficClass.ACK, tcp(SYN | ACK, MANY), FloodKind.ACK, "syn-ack-reflection"),
                row(
                        TrafficClass.ACK,
                        mixed(tcp(RST, 9), tcp(FIN, 9), tcp(SYN | ACK, 9), tcp(0, 9)),
                        FloodKind.ACK,
                        "tcp-mixed"),
                row(TrafficClass.ACK, fragments(tcp(0, MANY)), FloodKind.ACK, "fragment"),
                row(TrafficClass.HTTP, application(Application.HTTP_REQUEST), FloodKind.HTTP, "http-request"),
                row(TrafficClass.TLS, application(Application.TLS_CLIENT_HELLO), FloodKind.HTTP, "tls-handshake"));
    }

    private static Stream<Arguments> otherFloods() {
        return Stream.of(
                row(TrafficClass.UDP, udp(123, MANY), FloodKind.UDP, "ntp-amplification"),
                row(TrafficClass.UDP, udp(11211, MANY), FloodKind.UDP, "memcached-amplification"),
                row(TrafficClass.UDP, udp(123, 1), FloodKind.UDP, "udp"),
                row(TrafficClass.UDP, udp(50_000, MANY), FloodKind.UDP, "udp-reflection"),
                row(TrafficClass.UDP, udp(MANY), FloodKind.UDP, "udp"),
                row(TrafficClass.UDP, udp(50_000, 1), FloodKind.UDP, "udp"),
                row(TrafficClass.UDP, toEachPort(udp(50_000, MANY)), FloodKind.UDP, "udp-reflection"),
                row(TrafficClass.UDP, randomPorts(udp(MANY), 1), FloodKind.UDP, "udp-random-ports"),
                row(TrafficClass.UDP, fragments(udp(0, MANY)), FloodKind.UDP, "fragment"),
                row(
                        TrafficClass.UDP,
                        mostly(fragments(udp(0, MANY)), udp(27_015, MANY), 20),
                        FloodKind.UDP,
                        "fragment"),
                row(TrafficClass.ICMP, icmp(8), FloodKind.ICMP, "icmp-echo"),
                row(TrafficClass.ICMP, icmp(128), FloodKind.ICMP, "icmp-echo"),
                row(TrafficClass.ICMP, icmp(0), FloodKind.ICMP, "icmp-echo-reply"),
                row(TrafficClass.ICMP, icmp(129), FloodKind.ICMP, "icmp-echo-reply"),
                row(TrafficClass.ICMP, icmp(3), FloodKind.ICMP, "icmp-unreachable"),
                row(TrafficClass.ICMP, icmp(13), FloodKind.ICMP, "icmp"),
                row(TrafficClass.ICMP, fragments(icmp(8)), FloodKind.ICMP, "fragment"),
                row(TrafficClass.DNS, application(Application.DNS_QUERY), FloodKind.DNS, "dns-query"),
                row(TrafficClass.DNS, application(Application.DNS_RESPONSE), FloodKind.DNS, "dns-amplification"),
                row(TrafficClass.OTHER, ip(47), FloodKind.OTHER, "gre"),
                row(TrafficClass.OTHER, ip(50), FloodKind.OTHER, "esp"),
                row(TrafficClass.OTHER, ip(132), FloodKind.OTHER, "sctp"),
                row(TrafficClass.OTHER, ip(253), FloodKind.OTHER, "protocol-253"),
                row(TrafficClass.OTHER, fragments(ip(47)), FloodKind.OTHER, "fragment"));
    }

    private static Arguments row(TrafficClass trafficClass, Scene.Shape shape, FloodKind kind, String vector) {
        return Arguments.of(trafficClass, shape, kind, vector);
    }

    @ParameterizedTest(name = "{3}")
    @MethodSource("floods")
    void namesTheVector(TrafficClass trafficClass, Scene.Shape shape, FloodKind kind, String vector) {
        Scene scene = new Scene(Thresholds.UNLIMITED.with(trafficClass, Limit.ofPackets(1_000)), Thresholds.UNLIMITED);
        scene.stream(scene.target(1), trafficClass, 20_000, 88, shape);
        assertEquals(1, scene.reports().size());
        FloodReport report = scene.reports().getFirst();
        assertEquals(kind, report.kind());
        assertEquals(trafficClass, report.trafficClass());
        assertEquals(vector, report.vector());
    }
}
