package io.weir.filter.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {
    @ParameterizedTest
    @CsvSource({
        "198.51.100.0/24, 4, 24, 198.51.100.0/24",
        "198.51.100.7, 4, 32, 198.51.100.7/32",
        "198.51.100.7/32, 4, 32, 198.51.100.7/32",
        "0.0.0.0/0, 4, 0, 0.0.0.0/0",
        "128.0.0.0/1, 4, 1, 128.0.0.0/1",
        "2001:db8::/32, 6, 32, 2001:db8::/32",
        "2001:DB8:0::1, 6, 128, 2001:db8::1/128",
        "::/0, 6, 0, ::/0",
        "8000::/1, 6, 1, 8000::/1",
        "2001:db8:0:1::/64, 6, 64, 2001:db8:0:1::/64",
        "2001:db8:0:1:8000::/65, 6, 65, 2001:db8:0:1:8000::/65",
        "::ffff:198.51.100.0/120, 4, 24, 198.51.100.0/24",
        "::ffff:0:0/96, 4, 0, 0.0.0.0/0",
        "::fffe:0:0/95, 6, 95, ::fffe:0:0/95",
    })
    void readsPrefixesAndPlainAddresses(String text, int version, int length, String canonical) {
        IpPrefix prefix = parsed(text);
        assertEquals(version, prefix.version());
        assertEquals(length, prefix.length());
        assertEquals(canonical, prefix.toString());
        assertEquals(prefix, parsed(canonical));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/24, 10.1.2.0/24",
        "10.1.2.3/0, 0.0.0.0/0",
        "10.1.2.3, 10.1.2.3/32",
        "2001:db8::1/32, 2001:db8::/32",
        "::ffff:10.1.2.3/120, 10.1.2.0/24",
        "::ffff:10.1.2.3/95, ::fffe:0:0/95",
    })
    void clearsHostBitsWhereTheNetworkIsMeant(String text, String network) {
        assertEquals(
                network,
                assertInstanceOf(IpPrefix.Parsed.Valid.class, IpPrefix.parseNetwork(text))
                        .prefix()
                        .toString());
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.7/24, 198.51.100.0/24",
        "198.51.100.1/31, 198.51.100.0/31",
        "198.51.100.7/0, 0.0.0.0/0",
        "2001:db8::1/32, 2001:db8::/32",
        "2001:db8::1/0, ::/0",
        "::ffff:198.51.100.7/120, 198.51.100.0/24",
        "::ffff:198.51.100.0/24, ::/24",
    })
    void namesThePrefixWhereHostBitsAreSet(String text, String right) {
        assertEquals("has host bits; " + right + " is the prefix", problem(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/24", "web", "198.51.100/24", "198.51.100.0-198.51.100.255", "010.0.0.0/8"})
    void saysWhatAPrefixLooksLike(String text) {
        assertEquals(
                "is neither an address nor a prefix;"
                        + " write one such as 198.51.100.7, 198.51.100.0/24 or 2001:db8::/32",
                problem(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/33", "/-1", "/+8", "/08", "/ 8", "/8 ", "/1000", "/255.255.255.0", "/8/8", "/٨"})
    void saysWhichLengthsAreAllowed(String length) {
        assertEquals("has no length from 0 to 32 after the slash", problem("10.0.0.0" + length));
    }

    @Test
    void allowsLengthsUpTo128ForIpv6() {
        assertEquals("has no length from 0 to 128 after the slash", problem("2001:db8::/129"));
    }

    @Test
    void refusesZoneIds() {
        assertEquals("has a zone id; write the address without it", problem("fe80::1%eth0/64"));
    }

    @Test
    void holdsItsFirstAndLastAddressAndNotTheirNeighbours() {
        for (int length = 1; length <= 32; length++) {
            IpPrefix prefix = new IpPrefix(4, 0, IpAddress.mapped(0x8000_0000), length);
            long last = prefix.lastLow();
            assertTrue(prefix.contains(0, prefix.low()));
            assertTrue(prefix.contains(0, last));
            assertFalse(prefix.contains(0, prefix.low() - 1));
            assertFalse(prefix.contains(0, last + 1));
            assertEquals(1L << 32 - length, last - prefix.low() + 1);
        }
    }

    @Test
    void neverMixesVersions() {
        long ipv4 = IpAddress.mapped(0xc633_6407);
        assertFalse(parsed("::/0").contains(0, ipv4));
        assertTrue(parsed("::/0").contains(0, 1));
        assertTrue(parsed("0.0.0.0/0").contains(0, ipv4));
        assertFalse(parsed("0.0.0.0/0").contains(0, 1));
        assertFalse(parsed("::/0").contains(parsed("0.0.0.0/0")));
    }

    @Test
    void holdsNarrowerPrefixes() {
        assertTrue(parsed("10.0.0.0/8").contains(parsed("10.0.0.0/8")));
        assertTrue(parsed("10.0.0.0/8").contains(parsed("10.255.0.0/16")));
        assertFalse(parsed("10.255.0.0/16").contains(parsed("10.0.0.0/8")));
        assertFalse(parsed("10.0.0.0/8").contains(parsed("11.0.0.0/16")));
    }

    @Test
    void isNeverBuiltWrong() {
        long ipv4 = IpAddress.mapped(0xc633_6400);
        assertThrows(IllegalArgumentException.class, () -> new IpPrefix(5, 0, 1, 128));
        assertThrows(IllegalArgumentException.class, () -> new IpPrefix(4, 0, ipv4, 33));
        assertThrows(IllegalArgumentException.class, () -> new IpPrefix(4, 0, ipv4, -1));
        assertThrows(IllegalArgumentException.class, () -> new IpPrefix(4, 0, ipv4, 8));
        assertThrows(IllegalArgumentException.class, () -> new IpPrefix(4, 0, 1, 32));
        assertThrows(IllegalArgumentException.class, () -> new IpPrefix(6, 0, ipv4, 128));
        assertThrows(IllegalArgumentException.class, () -> new IpPrefix(6, 1, 0, 129));
    }

    private static IpPrefix parsed(String text) {
        return assertInstanceOf(IpPrefix.Parsed.Valid.class, IpPrefix.parse(text))
                .prefix();
    }

    private static String problem(String text) {
        return assertInstanceOf(IpPrefix.Parsed.Invalid.class, IpPrefix.parse(text))
                .problem();
    }
}
