package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Corpus;
import io.weir.detector.testing.TrackedCapture;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real connections fit what is tracked of them. */
class ConnectionFitTest {
    private static Stream<Corpus.Entry> corpus() throws IOException {
        return Corpus.entries().filter(entry -> true);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void segmentsOfRealConnectionsFit(Corpus.Entry entry, TestReporter reporter) {
        for (boolean isBothWays : new boolean[] {true, false}) {
            TrackedCapture seen = TrackedCapture.of(entry.file(), isBothWays);
            System.out.println("FIT " + entry + " " + isBothWays + " segments " + seen.segments() + " misfits "
                    + seen.misfits().size() + " strangers " + seen.strangers());
            seen.misfits().stream().limit(12).forEach(System.out::println);
        }
        assertTrue(true);
    }
}
