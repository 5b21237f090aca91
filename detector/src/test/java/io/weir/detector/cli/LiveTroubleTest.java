package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.detector.testing.Skips;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a service whose disk is full: what systemd hears, what is lost and what isn't. */
class LiveTroubleTest {
    private static final String CONFIG = """
            protect: [{ prefix: 198.51.100.0/24 }]
            run: { mode: queue, interfaces: [ra0], offload: none }
            events: small/events.jsonl
            state: small/state
            captures: { before: 1s, after: 1s, memory: 2M, file: 1M, folder: 2M }
            api: { socket: s }
            """;

    /** Writes each datagram as a line. */
    private static final String LISTENER = """
            cat > hear.py <<'PY'
            import socket
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind('notify')
            open('listening', 'w')
            while True:
                said = s.recv(4096).decode().replace('\\n', ' ')
                open('heard', 'a').write(said + '\\n')
                if said == 'STOPPING=1':
                    break
            PY
            timeout 60 python3 hear.py & hearing=$!
            while [ ! -e listening ]; do sleep 0.02; done
            export NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=400000
            """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void judgesOnWhileTheDiskIsFullAndKeepsItsWatchdogFed() throws Exception {
        Skips.unless(
                new ProcessBuilder("bash", "-c", "command -v python3").start().waitFor() == 0,
                "install python3, to hear what systemd would");
        Files.writeString(folder.resolve("weir.yaml"), CONFIG);
        String said = HostScript.run(folder, HostScript.ROUTED + LISTENER + """
                mkdir small; mount -t tmpfs -o size=64k tmpfs small
                ask() { "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN "$@" --socket s; }
                cat /dev/zero > small/fill 2> /dev/null || true
                start --config weir.yaml
                flood 198.51.100.9
                ping3 198.51.100.9
                ask ban 203.0.113.0/24 --for 1h
                rm small/fill
                ask ban 203.0.114.0/24 --for 1h
                stop
                wait $hearing
                cp small/events.jsonl events.jsonl; cat small/state/bans.tsv; ls -A small/state small/state/captures
                """);
        assertTrue(said.contains("3 received\n") && said.contains("exit 0\n"), said);
        assertTrue(said.contains("203.0.113.0/24\t") && said.contains("203.0.114.0/24\t"), said);
        assertTrue(said.endsWith("small/state:\nbans.tsv\ncaptures\nsources.bin\n\nsmall/state/captures:\n"), said);
        String log = Files.readString(folder.resolve("log"));
        String full = ": No space left on device\n";
        assertTrue(log.contains("weir: events are lost: cannot write small/events.jsonl" + full), log);
        assertTrue(log.contains("weir: bans can't be saved: small/state/bans.tsv" + full), log);
        assertTrue(log.contains("-udp.pcapng can't be kept: cannot write small/state/captures/"), log);
        assertTrue(log.contains("weir: events are written again; "), log);
        // Whole lines, of the second ban at least.
        assertTrue(
                Files.readAllLines(folder.resolve("events.jsonl")).stream()
                        .map(Json::object)
                        .anyMatch(event -> "ban".equals(event.get("event_type"))),
                log);
        long packets =
                Json.asLong(Json.object(Files.readString(folder.resolve("out"))).get("packets"));
        assertTrue(packets >= 60_000, packets + " packets");

        List<String> heard = Files.readAllLines(folder.resolve("heard"));
        assertEquals("READY=1 STATUS=queue on ra0", heard.getFirst());
        assertEquals("STOPPING=1", heard.getLast());
        List<String> between = heard.subList(1, heard.size() - 1);
        assertEquals(List.of("WATCHDOG=1"), between.stream().distinct().toList());
        // Every 200 ms for the seconds that flood and commands took.
        assertTrue(between.size() >= 10, heard::toString);
    }
}
