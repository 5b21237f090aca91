package io.weir.detector.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Project;
import io.weir.detector.testing.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is written about metrics, against the catalogue. */
class MetricCatalogueTest {
    private static final Pattern NAME = Pattern.compile("\\bweir_[a-z_]+");
    private static final Path MONITORING = Project.root().resolve("scripts/monitoring");

    private static Set<String> known() {
        return Arrays.stream(Metric.values()).map(Metric::text).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> named(Path file) throws IOException {
        Set<String> names = new TreeSet<>();
        Matcher matcher = NAME.matcher(Files.readString(file));
        while (matcher.find()) {
            names.add(matcher.group().replaceFirst("_(bucket|sum|count|max)$", ""));
        }
        return names;
    }

    @Test
    void dashboardAndAlertsAskForNothingThatIsNotThere() throws IOException {
        for (String file : new String[] {"grafana-dashboard.json", "prometheus-alerts.yml"}) {
            Set<String> unknown = named(MONITORING.resolve(file));
            unknown.removeAll(known());
            assertEquals(Set.of(), unknown, file);
        }
    }

    @Test
    void readmeListsEachMetricWithItsLabels() throws IOException {
        String readme = Files.readString(Project.root().resolve("README.md"));
        for (Metric metric : Metric.values()) {
            String labels = metric.labels().isEmpty() ? "" : "{" + String.join(",", metric.labels()) + "}";
            assertTrue(
                    readme.contains("| `" + metric.text() + labels + "` | " + metric.help() + " |"),
                    () -> metric.text() + " isn't in the README's table as the catalogue says");
        }
    }

    @Test
    void alertRulesAreValidPrometheus() throws Exception {
        assertEquals(
                "",
                Promtool.check(
                        "",
                        "check",
                        "rules",
                        MONITORING.resolve("prometheus-alerts.yml").toString()));
    }
}
