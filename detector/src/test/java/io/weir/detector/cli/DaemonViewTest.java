package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Promtool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running daemon tells those who ask, between network namespaces. */
class DaemonViewTest {
    private static final String QUEUE = """
            protect:
              - prefix: 198.51.100.0/24
                thresholds: { icmp: { pps: 150 } }
            run: { mode: queue, interfaces: [ra0, rb0] }
            state: state
            api: { socket: s, listen: 127.0.0.1:9447 }
            """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void tellsInterfacesConnectionsOriginsAndWhatThresholdsWouldDo() throws Exception {
        Files.writeString(folder.resolve("weir.yaml"), QUEUE);
        String said = HostScript.run(folder, HostScript.ROUTED + """
                weir() { "$JAVA" -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp "$CLASSES" $MAIN "$@"; }
                start --config weir.yaml
                at $b "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $HELD 443 > held & server=$!
                while ! grep -q listening held; do sleep 0.05; done
                at $a "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $HELD 198.51.100.9 443 > /dev/null & client=$!
                trap 'kill -9 $a $b $weir $server $client 2>/dev/null || true' EXIT
                ping3 198.51.100.9
                while ! weir connections --socket s --port 443 > connections || ! grep -q open connections; do sleep 0.2; done
                cat connections
                weir connections --socket s --protocol udp
                weir config show --socket s
                weir status --socket s
                weir thresholds set 198.51.100.0/24 icmp.pps=1 --dry-run --socket s
                { printf 'GET /metrics HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3 > answer; } 3<>/dev/tcp/127.0.0.1/9447
                stop
                """);
        assertTrue(said.matches("(?s).*TCP +192\\.0\\.2\\.99:\\d+ +198\\.51\\.100\\.9:443 +open .*"), said);
        assertTrue(said.contains("No such connection."), said);
        assertTrue(said.matches("(?s).*protect\\[0]\\.thresholds\\.icmp\\.pps +150 +weir.yaml:3\\n.*"), said);
        assertTrue(
                said.matches("(?s).*timeouts\\.icmp +1m +built in: RFC 5508 REQ-1: not less than 60 seconds\\n.*"),
                said);
        assertTrue(said.matches("(?s).*Waiting +\\d+ of 65,536 packets in queue 0, .*"), said);
        assertTrue(said.matches("(?s).*of the \\d+ packets of the last .*:\\n    as it is:  0 dropped.*"), said);
        String answer = Files.readString(folder.resolve("answer"));
        String metrics = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        // What comes in by one and what comes in by the other.
        for (String way :
                List.of("direction=\"ingress\",interface=\"ra0\"", "direction=\"egress\",interface=\"rb0\"")) {
            assertTrue(
                    metrics.lines()
                            .anyMatch(line -> line.startsWith("weir_packets_total{" + way) && !line.endsWith(" 0.0")),
                    () -> way + " in " + metrics);
        }
        assertEquals("", Promtool.check(metrics, "check", "metrics"));
    }

    /** As in a container without a network. */
    @Test
    void warnsOfNoHardwareAddressesWhereThereAreNone() throws Exception {
        Files.writeString(
                folder.resolve("weir.yaml"),
                "protect: [{ prefix: 127.0.0.0/8 }]\nrun: { mode: observe, interfaces: [lo] }\napi: { socket: s }\n");
        HostScript.run(folder, """
                ip link delete ra0; ip link delete rb0
                start --config weir.yaml
                "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN status --socket s
                stop
                """);
        String log = Files.readString(folder.resolve("log"));
        assertFalse(log.contains("hardware address"), log);
        assertFalse(log.contains("io.netty"), log);
    }
}
