package io.weir.capture.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.weir.capture.source.CaptureException;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.capture.testing.CaptureBytes;
import io.weir.capture.testing.ChildJvm;
import io.weir.capture.testing.Corpus;
import io.weir.capture.testing.Libpcap;
import io.weir.capture.testing.ReadPacket;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;

class PacketFilterTest {
    private static final List<String> EXPRESSIONS = List.of(
            "",
            "tcp",
            "udp port 53",
            "not tcp and not udp",
            "host 10.0.0.1 or net 192.168.0.0/16",
            "tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn",
            "icmp or icmp6",
            "ip6 and tcp dst portrange 1-1024",
            "greater 200",
            "less 100 and ip[8] < 64",
            "ip[2:2] - (ip[0] & 0xf) * 4 > 100",
            "tcp[13] = 2 and tcp[(tcp[12] >> 2):4] != 0x47455420",
            "ip proto 47 or ip6 proto 58",
            "ip[6:2] & 0x1fff != 0",
            "len > 60 and len % 3 = 1",
            "ip[0] / (ip[1] + ip[8] - 64) > 1",
            "ip src net 10.0.0.0/8 and ip dst net 10.0.0.0/8");

    /** The number of a file for raw IP, and the one that libpcap's compiler has for it. */
    private static final int DLT_RAW = 12;

    @BeforeEach
    void needsLibpcap() {
        Libpcap.assumeInstalled();
    }

    private static Stream<Corpus.Entry> corpus() throws IOException {
        return Corpus.entries();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void agreesWithLibpcapOnRealCaptures(Corpus.Entry entry) throws Exception {
        int dataLinkType = Libpcap.dataLinkType(entry.file());
        for (String expression : EXPRESSIONS) {
            try (CaptureFileSource source =
                    CaptureFileSource.open(List.of(entry.file().toString()))) {
                assertAgreement(source, expression, dataLinkType);
            }
        }
    }

    @Test
    void agreesWithLibpcapOnRandomFrames() throws Exception {
        Random random = new Random(13);
        for (int linkType : new int[] {LinkType.ETHERNET, LinkType.RAW, LinkType.NULL, LinkType.LINUX_SLL2}) {
            CaptureBytes file = CaptureBytes.littleEndian().pcap(CaptureBytes.MICROSECONDS, linkType);
            for (int i = 0; i < 2_000; i++) {
                byte[] frame = new byte[random.nextInt(120)];
                random.nextBytes(frame);
                // Enough of a header that programs go past their first test.
                if (frame.length > 40 && random.nextBoolean()) {
                    frame[12] = 8;
                    frame[13] = 0;
                    frame[14] = 0x45;
                    frame[23] = (byte) (random.nextBoolean() ? 6 : 17);
                }
                file.record(i, 0, frame.length, frame.length + random.nextInt(100))
                        .put(frame);
            }
            for (String expression : EXPRESSIONS) {
                try (CaptureFileSource source = open(file)) {
                    assertAgreement(source, expression, linkType == LinkType.RAW ? DLT_RAW : linkType);
                }
            }
        }
    }

    /** Of a file with several link types, only packets of the first are compared: libpcap has no more. */
    private static void assertAgreement(PacketSource source, String expression, int dataLinkType) throws Exception {
        PacketFilter filter = PacketFilter.of("--filter", expression);
        PacketBatch batch = new PacketBatch();
        BpfProgram theirs = null;
        String refusal = "";
        try {
            theirs = compile(expression, dataLinkType);
        } catch (PcapNativeException e) {
            refusal = String.valueOf(e.getMessage());
        }
        int linkType = -1;
        while (fill(source, batch) > 0) {
            linkType = linkType < 0 ? batch.linkType[0] : linkType;
            for (int i = 0; i < batch.size; i++) {
                if (batch.linkType[i] == linkType) {
                    assertAgreement(filter, batch, i, theirs, refusal);
                }
            }
        }
    }

    private static void assertAgreement(
            PacketFilter filter, PacketBatch batch, int i, @Nullable BpfProgram theirs, String refusal)
            throws Exception {
        if (refusal.equals("expression rejects all packets")) {
            assertFalse(filter.matches(batch, i));
        } else if (theirs == null) {
            FilterException e = assertThrows(FilterException.class, () -> filter.matches(batch, i));
            assertEquals(refusal, String.valueOf(e.getMessage()).replaceFirst(".*link type \\w+: ", ""));
        } else {
            byte[] frame = ReadPacket.of(batch, i).frame().array();
            boolean expected = theirs.applyFilter(frame, batch.wireLength[i], frame.length);
            assertEquals(expected, filter.matches(batch, i), theirs.getExpression() + ", packet " + i);
        }
    }

    private static int fill(PacketSource source, PacketBatch batch) throws IOException {
        try {
            return source.fill(batch);
        } catch (CaptureException e) {
            return PacketSource.END;
        }
    }

    private static BpfProgram compile(String expression, int dataLinkType)
            throws PcapNativeException, NotOpenException, IOException {
        try (PcapHandle handle = Pcaps.openDead(DataLinkType.getInstance(dataLinkType), 262_144)) {
            Inet4Address unknown = (Inet4Address) InetAddress.getByName("255.255.255.255");
            return handle.compileFilter(expression, BpfProgram.BpfCompileMode.OPTIMIZE, unknown);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp prot 80", "port", "foo bar", "tcp and"})
    void passesOnWhatLibpcapSaysOfTheSyntax(String expression) {
        FilterException e = assertThrows(FilterException.class, () -> PacketFilter.of("--filter", expression));
        assertEquals("--filter '" + expression + "': can't parse filter expression: syntax error", e.getMessage());
    }

    @Test
    void namesTheLinkTypeThatItCannotCompileFor() throws IOException {
        PacketFilter filter = PacketFilter.of("--filter", "tcp");
        int netlink = 253;
        CaptureBytes file = CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROSECONDS, netlink)
                .record(1, 1, new byte[60]);
        PacketBatch batch = new PacketBatch();
        try (CaptureFileSource source = open(file)) {
            assertEquals(1, source.fill(batch));
            FilterException e = assertThrows(FilterException.class, () -> filter.matches(batch, 0));
            assertEquals(
                    "--filter 'tcp' can't be compiled for link type NETLINK:"
                            + " Linux netlink link-layer type filtering not implemented",
                    e.getMessage());
        }
    }

    @Test
    void saysWhatToInstallWhereLibpcapIsMissing() throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(new byte[0], List.of("-Dorg.pcap4j.core.pcapLibName=missing"), "filter", "tcp");
        assertEquals("--filter needs libpcap: install the package libpcap0.8", result.errors());
    }

    private static CaptureFileSource open(CaptureBytes file) throws IOException {
        return CaptureFileSource.open("test", Channels.newChannel(new ByteArrayInputStream(file.toArray())));
    }
}
