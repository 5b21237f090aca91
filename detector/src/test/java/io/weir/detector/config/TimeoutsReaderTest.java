package io.weir.detector.config;

import static io.weir.detector.config.ConfigAssertions.assertFaults;
import static io.weir.detector.config.ConfigAssertions.lines;
import static io.weir.detector.config.ConfigAssertions.loaded;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.flow.FlowTimeouts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeoutsReaderTest {
    private static final String ALLOWED = "write a duration from 1s to 30d such as 90s, 5m or 2h";

    @TempDir
    Path folder;

    @Test
    void takesDefaultsForEverythingLeftOut() throws IOException {
        assertEquals(FlowTimeouts.DEFAULT, loaded(folder, "{}").timeouts());
        assertEquals(FlowTimeouts.DEFAULT, loaded(folder, "timeouts: {}").timeouts());
    }

    @Test
    void mapsEveryKey() throws IOException {
        FlowTimeouts timeouts = loaded(
                        folder,
                        "timeouts:",
                        "  tcp_syn: 1s",
                        "  tcp_established: 30d",
                        "  tcp_fin_wait: 3m",
                        "  tcp_closed: 4h",
                        "  tcp_midstream: 5000ms",
                        "  udp_unreplied: 6s",
                        "  udp_stream: 7s",
                        "  icmp: 8s",
                        "  fragment: 9s")
                .timeouts();
        assertEquals(
                new FlowTimeouts(
                        seconds(1),
                        seconds(30 * 24 * 3600),
                        seconds(180),
                        seconds(4 * 3600),
                        seconds(5),
                        seconds(6),
                        seconds(7),
                        seconds(8),
                        seconds(9)),
                timeouts);
    }

    @Test
    void keepsEveryTimeoutInItsBounds() throws IOException {
        for (String value : new String[] {"999ms", "0s", "31d", "721h", "99999d"}) {
            assertFaults(
                    folder,
                    lines("timeouts: { icmp: " + value + " }"),
                    "1: timeouts.icmp: '" + value + "' is out of range; " + ALLOWED);
        }
    }

    @Test
    void saysWhatADurationIs() throws IOException {
        for (String value : new String[] {"60", "s", "1.5h", "-1s", "01s", "1 s", "1w", "100000s", "1S"}) {
            assertFaults(
                    folder,
                    lines("timeouts: { fragment: '" + value + "' }"),
                    "1: timeouts.fragment: '" + value + "' is no duration; " + ALLOWED);
        }
    }

    @Test
    void refusesWhatIsNotKnown() throws IOException {
        assertFaults(
                folder,
                lines("timeouts: { tcp_sin: 1s }"),
                "1: timeouts.tcp_sin: unknown key; did you mean 'tcp_syn'? known here are tcp_syn, tcp_established, "
                        + "tcp_fin_wait, tcp_closed, tcp_midstream, udp_unreplied, udp_stream, icmp, fragment");
    }

    @ParameterizedTest
    @CsvSource({"1ms,1000000", "0s,0", "90s,90000000000", "2h,7200000000000", "1d,86400000000000"})
    void readsDurations(String text, long nanos) {
        assertEquals(OptionalLong.of(nanos), DurationText.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1ms", "999ms", "1s", "90s", "2m", "59m", "1h", "25h", "30d", "99999d"})
    void writesDurationsAsTheyAreRead(String text) {
        assertEquals(text, DurationText.format(DurationText.parse(text).orElseThrow()));
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
