package io.weir.detector.config;

import static io.weir.detector.config.ConfigAssertions.assertFaults;
import static io.weir.detector.config.ConfigAssertions.faults;
import static io.weir.detector.config.ConfigAssertions.lines;
import static io.weir.detector.config.ConfigAssertions.loaded;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.tree.Origins;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.signature.Signature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    private static final String KNOWN =
            "known here are protect, run, events, trusted, management, tables, timeouts, members, prefix_lists, signatures, api, alerts, state, captures";

    @TempDir
    Path folder;

    @Test
    void loadsTheExampleOfTheDesign() throws IOException {
        WeirConfig config = loaded(
                folder,
                "protect:",
                "  - prefix: 198.51.100.0/24        # every address inside is watched on its own",
                "    view: auto                     # both | inbound | auto",
                "    thresholds:                    # scrubbing thresholds per address; k, M, G are decimal",
                "      total: { pps: 50k, bps: 400M }",
                "      syn:   { pps: 1k }",
                "      ack:   { pps: 2k }           # TCP that belongs to no connection",
                "      udp:   { pps: 5k, bps: 100M }",
                "      icmp:  { pps: 200 }",
                "      dns:   { qps: 1k }",
                "      http:  { rps: 500 }",
                "      tls:   { hps: 500 }          # handshakes",
                "      other: { pps: 5k }",
                "    prefix_thresholds: { udp: { pps: 20k } }",
                "run:                               # the daemon only",
                "  mode: queue",
                "  interfaces: [eth0]               # a bridge: [outside, inside]",
                "  workers: 1",
                "  failure: open                    # open | closed",
                "  overload: drop                   # drop | open",
                "events: /var/log/weir/events.jsonl",
                "trusted: [192.0.2.0/28]",
                "management: [192.0.2.0/28]",
                "tables: { connections: 1M }");
        ProtectedPrefix protect = config.protect().getFirst();
        assertEquals(prefix("198.51.100.0/24"), protect.prefix());
        assertEquals(View.AUTO, protect.view());
        assertEquals(new Limit(50_000, 400_000_000), protect.thresholds().total());
        assertArrayEquals(
                new long[] {1_000, 2_000, 5_000, 200, 1_000, 500, 500, 5_000},
                protect.thresholds().packetsPerSecondByClass());
        assertEquals(new Limit(5_000, 100_000_000), protect.thresholds().of(TrafficClass.UDP));
        assertEquals(
                new Limit(200_000, 1_600_000_000), protect.prefixThresholds().total());
        assertEquals(new Limit(20_000, 400_000_000), protect.prefixThresholds().of(TrafficClass.UDP));
        assertEquals(Limit.ofPackets(2_000), protect.prefixThresholds().of(TrafficClass.HTTP));
        assertEquals(
                Optional.of(new RunConfig(
                        RunConfig.Mode.QUEUE,
                        List.of("eth0"),
                        1,
                        RunConfig.Failure.OPEN,
                        RunConfig.Overload.DROP,
                        RunConfig.Offload.AUTO)),
                config.run());
        assertEquals(Optional.of(Path.of("/var/log/weir/events.jsonl")), config.events());
        assertEquals(List.of(prefix("192.0.2.0/28")), config.trusted());
        assertEquals(List.of(new ManagementAccess(prefix("192.0.2.0/28"), List.of(22))), config.management());
        assertEquals(new TableSizes(1_000_000), config.tables());
    }

    @Test
    void takesDefaultsForEverythingLeftOut() throws IOException {
        assertEquals(WeirConfig.DEFAULT, loaded(folder, "{}"));
        assertEquals(
                new WeirConfig(
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        new TableSizes(1_000_000),
                        FlowTimeouts.DEFAULT,
                        Optional.empty(),
                        List.of(),
                        ApiConfig.DEFAULT,
                        AlertsConfig.NONE,
                        Optional.empty(),
                        Optional.of(CapturesConfig.DEFAULT),
                        List.of(),
                        Origins.NONE),
                WeirConfig.DEFAULT);
        assertEquals(
                List.of(new ProtectedPrefix(
                        prefix("10.0.0.1/32"), View.AUTO, BuiltInThresholds.ADDRESS, BuiltInThresholds.PREFIX)),
                loaded(folder, "protect: [{ prefix: 10.0.0.1 }]").protect());
        assertEquals(
                ProtectedPrefix.of(prefix("10.0.0.1/32")),
                loaded(folder, "protect: [{ prefix: 10.0.0.1 }]").protect().getFirst());
    }

    @Test
    void mapsEveryKey() throws IOException {
        WeirConfig config = loaded(
                folder,
                "protect:",
                "  - { prefix: '::/0', view: inbound }",
                "  - { prefix: 2001:db8::/32, view: both }",
                "events: logs/events.jsonl",
                "trusted: ['::1', 10.0.0.0/8, 10.0.0.0/8]",
                "management:",
                "  - ::1",
                "  - { prefix: 10.0.0.0/8, ports: [22, 8022, 65535, 1] }",
                "  - { prefix: 10.1.0.0/16 }",
                "tables: { connections: 1.5M }");
        assertEquals(View.INBOUND, config.protect().get(0).view());
        assertEquals(prefix("::/0"), config.protect().get(0).prefix());
        assertEquals(View.BOTH, config.protect().get(1).view());
        assertEquals(Optional.of(folder.resolve("logs/events.jsonl")), config.events());
        assertEquals(3, config.trusted().size());
        assertEquals(
                List.of(
                        new ManagementAccess(prefix("::1/128"), List.of(22)),
                        new ManagementAccess(prefix("10.0.0.0/8"), List.of(22, 8022, 65_535, 1)),
                        new ManagementAccess(prefix("10.1.0.0/16"), List.of(22))),
                config.management());
        assertEquals(1_500_000, config.tables().connections());
    }

    @Test
    void listsAllFaultsAtOnceInTheOrderOfTheFile() throws IOException {
        assertFaults(
                folder,
                lines(
                        "protect:",
                        "  - prefix: 198.51.100.7/24",
                        "    view: inward",
                        "    tresholds: {}",
                        "  - view: both",
                        "run: { mode: bridge, interfaces: [eth0], workers: 0 }",
                        "protct: []",
                        "trusted: 10.0.0.0/8",
                        "tables: { connections: 1G }"),
                "2: protect[0].prefix: '198.51.100.7/24' has host bits; 198.51.100.0/24 is the prefix",
                "3: protect[0].view: 'inward' isn't known; write one of auto, both, inbound",
                "4: protect[0].tresholds: unknown key; did you mean 'thresholds'?"
                        + " known here are prefix, view, groups, thresholds, prefix_thresholds, signatures",
                "5: protect[1].prefix: missing; give the prefix to protect, such as 198.51.100.0/24",
                "6: run.interfaces: lists 1; a bridge needs exactly two, [outside, inside]",
                "6: run.workers: '0' is out of range; write a number from 1 to 64",
                "7: protct: unknown key; did you mean 'protect'? " + KNOWN,
                "8: trusted: '10.0.0.0/8' is a single value; it must be a list of prefixes such as [192.0.2.0/28]",
                "9: tables.connections: '1G' is out of range; write a number from 1k to 100M");
    }

    @Test
    void refusesUnknownKeysAtEveryLevel() throws IOException {
        assertFaults(
                folder,
                lines(
                        "a b: 1",
                        "protect: [{ prefix: 10.0.0.1, prefx: 10.0.0.2 }]",
                        "run: { interfaces: [eth0], worker: 2 }",
                        "management: [{ prefix: 10.0.0.1, port: [22] }]",
                        "tables: { connection: 5k }",
                        "? [x, y]",
                        ": 1"),
                "1: a b: unknown key; " + KNOWN,
                "2: protect[0].prefx: unknown key; did you mean 'prefix'?"
                        + " known here are prefix, view, groups, thresholds, prefix_thresholds, signatures",
                "3: run.worker: unknown key; did you mean 'workers'?"
                        + " known here are mode, interfaces, workers, failure, overload, offload, capture, filter",
                "4: management[0].port: unknown key; did you mean 'ports'? known here are prefix, ports",
                "5: tables.connection: unknown key; did you mean 'connections'? known here are connections",
                "6: a key must be a word; " + KNOWN);
    }

    @Test
    void refusesKeysGivenTwice() throws IOException {
        assertFaults(
                folder,
                lines("events: a", "tables:", "  connections: 1k", "  connections: 2k", "events: b"),
                "4: tables.connections: given twice, first on line 3; keep one",
                "5: events: given twice, first on line 1; keep one");
    }

    @Test
    void refusesToProtectAPrefixTwice() throws IOException {
        assertFaults(
                folder,
                lines("protect:", "  - prefix: 10.0.0.1", "  - prefix: 10.0.0.0/24", "  - prefix: 10.0.0.1/32"),
                "4: protect[2].prefix: '10.0.0.1/32' is protected twice, first by protect[0].prefix; keep one");
    }

    @Test
    void saysWhatAValueOfTheWrongShapeMustBe() throws IOException {
        assertFaults(
                folder,
                lines(
                        "protect:",
                        "run: 5",
                        "events: [a]",
                        "trusted: { a: b }",
                        "management: [[10.0.0.1], ~]",
                        "tables: []"),
                "1: protect: has no value; it must be a list of entries such as - prefix: 198.51.100.0/24",
                "2: run: '5' is a single value;"
                        + " it must be a block with the keys mode, interfaces, workers, failure, overload, offload, capture, filter",
                "3: events: is a list; it must be the path of a file",
                "4: trusted: is a block of keys; it must be a list of prefixes such as [192.0.2.0/28]",
                "5: management[0]: is a list; it must be an address or a prefix such as 198.51.100.0/24",
                "5: management[1]: '~' has no value; it must be an address or a prefix such as 198.51.100.0/24",
                "6: tables: is a list; it must be a block with the keys connections");
        assertFaults(
                folder,
                lines("hello"),
                "1: 'hello' is a single value; it must be a block with the keys "
                        + "protect, run, events, trusted, management, tables, timeouts, members, prefix_lists, signatures, api, alerts, state, captures");
    }

    @Test
    void keepsManagementPortsInTheirBounds() throws IOException {
        assertFaults(
                folder,
                lines(
                        "management:",
                        "  - { prefix: 10.0.0.1, ports: [0, 1, 65535, 65536, ssh] }",
                        "  - { prefix: 10.0.0.1, ports: [] }",
                        "  - { prefix: 10.0.0.1, ports: 22 }",
                        "  - { prefix: 10.0.0.1, ports: [22, 22] }",
                        "  - { ports: [22] }"),
                "2: management[0].ports[0]: '0' is out of range; write a number from 1 to 65535",
                "2: management[0].ports[3]: '65536' is out of range; write a number from 1 to 65535",
                "2: management[0].ports[4]: 'ssh' isn't a whole number;"
                        + " write one from 1 to 65535; k, M and G are decimal (50k, 1.5M)",
                "3: management[1].ports: is empty; it must be a list of TCP ports such as [22, 8022], or left out for 22",
                "4: management[2].ports: '22' is a single value; it must be a list of TCP ports such as [22, 8022]",
                "5: management[3].ports[1]: '22' stands in the list twice; keep one",
                "6: management[4].prefix: missing; give where to allow access from");
    }

    @Test
    void keepsTableSizesInTheirBounds() throws IOException {
        assertEquals(
                1_000, loaded(folder, "tables: { connections: 1k }").tables().connections());
        assertEquals(
                100_000_000,
                loaded(folder, "tables: { connections: 100M }").tables().connections());
        assertEquals(TableSizes.DEFAULT, loaded(folder, "tables: {}").tables());
        for (String value : new String[] {"999", "100000001", "-1", "0"}) {
            assertFaults(
                    folder,
                    lines("tables: { connections: " + value + " }"),
                    "1: tables.connections: '" + value + "' is out of range; write a number from 1k to 100M");
        }
    }

    @Test
    void refusesPathsThatAreNone() throws IOException {
        assertFaults(folder, lines("events: ''"), "1: events: is empty; it must be the path of a file");
        assertFaults(folder, lines("events: \"a\\0b\""), "1: events: 'a\ufffdb' is no path: Nul character not allowed");
    }

    @Test
    void sharesThresholdsByAnchor() throws IOException {
        WeirConfig config = loaded(
                folder,
                "protect:",
                "  - { prefix: 10.0.0.1, thresholds: &web { http: { rps: 7 } } }",
                "  - { prefix: 10.0.0.2, thresholds: *web }");
        assertEquals(Limit.ofPackets(7), config.protect().get(1).thresholds().of(TrafficClass.HTTP));
    }

    @Test
    void readsSignatures() throws IOException {
        WeirConfig config = loaded(
                folder,
                "protect:",
                "  - prefix: 10.0.0.0/8",
                "    signatures:",
                "      - udp source-port 123, payload 0xd7??032a",
                "  - prefix: 192.0.2.0/24",
                "signatures:",
                "  - tcp flags syn, window 512, options none",
                "  - udp payload \"GET / HTTP/1.1\", ttl 50-60");
        assertEquals(
                List.of("tcp flags syn, window 512, options none", "udp payload \"GET / HTTP/1.1\", ttl 50-60"),
                texts(config.signatures()));
        assertEquals(
                List.of(
                        "udp source-port 123, payload 0xd7??032a",
                        "tcp flags syn, window 512, options none",
                        "udp payload \"GET / HTTP/1.1\", ttl 50-60"),
                texts(config.protect().get(0).signatures()));
        assertEquals(texts(config.signatures()), texts(config.protect().get(1).signatures()));
    }

    private static List<String> texts(List<Signature> signatures) {
        return signatures.stream().map(Signature::toString).toList();
    }

    @Test
    void saysWhereASignatureIsWrong() throws IOException {
        List<String> said = faults(
                folder,
                "signatures:",
                "  - tcp windw 512",
                "  - udp source-port 53",
                "  - tcp ttl 7",
                "  - tcp ttl 7",
                "protect: [{ prefix: 10.0.0.0/8, signatures: [] }]");
        List<String> begin = List.of(
                "2: signatures[0]: 'tcp windw 512' at character 5: 'windw' is no field of tcp; write one of length",
                "3: signatures[1]: 'udp source-port 53' at character 1: would match what everybody sends",
                "5: signatures[3]: 'tcp ttl 7' stands in the list twice",
                "6: protect[0].signatures: is empty");
        assertEquals(begin.size(), said.size(), said::toString);
        for (int i = 0; i < begin.size(); i++) {
            assertTrue(said.get(i).startsWith(begin.get(i)), said.get(i));
        }
    }

    @Test
    void isNeverBuiltWrong() {
        ProtectedPrefix twice = ProtectedPrefix.of(prefix("10.0.0.1"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new WeirConfig(
                        List.of(twice, twice),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        TableSizes.DEFAULT,
                        FlowTimeouts.DEFAULT,
                        Optional.empty(),
                        List.of(),
                        ApiConfig.DEFAULT,
                        AlertsConfig.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Origins.NONE));
        assertThrows(IllegalArgumentException.class, () -> new TableSizes(999));
        assertThrows(IllegalArgumentException.class, () -> new TableSizes(100_000_001));
        assertThrows(IllegalArgumentException.class, () -> new ManagementAccess(prefix("10.0.0.1"), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new ManagementAccess(prefix("10.0.0.1"), List.of(65_536)));
    }

    private static IpPrefix prefix(String text) {
        return assertInstanceOf(IpPrefix.Parsed.Valid.class, IpPrefix.parse(text), text)
                .prefix();
    }
}
