package io.weir.detector.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.flow.FlowHash;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CountMinSketchTest {
    private static final long WINDOW_NANOS = 1_000_000;

    private final FlowHash hash = new FlowHash(3);
    private final SplittableRandom random = new SplittableRandom(2);

    @Test
    void countsAKeyAloneExactly() {
        CountMinSketch sketch = new CountMinSketch(1024, 2, WINDOW_NANOS);
        for (int n = 1; n <= 1_000; n++) {
            assertEquals(n, sketch.add(key(1), 5));
        }
    }

    @Test
    void countsThisWindowAndTheOneBeforeIt() {
        CountMinSketch sketch = new CountMinSketch(1024, 2, WINDOW_NANOS);
        sketch.add(key(1), 0);
        sketch.add(key(1), WINDOW_NANOS - 1);
        assertEquals(3, sketch.add(key(1), WINDOW_NANOS));
        assertEquals(2, sketch.add(key(1), 2 * WINDOW_NANOS));
        assertEquals(1, sketch.add(key(1), 4 * WINDOW_NANOS));
        assertEquals(1, sketch.add(key(1), Long.MAX_VALUE / 2));
    }

    @ParameterizedTest
    @CsvSource({"1024, 2", "1024, 4", "16384, 2", "256, 3"})
    void isNeverUnderAndSeldomFarOver(int width, int depth) {
        CountMinSketch sketch = new CountMinSketch(width, depth, WINDOW_NANOS);
        Map<Integer, Long> exact = new HashMap<>();
        int packets = 200_000;
        int tooFar = 0;
        double bound = Math.E * packets / width;
        for (int n = 1; n <= packets; n++) {
            // A few keys have most of the packets, as in any traffic.
            int key = (int) Math.min(50_000, 1 / (random.nextDouble() + 1e-9));
            key = random.nextInt(4) == 0 ? random.nextInt(50_000) : key;
            long count = exact.merge(key, 1L, Long::sum);
            long estimate = sketch.add(key(key), 1);
            assertTrue(estimate >= count, "under the true count");
            tooFar += estimate - count > bound ? 1 : 0;
        }
        assertTrue(tooFar <= packets * Math.exp(-depth), tooFar + " of " + packets + " beyond " + bound);
    }

    private long key(int number) {
        return hash.address(0, number);
    }
}
