package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void showsAFloodFoundAndDropped() throws IOException, InterruptedException {
        Weir.Answer answer = WeirProcess.run(List.of("-Djava.io.tmpdir=" + folder), new byte[0], "demo")
                .expect(ExitStatus.DONE)
                .answer();
        assertEquals("", answer.err());
        assertTrue(answer.out().contains("\n  $ scripts/weir generate syn --out demo.pcap\n"), answer::out);
        assertTrue(answer.out().contains("\n  $ scripts/weir replay demo.pcap\n"), answer::out);
        assertTrue(answer.out().contains("\n  1 flood found\n"), answer::out);
        assertTrue(answer.out().contains(" 198.51.100.10:80 "), answer::out);
        assertTrue(
                answer.out().matches("(?s).*\n  drop     (syn-flood|syn-authentication|signature) +[\\d,]{7} .*"),
                answer::out);
        assertTrue(answer.out().endsWith("\nNow a capture of your own: scripts/weir replay FILE.pcap\n"), answer::out);
        try (Stream<Path> leftovers = Files.list(folder)) {
            assertEquals(List.of(), leftovers.toList());
        }
    }
}
