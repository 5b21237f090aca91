package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.pcap.FilterException;
import io.weir.capture.pcap.PacketFilter;
import io.weir.capture.testing.CaptureBytes;
import io.weir.capture.testing.Libpcap;
import io.weir.capture.testing.ReadCapture;
import io.weir.capture.testing.ReadPacket;
import io.weir.capture.testing.SampleCaptures;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FilteredSourceTest {
    private static final int NETLINK = 253;

    @BeforeEach
    void needsLibpcap() {
        Libpcap.assumeInstalled();
    }

    @Test
    void keepsWhatMatchesInOrderAndCountsTheRest() throws IOException {
        byte[] file = SampleCaptures.pcapng(ByteOrder.LITTLE_ENDIAN, 5_000);
        List<ReadPacket> all = ReadCapture.of(file).packets();
        List<ReadPacket> expected =
                all.stream().filter(p -> p.wireLength() >= 150).toList();
        try (FilteredSource source = filtered(file, "greater 150")) {
            assertEquals(expected, ReadCapture.packets(source, new ArrayList<>()));
            assertEquals(all.size() - expected.size(), source.filteredPackets());
            assertEquals(PacketSource.END, source.fill(new PacketBatch()));
        }
    }

    @Test
    void endsWhereNothingMatches() throws IOException {
        byte[] file = SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, 3_000);
        try (FilteredSource source = filtered(file, "greater 10000")) {
            assertEquals(PacketSource.END, source.fill(new PacketBatch()));
            assertEquals(3_000, source.filteredPackets());
        }
    }

    @Test
    void deliversWhatMatchedBeforeALinkTypeThatCannotBeFiltered() throws IOException {
        CaptureBytes file = CaptureBytes.littleEndian()
                .section()
                .describe(LinkType.ETHERNET)
                .describe(NETLINK)
                .enhanced(0, 1, arp())
                .enhanced(0, 2, new byte[60])
                .enhanced(1, 3, new byte[60])
                .enhanced(0, 4, arp());
        List<ReadPacket> packets = new ArrayList<>();
        try (FilteredSource source = filtered(file.toArray(), "arp")) {
            FilterException e = assertThrows(FilterException.class, () -> ReadCapture.packets(source, packets));
            assertTrue(String.valueOf(e.getMessage()).contains("link type NETLINK"), e.getMessage());
            assertEquals(1, packets.size());
            assertThrows(FilterException.class, () -> source.fill(new PacketBatch()));
        }
    }

    /** libpcap calls it an error that nothing can match; in a file of several link types it is none. */
    @Test
    void matchesNothingOnALinkTypeThatCannotCarryWhatIsAskedFor() throws IOException {
        CaptureBytes file = CaptureBytes.littleEndian()
                .section()
                .describe(LinkType.IPV6)
                .describe(LinkType.ETHERNET)
                .enhanced(0, 1, new byte[60])
                .enhanced(1, 2, arp());
        try (FilteredSource source = filtered(file.toArray(), "arp")) {
            assertEquals(1, ReadCapture.packets(source, new ArrayList<>()).size());
        }
    }

    @Test
    void passesOnTheDamageOfItsSource() throws IOException {
        CaptureBytes file = CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROSECONDS, LinkType.ETHERNET)
                .record(1, 1, arp())
                .put((byte) 1);
        List<ReadPacket> packets = new ArrayList<>();
        try (FilteredSource source = filtered(file.toArray(), "arp")) {
            assertThrows(CaptureException.class, () -> ReadCapture.packets(source, packets));
            assertEquals(1, packets.size());
        }
    }

    private static byte[] arp() {
        byte[] frame = new byte[60];
        frame[12] = 8;
        frame[13] = 6;
        return frame;
    }

    private static FilteredSource filtered(byte[] file, String expression) throws IOException {
        return new FilteredSource(
                CaptureFileSource.open("test", Channels.newChannel(new ByteArrayInputStream(file))),
                PacketFilter.of("--filter", expression));
    }
}
