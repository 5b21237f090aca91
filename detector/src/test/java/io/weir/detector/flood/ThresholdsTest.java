package io.weir.detector.flood;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.weir.filter.verdict.FloodKind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThresholdsTest {
    private static final long NONE = Limit.UNLIMITED;

    @Test
    void holdsTheBuiltInTable() {
        assertArrayEquals(
                new long[] {1_000, 1_000, 5_000, 200, 1_000, 1_500, 1_000, 5_000},
                BuiltInThresholds.ADDRESS.packetsPerSecondByClass());
        assertArrayEquals(
                new long[] {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE},
                BuiltInThresholds.ADDRESS.bitsPerSecondByClass());
        assertEquals(Limit.NONE, BuiltInThresholds.ADDRESS.total());
    }

    @Test
    void givesAPrefixFourTimesAnAddress() {
        assertArrayEquals(
                new long[] {4_000, 4_000, 20_000, 800, 4_000, 6_000, 4_000, 20_000},
                BuiltInThresholds.PREFIX.packetsPerSecondByClass());
        assertEquals(Limit.NONE, BuiltInThresholds.PREFIX.total());
    }

    @Test
    void changesOneClassAndLeavesTheOthers() {
        Thresholds changed = BuiltInThresholds.ADDRESS
                .with(TrafficClass.UDP, new Limit(7, 8))
                .withTotal(Limit.ofPackets(9));
        assertEquals(new Limit(7, 8), changed.of(TrafficClass.UDP));
        assertEquals(Limit.ofPackets(1_000), changed.of(TrafficClass.SYN));
        assertEquals(new Limit(9, NONE), changed.total());
        assertEquals(Limit.ofPackets(5_000), BuiltInThresholds.ADDRESS.of(TrafficClass.UDP));
    }

    @Test
    void multipliesUpToUnlimited() {
        assertEquals(new Limit(4, 8), new Limit(1, 2).times(4));
        assertEquals(new Limit(NONE, NONE), new Limit(NONE / 2, NONE).times(4));
        assertEquals(new Limit(NONE / 4 * 4, 1_000), new Limit(NONE / 4, 250).times(4));
    }

    @Test
    void handsOutArraysOfItsOwnEachTime() {
        assertNotSame(
                BuiltInThresholds.ADDRESS.packetsPerSecondByClass(),
                BuiltInThresholds.ADDRESS.packetsPerSecondByClass());
    }

    @Test
    void isNeverBuiltWrong() {
        assertThrows(IllegalArgumentException.class, () -> new Limit(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Limit(1, -1));
        assertThrows(IllegalArgumentException.class, () -> new Thresholds(Limit.NONE, List.of(Limit.NONE)));
    }

    @Test
    void namesItsClassesAsTheConfigurationDoes() {
        assertEquals(
                "syn/pps ack/pps udp/pps icmp/pps dns/qps http/rps tls/hps other/pps",
                String.join(
                        " ",
                        Arrays.stream(TrafficClass.values())
                                .map(it -> it.yamlKey() + '/' + it.rateKey())
                                .toList()));
        assertEquals(FloodKind.HTTP, TrafficClass.TLS.kind());
        for (TrafficClass it : TrafficClass.values()) {
            assertEquals(it, TrafficClass.of(it.ordinal()));
            assertEquals(
                    it == TrafficClass.TLS ? "http" : it.yamlKey(), it.kind().text());
        }
    }
}
