package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.echo;
import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ethernet6;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.ipv6;
import static io.weir.filter.packet.Packets.tcp;
import static io.weir.filter.packet.Packets.udp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.weir.filter.packet.SampleFrames.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that the capture cut, whole on the wire: {@code tcpdump -s 64}, {@code -s 68}. */
final class SnapLengthTest {
    /** Segment size, SACK permitted, timestamps, no-operation, window scale: 20 bytes, as Linux sends them. */
    private static final String LINUX_OPTIONS = "020405b4" + "0402" + "080a0000000100000000" + "01" + "030307";

    private static final String TIMESTAMPS = "0101080a0000000100000002";

    private final DecoderBench bench = new DecoderBench();

    static List<Sample> samples() {
        return SampleFrames.all();
    }

    private PacketBatch decode(String hex, int captured) {
        byte[] frame = Packets.bytes(hex);
        PacketBatch b = bench.decode(LinkType.ETHERNET, frame, captured, frame.length);
        Invariants.check(b, 0);
        return b;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void frameIsOkFromTheFieldsThatIdentifyItOn(Sample sample) {
        byte[] frame = sample.bytes();
        DecoderBench wholeBench = new DecoderBench();
        PacketBatch whole = wholeBench.decode(sample.linkType(), frame, frame.length, frame.length);
        int headers = whole.payloadOffset[0];
        int identified = identified(whole);
        for (int captured = 0; captured < frame.length; captured++) {
            PacketBatch b = bench.decode(sample.linkType(), frame, captured, frame.length);
            String what = sample + " cut to " + captured + " bytes, headers " + headers;
            assertEquals(captured < identified ? DecodeOutcome.CUT : DecodeOutcome.OK, DecoderBench.outcome(b), what);
            Invariants.check(b, 0);
            if (captured >= identified) {
                assertEquals(Math.max(0, captured - headers), b.payloadCaptured[0], what);
                boolean cutHeader = captured < headers;
                wholeBench.decode(sample.linkType(), frame, frame.length, frame.length);
                assertArrayEquals(headerRow(whole, cutHeader), headerRow(b, cutHeader), what);
            }
        }
    }

    /** Where the last field ends that a packet can't be related without. */
    private static int identified(PacketBatch b) {
        int transport = b.transportOffset[0];
        if (transport == 0) {
            return b.payloadOffset[0];
        }
        return switch (b.protocol[0]) {
            case IpProtocol.TCP -> transport + 14;
            case IpProtocol.UDP, IpProtocol.SCTP -> transport + 4;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> transport + 2;
            default -> b.payloadOffset[0];
        };
    }

    /** A row without the columns that depend on how much of the payload, or of a cut header, was captured. */
    private static long[] headerRow(PacketBatch b, boolean cutHeader) {
        b.payloadCaptured[0] = 0;
        b.application[0] = 0;
        b.tunnel[0] = 0;
        b.dnsNameOffset[0] = 0;
        b.dnsNameLength[0] = 0;
        b.dnsType[0] = 0;
        b.dnsFlags[0] = 0;
        if (cutHeader) {
            b.tcpWindow[0] = 0;
            b.tcpOptions[0] = 0;
            b.tcpMaximumSegmentSize[0] = 0;
            b.tcpWindowScale[0] = -1;
        }
        if (cutHeader && b.icmpTypeCode[0] != 0) {
            b.sourcePort[0] = 0;
            b.destinationPort[0] = 0;
        }
        return DecoderBench.row(b, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void synShowsTheOptionsCapturedWhole(boolean v6) {
        String syn = tcp(40000, 80, 0x002, LINUX_OPTIONS, "abcdef");
        String frame = v6 ? ethernet6(ipv6(6, syn)) : ethernet4(ipv4(6, syn));
        int transport = v6 ? 54 : 34;
        for (int tcp = 0; tcp <= 40; tcp++) {
            PacketBatch b = decode(frame, transport + tcp);
            String what = tcp + " bytes of the TCP header";
            if (tcp < 14) {
                assertEquals(DecodeOutcome.CUT, DecoderBench.outcome(b), what);
                continue;
            }
            assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b), what);
            assertEquals(40000, b.sourcePort[0], what);
            assertEquals(80, b.destinationPort[0], what);
            assertEquals(0x1122_3344, b.tcpSequence[0], what);
            assertEquals(0x5566_7788, b.tcpAcknowledgment[0], what);
            assertEquals(TcpFlags.SYN, b.tcpFlags[0], what);
            assertEquals(tcp < 16 ? 0 : 0x7210, b.tcpWindow[0], what);
            int bits = (tcp < 24 ? 0 : TcpOptions.MAXIMUM_SEGMENT_SIZE)
                    | (tcp < 26 ? 0 : TcpOptions.SACK_PERMITTED)
                    | (tcp < 36 ? 0 : TcpOptions.TIMESTAMPS)
                    | (tcp < 40 ? 0 : TcpOptions.WINDOW_SCALE);
            assertEquals(bits, b.tcpOptions[0], what);
            assertEquals(tcp < 24 ? 0 : 1460, b.tcpMaximumSegmentSize[0], what);
            assertEquals(tcp < 40 ? -1 : 7, b.tcpWindowScale[0], what);
            assertEquals(transport + 40, b.payloadOffset[0], what);
            assertEquals(0, b.payloadCaptured[0], what);
            assertEquals(3, b.payloadLength[0], what);
        }
    }

    @ParameterizedTest
    @CsvSource({"54, 0", "58, 0", "64, 0", "65, 0", "66, 16", "68, 16"})
    void segmentWithTimestampsKeepsItsTrueLength(int captured, int bits) {
        PacketBatch b = decode(ethernet4(ipv4(6, tcp(443, 40000, 0x018, TIMESTAMPS, "ab".repeat(1000)))), captured);
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(0x018, b.tcpFlags[0]);
        assertEquals(0x7210, b.tcpWindow[0]);
        assertEquals(bits, b.tcpOptions[0]);
        assertEquals(66, b.payloadOffset[0]);
        assertEquals(Math.max(0, captured - 66), b.payloadCaptured[0]);
        assertEquals(1000, b.payloadLength[0]);
    }

    @ParameterizedTest
    @CsvSource({
        // options, bytes of them captured, outcome
        "0201aaaa, 1, OK",
        "0201aaaa, 2, TCP_OPTION",
        "0205aaaa, 1, OK",
        "0205aaaa, 2, TCP_OPTION",
        "01010108, 3, OK",
        "01010108, 4, TCP_OPTION",
        "010103030700ffff, 6, OK",
        "020405b402ff0000, 6, TCP_OPTION",
    })
    void optionIsRefusedForWhatWasCapturedAlone(String options, int captured, DecodeOutcome outcome) {
        String frame = ethernet4(ipv4(6, tcp(1, 2, 2, options, "abcd")));
        assertEquals(outcome, DecoderBench.outcome(decode(frame, 54 + captured)));
    }

    @ParameterizedTest
    @CsvSource({"4002", "0002", "f002"})
    void impossibleTcpHeaderLengthIsMalformedOnceCaptured(String word) {
        String segment = tcp(1, 80, 2, LINUX_OPTIONS, "").substring(0, 24) + word + "72100000" + "0000" + "01010101";
        String frame = ethernet4(ipv4(6, segment));
        for (int captured = 34; captured < 58; captured++) {
            PacketBatch b = decode(frame, captured);
            DecodeOutcome expected = captured < 48 ? DecodeOutcome.CUT : DecodeOutcome.TCP_HEADER_LENGTH;
            assertEquals(expected, DecoderBench.outcome(b), captured + " bytes");
            assertEquals(captured < 48 ? 0 : 80, b.destinationPort[0]);
            assertEquals(0, b.payloadLength[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, CUT", "3, CUT", "4, OK", "5, OK", "6, OK", "7, OK", "8, OK"})
    void udpIsOkFromItsPortsOn(int captured, DecodeOutcome outcome) {
        PacketBatch b = decode(ethernet4(ipv4(17, udp(53, 40000, "ab".repeat(500)))), 34 + captured);
        assertEquals(outcome, DecoderBench.outcome(b));
        if (outcome == DecodeOutcome.OK) {
            assertEquals(53, b.sourcePort[0]);
            assertEquals(40000, b.destinationPort[0]);
            assertEquals(42, b.payloadOffset[0]);
            assertEquals(0, b.payloadCaptured[0]);
            assertEquals(500, b.payloadLength[0]);
        }
    }

    @Test
    void udpLengthCountsOnceItWasCaptured() {
        String shorter = ethernet4(ipv4(17, udp(1, 2, "abcd") + "eeee"));
        assertEquals(4, decode(shorter, 34 + 5).payloadLength[0]);
        assertEquals(2, decode(shorter, 34 + 6).payloadLength[0]);
        String impossible = ethernet4(ipv4(17, "00010002" + "0007" + "0000" + "abcd"));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(decode(impossible, 34 + 5)));
        assertEquals(DecodeOutcome.UDP_LENGTH, DecoderBench.outcome(decode(impossible, 34 + 6)));
    }

    @ParameterizedTest
    @CsvSource({"0, CUT, 0", "1, CUT, 0", "2, OK, 0", "3, OK, 0", "4, OK, 0", "5, OK, 0", "6, OK, 16962", "7, OK, 16962"
    })
    void echoIsOkFromItsTypeAndCodeOn(int captured, DecodeOutcome outcome, int identifier) {
        PacketBatch four = decode(ethernet4(ipv4(1, echo(8))), 34 + captured);
        assertEquals(outcome, DecoderBench.outcome(four));
        assertEquals(outcome == DecodeOutcome.OK ? 0x0800 : 0, four.icmpTypeCode[0]);
        assertEquals(identifier, four.sourcePort[0]);
        assertEquals(identifier, four.destinationPort[0]);
        assertEquals(outcome == DecodeOutcome.OK ? 4 : 0, four.payloadLength[0]);
        PacketBatch six = decode(ethernet6(ipv6(58, echo(128))), 54 + captured);
        assertEquals(outcome, DecoderBench.outcome(six));
        assertEquals(outcome == DecodeOutcome.OK ? 0x8000 : 0, six.icmpTypeCode[0]);
        assertEquals(identifier, six.sourcePort[0]);
        assertEquals(0, six.payloadCaptured[0]);
    }

    @Test
    void errorCutInItsHeaderQuotesNothing() {
        String frame = ethernet4(ipv4(1, "03010000" + "00000000" + ipv4(17, udp(5, 6, "0102"))));
        for (int captured = 36; captured < 42; captured++) {
            PacketBatch b = decode(frame, captured);
            assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
            assertFalse(new IcmpQuote().read(b, 0), captured + " bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 19, 14", "17, 7, 4", "1, 7, 2", "58, 7, 2", "132, 11, 4"})
    void headerBeyondTheWireIsMalformedHoweverMuchWasCaptured(int protocol, int bytes, int identified) {
        String frame = ethernet4(ipv4(protocol, "00".repeat(bytes)));
        for (int captured = 0; captured <= identified; captured++) {
            assertEquals(DecodeOutcome.TRANSPORT_TRUNCATED, DecoderBench.outcome(decode(frame, 34 + captured)));
        }
    }
}
