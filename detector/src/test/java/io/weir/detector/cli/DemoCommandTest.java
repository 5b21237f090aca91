package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
    @Test
    void showsAFloodFoundAndDropped() throws IOException {
        List<Path> before = leftovers();
        Weir.Answer answer = Weir.run("demo").expect(ExitStatus.DONE);
        assertEquals("", answer.err());
        assertTrue(answer.out().contains("\n  $ scripts/weir generate syn --out demo.pcap\n"), answer::out);
        assertTrue(answer.out().contains("\n  $ scripts/weir replay demo.pcap\n"), answer::out);
        assertTrue(answer.out().contains("\n  1 flood found\n"), answer::out);
        assertTrue(answer.out().contains(" 198.51.100.10:80 "), answer::out);
        assertTrue(answer.out().matches("(?s).*\n  drop     syn-flood +[\\d,]{7} .*"), answer::out);
        assertTrue(answer.out().endsWith("\nNow a capture of your own: scripts/weir replay FILE.pcap\n"), answer::out);
        assertEquals(before, leftovers());
    }

    private static List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("weir-demo"))
                    .sorted()
                    .toList();
        }
    }
}
