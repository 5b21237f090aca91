package io.weir.filter.address;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "198.51.100.7, 198.51.100.7",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:db8::1, 2001:db8::1",
        "2001:DB8::AbCd, 2001:db8::abcd",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "1:2:3::5:6:7:8, 1:2:3:0:5:6:7:8",
        "::ffff:198.51.100.7, 198.51.100.7",
        "::ffff:c633:6407, 198.51.100.7",
        "0:0:0:0:0:ffff:198.51.100.7, 198.51.100.7",
        "::198.51.100.7, ::c633:6407",
        "64:ff9b::198.51.100.7, 64:ff9b::c633:6407",
        "1:2:3:4:5:6:198.51.100.7, 1:2:3:4:5:6:c633:6407",
    })
    void readsWhatRfc4291Allows(String text, String canonical) {
        long[] halves = new long[2];
        assertTrue(IpAddress.parse(text, halves), text);
        assertEquals(canonical, IpAddress.format(halves[0], halves[1]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                ":",
                ":::",
                "1",
                "1.2",
                "1.2.3",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "1.2.3.4.",
                "1.2.3.4.5",
                "256.1.1.1",
                "1.1.1.256",
                "1.2.3.1000",
                "01.2.3.4",
                "1.2.3.00",
                "0x1.2.3.4",
                "+1.2.3.4",
                "-1.2.3.4",
                " 1.2.3.4",
                "1.2.3.4 ",
                "1.2.3.4\n",
                "\u0661.2.3.4",
                "3232235777",
                "localhost",
                "example.com",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1::2:3:4:5:6:7:8",
                "1::2::3",
                "::1::",
                "1:::2",
                ":1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:8:",
                "1:2:3:4:5:6:7:",
                ":1",
                "1:",
                "12345::",
                "g::",
                "::\uff11",
                "fe80::1%eth0",
                "fe80::1%",
                "[::1]",
                "::1/128",
                "1.2.3.4:80",
                "::1.2.3",
                "::1.2.3.4.5",
                "::01.2.3.4",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:2:3:4:5:6:7::1.2.3.4",
                "1:2:3:4:5:1.2.3.4",
                "::ffff:198.51.100.256",
            })
    void refusesEverythingElse(String text) {
        long[] halves = {7, 9};
        assertFalse(IpAddress.parse(text, halves), text);
        assertArrayEquals(new long[] {7, 9}, halves, "a refused text leaves the halves alone");
    }

    /** The JDK is laxer (short IPv4 forms, leading zeros, zone ids, brackets), so it must take all that we take. */
    @Test
    void readsTheSameAddressAsTheJdk() {
        Random random = new Random(4291);
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            String text = randomText(random);
            long[] halves = new long[2];
            if (IpAddress.parse(text, halves)) {
                read++;
                assertArrayEquals(jdk(text), halves, text);
            }
        }
        assertTrue(read > 20_000, "only " + read + " random texts were addresses");
    }

    /** Texts near the border: groups, gaps and dotted tails in any number. */
    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int parts = random.nextInt(10);
        boolean dotted = random.nextInt(4) == 0;
        for (int i = 0; i < parts; i++) {
            text.append(dotted ? "" : Integer.toHexString(random.nextInt(1 << 4 * (1 + random.nextInt(4)))));
            text.append(dotted ? Integer.toString(random.nextInt(300)) : "");
            if (i < parts - 1 || random.nextInt(5) == 0) {
                text.append(dotted ? "." : random.nextInt(6) == 0 ? "::" : ":");
            }
        }
        if (random.nextInt(5) == 0) {
            text.append("10.0.").append(random.nextInt(260)).append(".1");
        }
        return random.nextInt(5) == 0 ? "::" + text : text.toString();
    }

    @Test
    void takesWhatTheJdkTakesAmongWholeAddresses() {
        Random random = new Random(5952);
        for (int i = 0; i < 50_000; i++) {
            long high = sparse(random);
            long low = sparse(random);
            for (String text : spellings(high, low, random)) {
                long[] halves = new long[2];
                assertTrue(IpAddress.parse(text, halves), text);
                assertArrayEquals(jdk(text), halves, text);
                assertArrayEquals(new long[] {high, low}, halves, text);
            }
        }
    }

    @Test
    void formatsAsTheShortestFormOfRfc5952() {
        Random random = new Random(2);
        for (int i = 0; i < 50_000; i++) {
            long high = sparse(random);
            long low = sparse(random);
            String text = IpAddress.format(high, low);
            assertEquals(IpAddress.isIpv4(high, low) ? text : shortestByTrial(high, low), text);
            long[] halves = new long[2];
            assertTrue(IpAddress.parse(text, halves), text);
            assertArrayEquals(new long[] {high, low}, halves, text);
        }
    }

    @Test
    void appendsToWhatIsThere() {
        StringBuilder text = new StringBuilder("to ");
        IpAddress.append(text, 0, IpAddress.mapped(0xc633_6407));
        IpAddress.append(text.append(", "), 0x2001_0db8_0000_0000L, 1);
        assertEquals("to 198.51.100.7, 2001:db8::1", text.toString());
    }

    /** The section 4.2.3 rule: of two runs of equal length the first is shortened; 4.2.2: one group alone never is. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "0:0:1:0:0:0:0:0, 0:0:1::",
        "0:1:0:0:1:0:0:0, 0:1:0:0:1::",
    })
    void formatsTheExamplesOfRfc5952(String text, String canonical) {
        long[] halves = new long[2];
        assertTrue(IpAddress.parse(text, halves));
        assertEquals(canonical, IpAddress.format(halves[0], halves[1]));
    }

    private static long[] jdk(String text) {
        byte[] bytes = InetAddress.ofLiteral(text).getAddress();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == 4
                ? new long[] {0, IpAddress.mapped(buffer.getInt())}
                : new long[] {buffer.getLong(), buffer.getLong()};
    }

    /** Groups that are often zero, and now and then an IPv4 address. */
    private static long sparse(Random random) {
        long half = 0;
        for (int i = 0; i < 4; i++) {
            half = half << 16 | (random.nextBoolean() ? 0 : random.nextInt(1 << 4 * (1 + random.nextInt(4))));
        }
        return random.nextInt(20) == 0 ? IpAddress.mapped(random.nextInt()) : half;
    }

    private static List<String> spellings(long high, long low, Random random) {
        List<String> groups = groups(high, low);
        List<String> spellings = new ArrayList<>();
        spellings.add(String.join(":", groups));
        int start = random.nextInt(8);
        int end = start;
        while (end < 8 && groups.get(end).equals("0")) {
            end++;
        }
        if (end > start) {
            spellings.add(shortened(groups, start, end));
        }
        StringBuilder dotted = new StringBuilder(String.join(":", groups.subList(0, 6))).append(':');
        IpAddress.append(dotted, 0, IpAddress.mapped((int) low));
        spellings.add(dotted.toString());
        return spellings;
    }

    /** Every run of at least two zero groups shortened in turn: the shortest text, the leftmost of several. */
    private static String shortestByTrial(long high, long low) {
        List<String> groups = groups(high, low);
        String best = String.join(":", groups);
        int bestRun = 1;
        for (int start = 0; start < 8; start++) {
            for (int end = start + 2; end <= 8; end++) {
                boolean zeros = groups.subList(start, end).stream().allMatch("0"::equals);
                if (zeros && end - start > bestRun) {
                    bestRun = end - start;
                    best = shortened(groups, start, end);
                }
            }
        }
        return best;
    }

    private static String shortened(List<String> groups, int start, int end) {
        return String.join(":", groups.subList(0, start)) + "::" + String.join(":", groups.subList(end, 8));
    }

    private static List<String> groups(long high, long low) {
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            groups.add(Long.toHexString((i < 4 ? high : low) >>> 48 - 16 * (i & 3) & 0xffff));
        }
        return groups;
    }
}
