package io.weir.detector.config;

import static io.weir.detector.config.ConfigAssertions.assertFaults;
import static io.weir.detector.config.ConfigAssertions.lines;
import static io.weir.detector.config.ConfigAssertions.loaded;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapturesReaderTest {
    @TempDir
    Path folder;

    @Test
    void keepsTheUsualUnlessTold() throws IOException {
        assertEquals(Optional.of(CapturesConfig.DEFAULT), loaded(folder, "{}").captures());
        assertEquals(
                Optional.of(CapturesConfig.DEFAULT),
                loaded(folder, "state: s", "captures: {}").captures());
        assertEquals(
                Optional.empty(), loaded(folder, "state: s", "captures: off").captures());
        assertEquals(Optional.empty(), loaded(folder, "captures: off").captures());
    }

    @Test
    void mapsEveryKey() throws IOException {
        assertEquals(
                Optional.of(new CapturesConfig(
                        TimeUnit.SECONDS.toNanos(2), TimeUnit.MINUTES.toNanos(1), 96, 2_000_000, 1_000_000, 1_500_000)),
                loaded(
                                folder,
                                "state: s",
                                "captures: { before: 2s, after: 1m, packet: 96, memory: 2M, file: 1M, folder: 1500k }")
                        .captures());
        assertEquals(
                10_000_000,
                loaded(folder, "state: s", "captures: { folder: 10M }")
                        .captures()
                        .orElseThrow()
                        .fileBytes());
    }

    @Test
    void refusesWhatCantBe() throws IOException {
        assertFaults(
                folder,
                lines("state: s", "captures: { before: soon, after: 11m, packet: 95, memory: 3G, file: 2G, size: 1 }"),
                "2: captures.size: unknown key; known here are before, after, packet, memory, file, folder",
                "2: captures.file: '2G' is more than all files may have together, 1000000000",
                "2: captures.before: 'soon' must be a duration from 0s to 10m, such as 5s",
                "2: captures.after: '11m' must be a duration from 0s to 10m, such as 5s",
                "2: captures.packet: '95' is out of range; write a number from 96 to 66k",
                "2: captures.memory: '3G' is out of range; write a number from 2M to 2G");
        assertFaults(
                folder,
                lines("captures: {}"),
                "1: captures: has no folder to write to; give state, such as /var/lib/weir");
    }
}
