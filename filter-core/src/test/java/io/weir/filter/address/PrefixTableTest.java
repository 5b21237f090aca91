package io.weir.filter.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class PrefixTableTest {
    @Test
    void findsNothingInAnEmptyTable() {
        PrefixTable table = table();
        assertEquals(PrefixTable.NONE, table.lookup(0, IpAddress.mapped(0)));
        assertEquals(PrefixTable.NONE, table.lookup(0, 0));
        assertEquals(PrefixTable.NONE, table.lookup(-1, -1));
    }

    @Test
    void answersWithTheMostSpecificPrefix() {
        PrefixTable table = table("10.0.0.0/8", "0.0.0.0/0", "10.1.2.3/32", "10.1.0.0/16", "2001:db8::/32");
        assertEquals(2, lookup(table, "10.1.2.3"));
        assertEquals(3, lookup(table, "10.1.2.4"));
        assertEquals(0, lookup(table, "10.2.0.0"));
        assertEquals(1, lookup(table, "9.255.255.255"));
        assertEquals(1, lookup(table, "255.255.255.255"));
        assertEquals(4, lookup(table, "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
        assertEquals(PrefixTable.NONE, lookup(table, "2001:db9::"));
    }

    @Test
    void keepsVersionsApart() {
        PrefixTable table = table("::/0");
        assertEquals(0, lookup(table, "::"));
        assertEquals(0, lookup(table, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        assertEquals(PrefixTable.NONE, lookup(table, "198.51.100.7"));
        assertEquals(PrefixTable.NONE, lookup(table("0.0.0.0/0"), "::1"));
    }

    @Test
    void ownsEqualPrefixesByTheFirst() {
        assertEquals(1, lookup(table("10.0.0.0/7", "10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8"), "10.0.0.1"));
    }

    /** Addresses at both ends of every prefix, their neighbours, and anywhere. */
    @RepeatedTest(200)
    void agreesWithLinearSearch(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int count = repetition.getCurrentRepetition() == 1 ? 3_000 : random.nextInt(120);
        List<IpPrefix> prefixes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            prefixes.add(randomPrefix(random, prefixes));
        }
        PrefixTable table = PrefixTable.of(prefixes);
        for (IpPrefix prefix : prefixes) {
            assertAgrees(prefixes, table, prefix.high(), prefix.low());
            assertAgrees(prefixes, table, prefix.high(), prefix.low() - 1);
            assertAgrees(prefixes, table, prefix.lastHigh(), prefix.lastLow());
            assertAgrees(prefixes, table, prefix.lastHigh(), prefix.lastLow() + 1);
            assertAgrees(prefixes, table, prefix.lastHigh() + 1, 0);
            assertAgrees(prefixes, table, prefix.high() - 1, -1);
        }
        for (int i = 0; i < 200; i++) {
            assertAgrees(prefixes, table, random.nextLong(), random.nextLong());
            assertAgrees(prefixes, table, 0, IpAddress.mapped(random.nextInt()));
        }
    }

    @Test
    void allocatesNothing() {
        PrefixTable table = table("10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "2001:db8::/32", "2001:db8:1::/48");
        ThreadMXBean threads = assertInstanceOf(ThreadMXBean.class, ManagementFactory.getThreadMXBean());
        long sum = lookupMany(table);
        long before = threads.getCurrentThreadAllocatedBytes();
        sum += lookupMany(table);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(sum != 0);
        assertTrue(allocated < 1_000, allocated + " bytes for 200,000 lookups");
    }

    private static long lookupMany(PrefixTable table) {
        long sum = 0;
        for (int i = 0; i < 100_000; i++) {
            sum += table.lookup(0, IpAddress.mapped(i * 0x9e37_79b9));
            sum += table.lookup(0x2001_0db8_0000_0000L + i, i);
        }
        return sum;
    }

    /** Half of them nested in an earlier one or beside it, so that depth and adjacency occur. */
    private static IpPrefix randomPrefix(Random random, List<IpPrefix> earlier) {
        boolean ipv4 = random.nextBoolean();
        long high = ipv4 ? 0 : random.nextLong();
        long low = ipv4 ? IpAddress.mapped(random.nextInt()) : random.nextLong();
        if (!earlier.isEmpty() && random.nextBoolean()) {
            IpPrefix other = earlier.get(random.nextInt(earlier.size()));
            ipv4 = other.version() == 4;
            high = random.nextBoolean() ? other.high() : other.lastHigh();
            low = (random.nextBoolean() ? other.low() : other.lastLow()) ^ (random.nextInt(4) == 0 ? 1L << 8 : 0);
        }
        int length = random.nextInt(ipv4 ? 33 : 129);
        String text = IpAddress.format(high, low) + '/' + length;
        return switch (IpPrefix.parse(text)) {
            case IpPrefix.Parsed.Valid valid -> valid.prefix();
            case IpPrefix.Parsed.Invalid invalid -> parsed(invalid.problem().split("[; ]+")[3]);
        };
    }

    private static void assertAgrees(List<IpPrefix> prefixes, PrefixTable table, long high, long low) {
        int best = PrefixTable.NONE;
        for (int i = 0; i < prefixes.size(); i++) {
            IpPrefix prefix = prefixes.get(i);
            boolean better = best < 0 || prefix.length() > prefixes.get(best).length();
            if (better && prefix.contains(high, low)) {
                best = i;
            }
        }
        int expected = best;
        assertEquals(expected, table.lookup(high, low), () -> IpAddress.format(high, low) + " in " + prefixes);
    }

    private static int lookup(PrefixTable table, String address) {
        IpPrefix host = parsed(address);
        return table.lookup(host.high(), host.low());
    }

    private static PrefixTable table(String... prefixes) {
        return PrefixTable.of(
                Arrays.stream(prefixes).map(PrefixTableTest::parsed).toList());
    }

    private static IpPrefix parsed(String text) {
        return assertInstanceOf(IpPrefix.Parsed.Valid.class, IpPrefix.parse(text), text)
                .prefix();
    }
}
