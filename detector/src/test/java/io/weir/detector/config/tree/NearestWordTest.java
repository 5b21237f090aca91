package io.weir.detector.config.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestWordTest {
    private static final List<String> KNOWN = List.of("prefix", "view", "thresholds", "prefix_thresholds", "pps");

    @ParameterizedTest
    @CsvSource({
        "prefx, prefix",
        "perfix, prefix",
        "Prefix, prefix",
        "prefixes, prefix",
        "veiw, view",
        "treshold, thresholds",
        "prefix-thresholds, prefix_thresholds",
        "prefixThresholds, prefix_thresholds",
        "pp, pps",
        "ppm, pps",
        "abc, ''",
        "v, ''",
        "protect, ''",
    })
    void findsWhatWasMeant(String word, String nearest) {
        assertEquals(nearest, NearestWord.of(word, KNOWN).orElse(""));
    }
}
