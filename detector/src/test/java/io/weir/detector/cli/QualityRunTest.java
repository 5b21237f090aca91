package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.WeirConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scores of a defence whose outcome is known beforehand. */
class QualityRunTest {
    private static QualityScenario scenario(String name, boolean isInbound) {
        return QualityGrid.all().stream()
                .filter(scenario -> scenario.name().equals(name) && scenario.isInbound() == isInbound)
                .findFirst()
                .orElseThrow();
    }

    private static QualityRow judge(String name, WeirConfig config) {
        List<QualityRow> rows = QualityRun.of(scenario(name, false), config);
        assertEquals(1, rows.size());
        return rows.getFirst();
    }

    @Test
    void whoeverDropsEverythingStopsTheFloodAndLosesEveryUser(@TempDir Path folder) throws IOException {
        Path group = folder.resolve("shut.yaml");
        Files.writeString(group, "id: shut\ntype: enterprise\nrules: []\n");
        WeirConfig shut = Settings.read(null, QualityGrid.PROTECTED, List.of(group.toString()));
        QualityRow row = judge("syn-hping3-4x", shut);
        assertEquals(0, row.figure("leak").value());
        for (String lost :
                List.of("known_refused", "newcomers_refused", "ping_lost", "dns_lost", "udp_lost", "peace_lost")) {
            assertTrue(row.figure(lost).value() > 0.99, () -> lost + " in " + QualityText.values(row));
            assertFalse(row.figure(lost).isMet(), lost);
        }
        // A connection that never opened loses no packet of an open one, and none of its requests.
        assertFalse(row.figure("established_lost").isMeasured());
        assertFalse(row.figure("http_lost").isMeasured());
        assertFalse(row.isMet());
    }

    @Test
    void aTargetThatNobodyProtectsIsFloodedAndLosesNoUser() {
        WeirConfig elsewhere = Settings.read(null, List.of("203.0.113.0/24"), List.of());
        QualityRow row = judge("syn-hping3-4x", elsewhere);
        assertEquals(1, row.figure("leak").value());
        assertTrue(Double.isInfinite(row.figure("delay_ms").value()));
        for (String lost :
                List.of("established_lost", "known_refused", "ping_lost", "dns_lost", "http_lost", "peace_lost")) {
            assertEquals(0, row.figure(lost).value(), lost);
            assertTrue(row.figure(lost).isMeasured(), lost);
        }
        assertFalse(row.isMet());
    }

    /** What was wrong once: each of these missed a goal that it meets. */
    @ParameterizedTest
    @CsvSource({
        "port-scan, true",
        "connect-scan, true",
        "syn-low-rate, false",
        "http-post-simple-50x-cold, true",
        "icmp-echo-simple-10x, false",
        "icmp-echo-mimic-10x, true",
        "udp-random-ports-simple-10x, true"
    })
    void meetsItsGoals(String name, boolean isInbound) {
        WeirConfig config = Settings.read(null, QualityGrid.PROTECTED, List.of());
        for (QualityRow row : QualityRun.of(scenario(name, isInbound), config)) {
            assertTrue(row.isMet(), () -> QualityText.line(row));
        }
    }

    @Test
    void everyScenarioHasANameOfItsOwnInEachView() {
        List<QualityScenario> all = QualityGrid.all();
        long names = all.stream().map(QualityScenario::name).distinct().count();
        assertEquals(all.size(), 2 * names);
        all.forEach(scenario -> assertEquals(List.of(), scenario.profile().faults(), scenario.name()));
        assertTrue(names > 500, names + " names");
    }
}
