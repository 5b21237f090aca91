package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.detector.testing.Skips;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon where the kernel takes no XDP program: its privilege for it is missing. */
class NftOffloadTest {
    private static final String CONFIG = """
            protect: [{ prefix: 198.51.100.0/24 }]
            run: { mode: queue, interfaces: [ra0], failure: open }
            management: [192.0.2.0/28]
            events: events.jsonl
            api: { socket: s }
            """;

    /** {@code JAVA} without CAP_BPF, and what stands for it. */
    private static final String WITHOUT_BPF = """
            java=$JAVA
            printf '#!/bin/sh\\nexec setpriv --bounding-set -bpf,-sys_admin "%s" "$@"\\n' "$java" > nobpf
            chmod +x nobpf; JAVA=$PWD/nobpf
            ask() { "$java" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN "$@" --socket s; }
            """;

    @TempDir
    private Path folder = Path.of("");

    private String script(String text) throws Exception {
        Skips.unless(
                Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "install util-linux (setpriv), to take a privilege away");
        Files.writeString(folder.resolve("weir.yaml"), CONFIG);
        return HostScript.run(folder, HostScript.ROUTED + WITHOUT_BPF + text);
    }

    private static long counted(String said, String name) {
        return Long.parseLong(said.replaceAll("(?s).*\\b" + name + " (\\d+).*", "$1"));
    }

    @Test
    void nftablesDropsAFloodAndBansWhereXdpCannot() throws Exception {
        String said = script("""
                nft add table inet weir_offload
                start --config weir.yaml
                queued() { nft list chain inet weir prerouting 2> /dev/null | sed -n 's/.*"ra0" counter packets \\([0-9]*\\).*/\\1/p'; }
                ping3 198.51.100.9
                flood 198.51.100.9
                echo "queued $(queued)"
                echo "slots $(nft list counters table inet weir_offload | sed -n '/slot/,/}/s/.*packets \\([0-9]*\\).*/\\1/p' | paste -sd+ | bc)"
                ping3 198.51.100.9
                ask ban 192.0.2.99 --for 1h --reason test
                sleep 0.3
                echo "banned"; ping3 198.51.100.9
                ask observe on
                sleep 0.3
                echo "observing"; ping3 198.51.100.9
                ask observe off
                sleep 0.3
                echo "again"; ping3 198.51.100.9
                ask status
                stop
                echo "gone"; ping3 198.51.100.9
                nft list tables
                """);
        assertEquals(4, said.lines().filter("3 received"::equals).count(), said);
        assertTrue(said.contains("banned\n0 received\n") && said.contains("again\n0 received\n"), said);
        assertTrue(said.contains("Offload      nftables: can't "), said);
        assertTrue(said.endsWith("gone\n3 received\n"), said);
        Map<String, Object> summary = Json.object(Files.readString(folder.resolve("out")));
        long offloaded = Json.asLong(summary.get("offloaded"));
        // What the kernel's counters say, and what was banned.
        assertEquals(counted(said, "slots") + 6, offloaded, said);
        assertTrue(counted(said, "queued") < 30_000 && offloaded > 30_000, said);
        // Nothing of the 60,000 is missing; two pings of three and their answers beside them.
        long packets = Json.asLong(summary.get("packets"));
        assertTrue(packets >= 60_000 && packets < 60_100, summary::toString);
        String log = Files.readString(folder.resolve("log"));
        assertTrue(log.contains("weir: the kernel drops for weir by nftables: can't "), log);
    }

    /** As the restart of another firewall does: its tables are back within half a second, and what is banned stays so. */
    @Test
    void putsItsTablesBackWhenAnotherProgramTakesThemOut() throws Exception {
        String said = script("""
                start --config weir.yaml
                ask ban 192.0.2.99 --for 1h --reason test
                sleep 0.3
                echo "banned"; ping3 198.51.100.9
                for i in 1 2 3; do
                  nft flush ruleset
                  for n in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; [ "$(nft list tables | wc -l)" = 2 ] && break; done
                  sleep 0.1
                  echo "flushed"; ping3 198.51.100.9
                done
                ask unban 192.0.2.99
                sleep 0.3
                flood 198.51.100.9 & flooding=$!
                sleep 1; nft flush ruleset
                wait $flooding
                sleep 0.3
                echo "heard"; ping3 198.51.100.9
                stop
                nft list tables
                """);
        assertTrue(said.contains("banned\n0 received\n" + "flushed\n0 received\n".repeat(3)), said);
        assertTrue(said.contains("heard\n3 received\nexit 0\n") && said.endsWith("exit 0\n"), said);
        String log = Files.readString(folder.resolve("log"));
        for (String table : List.of("weir", "weir_offload")) {
            // Once, not four times.
            assertEquals(2, log.split("another program took table inet " + table + " or rules of it", -1).length, log);
        }
        Map<String, Object> summary = Json.object(Files.readString(folder.resolve("out")));
        assertTrue(Json.asLong(summary.get("offloaded")) > 10_000, summary::toString);
        assertFalse(log.contains("the kernel drops nothing"), log);
    }

    /** The table of a daemon that was killed is there until it is cleaned away, and without effect. */
    @Test
    void leavesNothingInForceWhenKilled() throws Exception {
        String said = script("""
                start --config weir.yaml
                ask ban 192.0.2.99 --for 1h --reason test
                sleep 0.3
                echo "banned"; ping3 198.51.100.9
                "$java" --enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN clean --socket another || echo "clean: $?"
                kill -9 $weir; wait $weir 2> /dev/null || true
                sleep 4.1
                echo "killed"; ping3 198.51.100.9
                nft list tables | sort
                ask clean
                echo "cleaned: $(nft list tables)"
                """);
        assertTrue(
                said.contains("banned\n0 received\nweir: can't take the interface ra0: in use (EBUSY); process "),
                said);
        assertTrue(said.contains(" drops packets of it already; stop it, and it cleans up itself\nclean: 1\n"), said);
        assertTrue(said.contains("killed\n3 received\n"), said);
        assertTrue(said.contains("table inet weir\ntable inet weir_offload\n"), said);
        assertTrue(said.contains("Removed what was left: no rule of weir is in the kernel.\ncleaned: \n"), said);
    }
}
