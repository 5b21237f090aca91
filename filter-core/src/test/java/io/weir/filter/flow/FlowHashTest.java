package io.weir.filter.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpAddress;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import java.util.function.LongToIntFunction;
import org.junit.jupiter.api.Test;

final class FlowHashTest {
    private static final int BUCKETS = 1024;
    private static final int PER_BUCKET = 200;

    private final FlowHash hash = new FlowHash(7);
    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void bothDirectionsOfAFlowAreEqual() {
        for (int n = 0; n < 100_000; n++) {
            long one = hash.endpoint(random.nextLong(), random.nextLong(), random.nextInt(65_536));
            long other = hash.endpoint(random.nextLong(), random.nextLong(), random.nextInt(65_536));
            assertEquals(hash.flow(one, other, 6), hash.flow(other, one, 6));
        }
    }

    @Test
    void everyPartOfAFlowMatters() {
        long one = hash.endpoint(0, IpAddress.mapped(1), 1);
        long other = hash.endpoint(0, IpAddress.mapped(2), 2);
        long flow = hash.flow(one, other, 6);
        assertNotEquals(flow, hash.flow(one, other, 17));
        assertNotEquals(flow, hash.flow(hash.endpoint(0, IpAddress.mapped(1), 3), other, 6));
        assertNotEquals(flow, hash.flow(hash.endpoint(1, IpAddress.mapped(1), 1), other, 6));
        assertNotEquals(flow, hash.flow(hash.endpoint(0, IpAddress.mapped(3), 1), other, 6));
        long swapped = hash.flow(hash.endpoint(0, IpAddress.mapped(1), 2), hash.endpoint(0, IpAddress.mapped(2), 1), 6);
        assertNotEquals(flow, swapped);
    }

    @Test
    void fragmentsOfTwoDirectionsAreTwoDatagrams() {
        long one = hash.endpoint(0, 1, 0);
        long other = hash.endpoint(0, 2, 0);
        assertNotEquals(hash.datagram(one, other, 17, 5), hash.datagram(other, one, 17, 5));
        assertNotEquals(hash.datagram(one, other, 17, 5), hash.datagram(one, other, 17, 6));
        assertNotEquals(hash.datagram(one, other, 17, 5), hash.datagram(one, other, 6, 5));
    }

    @Test
    void anotherKeyGivesOtherHashes() {
        FlowHash neighbour = new FlowHash(8);
        for (int n = 0; n < 10_000; n++) {
            assertNotEquals(hash.address(0, n), neighbour.address(0, n));
            assertNotEquals(flow(hash, n), flow(neighbour, n));
        }
    }

    @Test
    void theSameKeyGivesTheSameHashes() {
        FlowHash twin = new FlowHash(7);
        for (int n = 0; n < 1_000; n++) {
            assertEquals(flow(hash, n), flow(twin, n));
        }
    }

    /** Among a million 64-bit hashes, one pair in 37 million million collides: none does here. */
    @Test
    void aMillionNeighbouringFlowsCollideNowhere() {
        long[] hashes = new long[1_000_000];
        Arrays.setAll(hashes, n -> flow(hash, n));
        Arrays.sort(hashes);
        for (int n = 1; n < hashes.length; n++) {
            assertNotEquals(hashes[n - 1], hashes[n]);
        }
    }

    @Test
    void neighbouringFlowsAndAddressesSpreadOverEveryBit() {
        for (long key = 0; key < 8; key++) {
            FlowHash keyed = new FlowHash(key);
            for (int shift = 0; shift <= 54; shift += 6) {
                int from = shift;
                LongToIntFunction bits = value -> (int) (value >>> from) & BUCKETS - 1;
                assertSpread(n -> flow(keyed, n), bits);
                assertSpread(n -> keyed.address(0, IpAddress.mapped(0x0a00_0000 + n)), bits);
                assertSpread(n -> keyed.address(0x2001_0db8_0000_0000L + n, 1), bits);
            }
        }
    }

    /** Chi-square with 1,023 degrees of freedom: its deviation is 45, so six of them are never met by chance. */
    private void assertSpread(IntToLongFunction hashes, LongToIntFunction bucket) {
        int[] counts = new int[BUCKETS];
        for (int n = 0; n < BUCKETS * PER_BUCKET; n++) {
            counts[bucket.applyAsInt(hashes.applyAsLong(n))]++;
        }
        double chiSquare = Arrays.stream(counts)
                .mapToDouble(count -> Math.pow(count - PER_BUCKET, 2) / PER_BUCKET)
                .sum();
        assertTrue(Math.abs(chiSquare - (BUCKETS - 1)) < 6 * Math.sqrt(2.0 * (BUCKETS - 1)), "chi-square " + chiSquare);
    }

    /** Flows as a scan or a crowd makes them: a few hundred neighbouring clients, each with neighbouring ports. */
    private static long flow(FlowHash hash, int n) {
        long client = hash.endpoint(0, IpAddress.mapped(0x0a00_0000 + n / 1000), 20_000 + n % 1000);
        return hash.flow(client, hash.endpoint(0, IpAddress.mapped(0xc633_640a), 80), 6);
    }
}
