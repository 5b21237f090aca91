package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.event.Event;
import io.weir.detector.event.Event.ReloadResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunLogTest {
    private final StringWriter text = new StringWriter();
    private long nowNanos = 1;

    private RunLog log(boolean isJournal) {
        return new RunLog(new PrintWriter(text, true), isJournal, () -> nowNanos);
    }

    private List<String> lines() {
        return text.toString().lines().toList();
    }

    @Test
    void givesEachLineItsPriorityInTheJournal() {
        RunLog log = log(true);
        log.say(RunLog.Level.INFO, "queue on eth0");
        log.tell(new Event.Reloaded(1, ReloadResult.REFUSED, List.of("weir.yaml:1: x: unknown key")));
        log.tell(new Event.CaptureLoss(1, 7));
        assertEquals(
                List.of(
                        "<6>weir: queue on eth0",
                        "<3>weir: configuration refused, the old one still holds",
                        "<3>weir:   weir.yaml:1: x: unknown key",
                        "<4>weir: 7 packets weren't seen: the kernel had no room"),
                lines());
    }

    @Test
    void givesNoneToAPerson() {
        log(false).say(RunLog.Level.ERROR, "it ended");
        assertEquals(List.of("weir: it ended"), lines());
    }

    @Test
    void leavesOutWhatNobodyReadsAndSaysHowMuch() {
        RunLog log = log(false);
        for (int i = 0; i < 10_000; i++) {
            log.say(RunLog.Level.INFO, "line " + i);
        }
        assertEquals(RunLog.BURST, lines().size());
        nowNanos += RunLog.INTERVAL_NANOS;
        log.say(RunLog.Level.INFO, "last");
        assertEquals(
                List.of("weir: 9900 lines were left out here; the events have all", "weir: last"),
                lines().subList(RunLog.BURST, lines().size()));
    }

    @Test
    void isNoJournalWhereStandardErrorIsAnotherFile() {
        assertFalse(RunLog.isJournal(Map.of()));
        assertFalse(RunLog.isJournal(Map.of("JOURNAL_STREAM", "1:1")));
        assertFalse(RunLog.isJournal(Map.of("JOURNAL_STREAM", "nonsense")));
    }

    @Test
    void isAJournalWhereItIsTheFileThatTheEnvironmentNames() throws Exception {
        Map<String, Object> own =
                java.nio.file.Files.readAttributes(java.nio.file.Path.of("/proc/self/fd/2"), "unix:dev,ino");
        assertTrue(RunLog.isJournal(Map.of("JOURNAL_STREAM", own.get("dev") + ":" + own.get("ino"))));
    }
}
