package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.weir.detector.api.Control.ConfigValue;
import io.weir.detector.config.ConfigReader;
import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where each value of a configuration comes from. */
class ConfigListingTest {
    private static final IpPrefix FURTHER = new IpPrefix(6, 0x2001_0db8_0000_0000L, 0, 32);

    @TempDir
    private Path folder = Path.of("");

    private LiveSettings settings(String text) throws IOException, DaemonException {
        Path file = Files.writeString(folder.resolve("weir.yaml"), text);
        ConfigResult read = ConfigReader.read(Optional.of(file), List.of(FURTHER), List.of());
        WeirConfig config = assertInstanceOf(ConfigResult.Loaded.class, read, read::toString)
                .config();
        return LiveSettings.of(config);
    }

    private static String from(LiveSettings settings, String key) {
        ConfigValue value = ConfigListing.of(settings).stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError(key + " isn't listed"));
        return value.value() + " | " + value.origin().replaceFirst(".*/(?=weir.yaml)", "") + " | " + value.source();
    }

    private static final String YAML = """
            protect:
              - prefix: 198.51.100.0/24
                thresholds: &strict
                  syn: { pps: 2k,
                         bps: 1M }
              - prefix: 203.0.113.0/24
                thresholds:
                  <<: *strict
                  udp: { pps: 9k }
                prefix_thresholds: { udp: { pps: 10k } }
            run: { mode: queue, interfaces: [lo] }
            timeouts:
              icmp: 30s
            trusted: [192.0.2.0/28, 192.0.2.64/28]
            """;

    @Test
    void namesFileAndLineOfWhatIsSet() throws Exception {
        LiveSettings settings = settings(YAML);
        assertEquals("198.51.100.0/24 | weir.yaml:2 | ", from(settings, "protect[0].prefix"));
        assertEquals("2000 | weir.yaml:4 | ", from(settings, "protect[0].thresholds.syn.pps"));
        assertEquals("1000000 | weir.yaml:5 | ", from(settings, "protect[0].thresholds.syn.bps"));
        // Where it stands, whoever refers to it.
        assertEquals("2000 | weir.yaml:4 | ", from(settings, "protect[1].thresholds.syn.pps"));
        assertEquals("9000 | weir.yaml:9 | ", from(settings, "protect[1].thresholds.udp.pps"));
        assertEquals("10000 | weir.yaml:10 | ", from(settings, "protect[1].prefix_thresholds.udp.pps"));
        assertEquals("queue | weir.yaml:11 | ", from(settings, "run.mode"));
        assertEquals("30s | weir.yaml:13 | ", from(settings, "timeouts.icmp"));
        assertEquals("192.0.2.64/28 | weir.yaml:14 | ", from(settings, "trusted[1]"));
    }

    @Test
    void saysWhyADefaultIsWhatItIs() throws Exception {
        LiveSettings settings = settings(YAML);
        assertEquals(
                "124m | built in | RFC 5382 REQ-5: not less than 2 hours 4 minutes",
                from(settings, "timeouts.tcp_established"));
        assertEquals(
                "8000 | built in | 4 times the threshold of an address",
                from(settings, "protect[0].prefix_thresholds.syn.pps"));
        for (ConfigValue value : ConfigListing.of(settings)) {
            assertEquals(
                    value.origin().equals("built in"),
                    !value.source().isEmpty(),
                    value + " has no source, or one too many");
        }
    }

    @Test
    void tellsTheCommandLineFromTheFile() throws Exception {
        assertEquals("2001:db8::/32 | command line | ", from(settings(YAML), "protect[2].prefix"));
    }

    @Test
    void tellsWhatWasSetSince() throws Exception {
        LiveSettings read = settings(YAML);
        ProtectedPrefix entry = read.protect().getFirst();
        ProtectedPrefix changed = entry.with(
                entry.thresholds().with(TrafficClass.SYN, new Limit(77, 1_000_000)), entry.prefixThresholds());
        LiveSettings now = new LiveSettings(
                read.config(),
                read.run(),
                List.of(changed, read.protect().get(1), read.protect().get(2)));
        assertEquals("77 | set while running | ", from(now, "protect[0].thresholds.syn.pps"));
        assertEquals("1000000 | weir.yaml:5 | ", from(now, "protect[0].thresholds.syn.bps"));
        assertEquals("200 | built in | benign captures hold 13/s", from(now, "protect[0].thresholds.icmp.pps"));
    }
}
