package io.weir.detector.config;

import static io.weir.detector.config.ConfigAssertions.assertFaults;
import static io.weir.detector.config.ConfigAssertions.lines;
import static io.weir.detector.config.ConfigAssertions.loaded;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdsReaderTest {
    private static final String CLASSES = "known here are total, syn, ack, udp, icmp, dns, http, tls, other";

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(TrafficClass.class)
    void readsBothRatesOfEveryClassAndLeavesTheOthersBuiltIn(TrafficClass trafficClass) throws IOException {
        ProtectedPrefix protect = protect(
                "thresholds: { " + trafficClass.yamlKey() + ": { " + trafficClass.rateKey() + ": 30, bps: 2M } }");
        assertEquals(BuiltInThresholds.ADDRESS.with(trafficClass, new Limit(30, 2_000_000)), protect.thresholds());
        assertEquals(
                BuiltInThresholds.PREFIX.with(trafficClass, new Limit(120, 8_000_000)), protect.prefixThresholds());
    }

    @Test
    void readsTheTotal() throws IOException {
        Thresholds thresholds =
                protect("thresholds: { total: { pps: 1G, bps: 1000G } }").thresholds();
        assertEquals(new Limit(1_000_000_000L, 1_000_000_000_000L), thresholds.total());
    }

    @Test
    void keepsTheRateThatIsNotGiven() throws IOException {
        ProtectedPrefix protect =
                protect("thresholds: { udp: { bps: 100M } }", "prefix_thresholds: { udp: { bps: 150M } }");
        assertEquals(new Limit(5_000, 100_000_000), protect.thresholds().of(TrafficClass.UDP));
        assertEquals(new Limit(20_000, 150_000_000), protect.prefixThresholds().of(TrafficClass.UDP));
        assertEquals(Limit.NONE, protect.prefixThresholds().total());
    }

    @Test
    void setsThePrefixAloneWhereOnlyItIsGiven() throws IOException {
        ProtectedPrefix protect = protect("prefix_thresholds: { syn: { pps: 9 } }");
        assertEquals(BuiltInThresholds.ADDRESS, protect.thresholds());
        assertEquals(BuiltInThresholds.PREFIX.with(TrafficClass.SYN, Limit.ofPackets(9)), protect.prefixThresholds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1000000001", "1.1G", "99999999999999999999G"})
    void refusesRatesOutOfRange(String rate) throws IOException {
        assertFault(
                "syn: { pps: " + rate + " }", "syn.pps: '" + rate + "' is out of range; write a number from 1 to 1G");
    }

    @ParameterizedTest
    @ValueSource(strings = {"999", "0", "-5k", "1001G"})
    void refusesBitRatesOutOfRange(String rate) throws IOException {
        assertFault(
                "udp: { bps: " + rate + " }",
                "udp.bps: '" + rate + "' is out of range; write a number from 1k to 1000G");
    }

    @ParameterizedTest
    @ValueSource(strings = {".nan", ".inf", "1K", "1e3", "0.5", "many", "5 k"})
    void refusesWhatIsNoRate(String rate) throws IOException {
        assertFault(
                "icmp: { pps: " + rate + " }",
                "icmp.pps: '" + rate
                        + "' isn't a whole number; write one from 1 to 1G; k, M and G are decimal (50k, 1.5M)");
    }

    @Test
    void namesTheUnitOfEachClass() throws IOException {
        assertFault("dns: { pps: 5 }", "dns.pps: unknown key; did you mean 'qps'? known here are qps, bps");
        assertFault("http: { pps: 5 }", "http.pps: unknown key; did you mean 'rps'? known here are rps, bps");
        assertFault("tls: { mbit: 5 }", "tls.mbit: unknown key; known here are hps, bps");
    }

    @Test
    void refusesClassesThatAreNone() throws IOException {
        assertFault("tcp: { pps: 5 }", "tcp: unknown key; " + CLASSES);
        assertFault("SYN: { pps: 5 }", "SYN: unknown key; did you mean 'syn'? " + CLASSES);
        assertFault("udp: {}", "udp: names no rate; give pps or bps, or leave it out");
        assertFault("udp: 5k", "udp: '5k' is a single value; it must be a block with the keys pps, bps");
        assertFault("udp: { pps: }", "udp.pps: has no value; it must be a number from 1 to 1G");
        assertFault("udp: { pps: [5] }", "udp.pps: is a list; it must be a number from 1 to 1G");
    }

    @Test
    void givesLineAndKeyPathInBothBlocks() throws IOException {
        assertFaults(
                folder,
                lines(
                        "protect:",
                        "- prefix: 10.0.0.1",
                        "- prefix: 10.0.0.2",
                        "  thresholds:",
                        "    syn: { pps: 0 }",
                        "  prefix_thresholds:",
                        "    other:",
                        "      pps: x"),
                "5: protect[1].thresholds.syn.pps: '0' is out of range; write a number from 1 to 1G",
                "8: protect[1].prefix_thresholds.other.pps: 'x' isn't a whole number;"
                        + " write one from 1 to 1G; k, M and G are decimal (50k, 1.5M)");
    }

    private ProtectedPrefix protect(String... lines) throws IOException {
        return loaded(folder, "protect:\n  - prefix: 10.0.0.1\n    " + String.join("\n    ", lines))
                .protect()
                .getFirst();
    }

    private void assertFault(String thresholds, String fault) throws IOException {
        assertFaults(
                folder,
                lines("protect:", "- prefix: 10.0.0.1", "  thresholds: { " + thresholds + " }"),
                "3: protect[0].thresholds." + fault);
    }
}
