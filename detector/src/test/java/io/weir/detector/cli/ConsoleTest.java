package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Skips;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console in a real browser, against a daemon under attack between network namespaces. */
class ConsoleTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void showsAFloodBansItsSourceAndComesBackAfterARestart() throws Exception {
        Skips.unless(
                Files.isExecutable(Path.of("/usr/bin/chromium"))
                        && Files.isExecutable(Path.of("/usr/bin/chromedriver")),
                "install chromium and chromium-driver, to look at the console");
        Files.writeString(folder.resolve("weir.yaml"), """
                protect: [{ prefix: 198.51.100.0/24 }]
                run: { mode: queue, interfaces: [ra0], failure: closed }
                state: state
                api: { socket: s, listen: 127.0.0.1:9447, tokens: { view: view, operate: operate } }
                """);
        Files.writeString(folder.resolve("operate"), "operate-token-0123456789");
        Files.writeString(folder.resolve("view"), "view-token-0123456789");
        Path pictures = Path.of("target/console").toAbsolutePath();
        String said = HostScript.run(folder, HostScript.ROUTED + """
                start --config weir.yaml
                at $b "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $HELD 443 > held & server=$!
                while ! grep -q listening held; do sleep 0.05; done
                at $a "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $HELD 198.51.100.9 443 > /dev/null & client=$!
                "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $EXERCISE http://127.0.0.1:9447/ $(cat operate) $(cat view) %s > seen 2> browser.log & exercise=$!
                trap 'kill -9 $a $b $weir $exercise $server $client 2>/dev/null || true' EXIT
                saw() { while ! grep -q "^saw $1" seen; do kill -0 $exercise || { cat seen browser.log; exit 1; }; sleep 0.05; done; }
                saw calm
                sleep 1.5
                at $a "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $FLOOD 198.51.100.9 240000 30000
                saw banned
                ping3 198.51.100.9
                saw limited
                stop
                saw lost
                start --config weir.yaml
                ping3 198.51.100.9
                saw back
                wait $exercise || { cat seen browser.log; exit 1; }
                cat seen
                stop
                """.formatted(pictures));
        assertEquals(2, said.lines().filter("0 received"::equals).count(), said);
        assertTrue(said.contains("saw escaped"), said);
        assertTrue(said.contains("saw powerless\nviewer's ban: 403\ndefects: []\n"), said);
        assertTrue(said.contains("too wide: []\n"), said);
        assertTrue(said.contains("hard to read: []\n"), said);
        assertTrue(said.contains("without focus: []\n"), said);
        for (String name : new String[] {"sign-in", "flood", "phone-dark", "wide", "tried", "connections", "lost"}) {
            assertTrue(Files.size(pictures.resolve(name + ".png")) > 10_000, name);
        }
    }
}
