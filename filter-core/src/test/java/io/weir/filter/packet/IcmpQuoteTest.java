package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.SYN;
import static io.weir.filter.packet.Packets.UDP;
import static io.weir.filter.packet.Packets.echo;
import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ethernet6;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.ipv6;
import static io.weir.filter.packet.Packets.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IcmpQuoteTest {
    private final IcmpQuote quote = new IcmpQuote();

    private static String error(int type, String quoted) {
        return u8(type) + "01" + "0000" + "00000000" + quoted;
    }

    private boolean read4(int type, String quoted) {
        return quote.read(DecoderBench.decode(ethernet4(ipv4(1, error(type, quoted)))), 0);
    }

    private boolean read6(int type, String quoted) {
        return quote.read(DecoderBench.decode(ethernet6(ipv6(58, error(type, quoted)))), 0);
    }

    @ParameterizedTest
    @CsvSource({"3, true", "4, true", "11, true", "12, true", "0, false", "5, false", "8, false", "13, false"})
    void readsErrorsOnly(int type, boolean error) {
        assertEquals(error, read4(type, ipv4(6, SYN)));
    }

    @ParameterizedTest
    @CsvSource({"1, true", "2, true", "3, true", "4, true", "128, false", "137, false"})
    void readsErrorsOfIcmpv6Only(int type, boolean error) {
        assertEquals(error, read6(type, ipv6(6, SYN)));
    }

    @Test
    void readsAQuotedIpv4Packet() {
        assertTrue(read4(3, ipv4(6, 0x4000, "01010101", SYN.substring(0, 16))));
        assertEquals(4, quote.version());
        assertEquals(0, quote.sourceHigh());
        assertEquals(0xffff_0a00_0001L, quote.sourceLow());
        assertEquals(0, quote.destinationHigh());
        assertEquals(0xffff_0a00_0002L, quote.destinationLow());
        assertEquals(IpProtocol.TCP, quote.protocol());
        assertTrue(quote.hasPorts());
        assertEquals(40000, quote.sourcePort());
        assertEquals(80, quote.destinationPort());
    }

    @Test
    void readsAQuotedIpv6PacketBehindExtensionHeaders() {
        assertTrue(read6(2, ipv6(0, "2c00000000000000" + "1100000000000001" + UDP)));
        assertEquals(6, quote.version());
        assertEquals(0x2001_0db8_0000_0000L, quote.sourceHigh());
        assertEquals(1, quote.sourceLow());
        assertEquals(2, quote.destinationLow());
        assertEquals(IpProtocol.UDP, quote.protocol());
        assertEquals(9999, quote.destinationPort());
    }

    @Test
    void readsTheIdentifierOfAQuotedEcho() {
        assertTrue(read4(11, ipv4(1, echo(8))));
        assertTrue(quote.hasPorts());
        assertEquals(0x4242, quote.sourcePort());
        assertEquals(0x4242, quote.destinationPort());
        assertTrue(read4(11, ipv4(1, echo(3))));
        assertFalse(quote.hasPorts());
    }

    @Test
    void laterFragmentHasNoPorts() {
        assertTrue(read4(3, ipv4(6, 0x0010, "", SYN)));
        assertFalse(quote.hasPorts());
        assertTrue(read6(2, ipv6(44, "0600001000000001" + SYN)));
        assertFalse(quote.hasPorts());
        assertEquals(0, quote.destinationPort());
    }

    @Test
    void refusesAQuoteWithoutAWholeHeader() {
        assertFalse(read4(3, ""));
        assertFalse(read4(3, ipv4(6, SYN).substring(0, 38)));
        assertFalse(read4(3, ipv6(6, SYN)));
        assertFalse(read4(3, "4f" + ipv4(6, SYN).substring(2, 80)));
        assertFalse(read6(2, ipv6(6, SYN).substring(0, 78)));
        assertFalse(read6(2, ipv4(6, SYN)));
    }

    @Test
    void everyTruncationIsReadOrRefused() {
        byte[] frame = Packets.bytes(ethernet6(ipv6(
                58, error(2, ipv6(0, "3300" + "00".repeat(6) + "0601" + "00".repeat(10) + SYN)))));
        DecoderBench bench = new DecoderBench();
        int ipEnd = 54 + 8 + 40;
        int ports = ipEnd + 8 + 12 + 4;
        for (int captured = 0; captured <= frame.length; captured++) {
            boolean read = quote.read(bench.decode(LinkType.ETHERNET, frame, captured, frame.length), 0);
            assertEquals(captured >= ipEnd, read, captured + " bytes");
            assertEquals(captured >= ports, read && quote.hasPorts(), captured + " bytes");
        }
    }
}
