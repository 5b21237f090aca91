package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Corpus;
import io.weir.detector.testing.TrackedCapture;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real connections fit what is tracked of them, in captures that lost some of their segments, too. */
class ConnectionFitTest {
    /** Of so many segments one may not fit: what a capture lost. */
    private static final int SEGMENTS_PER_MISFIT = 1_000;

    private static Stream<Corpus.Entry> corpus() throws IOException {
        return Corpus.entries().filter(entry -> !entry.name().matches("(flood|malformed|parser|pcapng)/.*"));
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void segmentsOfRealConnectionsFit(Corpus.Entry entry, TestReporter reporter) {
        for (boolean isBothWays : new boolean[] {true, false}) {
            TrackedCapture seen = TrackedCapture.of(entry.file(), isBothWays);
            reporter.publishEntry(
                    entry + ", both ways " + isBothWays,
                    seen.segments() + " segments, " + seen.misfits().size() + " that don't fit, " + seen.strangers()
                            + " strangers");
            assertTrue(
                    (long) seen.misfits().size() * SEGMENTS_PER_MISFIT <= seen.segments(),
                    () -> entry + ": " + seen.misfits());
        }
    }
}
