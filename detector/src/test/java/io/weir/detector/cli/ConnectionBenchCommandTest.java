package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ConnectionBenchCommandTest {
    @Test
    void saysWhatBecomesOfConnectionsInATableThatIsFull() {
        Map<String, Object> json = Weir.run("bench-connections", "--connections", 4096, "--batches", 2)
                .expect(ExitStatus.DONE)
                .json();
        assertEquals(4096, Json.asLong(json.get("connections")));
        assertTrue(Json.asLong(json.get("kept")) > 4096 * 99 / 100, json::toString);
        @SuppressWarnings("unchecked")
        Map<String, Object> full = (Map<String, Object>) Objects.requireNonNull(json.get("when_full"));
        long gone = 4096 + 2048 - Json.asLong(full.get("kept")) - Json.asLong(full.get("newcomers_kept"));
        assertTrue(gone >= Json.asLong(full.get("gave_way")), "each that gave way is counted: " + json);
        assertTrue(Json.asLong(full.get("newcomers_kept")) > 2048 * 99 / 100, "whoever shook hands finds a place");
        assertTrue(json.keySet().containsAll(List.of("bytes_per_connection", "hit_ns", "miss_ns")));
    }

    @Test
    void refusesSizesThatMeasureNothing() {
        Weir.run("bench-connections", "--connections", 5).expect(ExitStatus.WRONG_USAGE);
        Weir.run("bench-connections", "--batches", 0).expect(ExitStatus.WRONG_USAGE);
    }
}
