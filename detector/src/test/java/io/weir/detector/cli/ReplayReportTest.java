package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayReportTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void isOneFileThatNeedsNothingElse() throws IOException {
        Path capture = folder.resolve("a<b>&.pcap");
        Weir.run("generate", "syn", "--seconds", 4, "--start", 1, "--flood-seconds", 2, "--out", capture)
                .expect(ExitStatus.DONE);
        Path report = folder.resolve("report.html");
        Weir.run("replay", "--report", report, capture).expect(ExitStatus.DONE);
        String html = Files.readString(report);
        assertTrue(html.contains("a&lt;b&gt;&amp;.pcap") && !html.contains("a<b>"), html.substring(0, 300));
        assertTrue(html.contains("<p class=\"flood\">SYN flood (syn-spoofed) on "), html.substring(0, 300));
        assertFalse(html.contains("src=\"") || html.contains("href=\"http") || html.contains("@import"));
        String again = report + ".again";
        Weir.run("replay", "--report", again, capture).expect(ExitStatus.DONE);
        assertEquals(
                html.replaceAll("Judged in batches.*", ""),
                Files.readString(Path.of(again)).replaceAll("Judged in batches.*", ""));
    }

    @Test
    void isThereWhereNothingWasFound() throws IOException {
        Path capture = folder.resolve("peace.pcap");
        Weir.run("generate", "peace", "--seconds", 1, "--out", capture);
        Path report = folder.resolve("report.html");
        Weir.run("replay", "--report", report, capture);
        assertTrue(Files.readString(report).contains("No flood found."));
    }

    @Test
    void neverOverwritesItsInput() throws IOException {
        Path capture = Files.writeString(folder.resolve("x.pcap"), "x");
        Weir.run("replay", "--report", capture, capture).expect(ExitStatus.WRONG_USAGE);
        assertEquals("x", Files.readString(capture));
    }
}
