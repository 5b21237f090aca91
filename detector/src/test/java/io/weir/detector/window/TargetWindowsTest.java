package io.weir.detector.window;

import static io.weir.detector.window.TargetWindows.FAST_BUCKET_NANOS;
import static io.weir.detector.window.TargetWindows.FAST_WINDOW_NANOS;
import static io.weir.detector.window.TargetWindows.SLOW_WINDOW_NANOS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.window.NaiveWindows.Mark;
import io.weir.detector.window.NaiveWindows.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetWindowsTest {
    private static final int CLASSES = 3;
    private static final int TARGETS = 5;
    private static final long START = TimeUnit.DAYS.toNanos(20_000) + 12_345;

    private final TargetWindows windows = new TargetWindows(TARGETS, CLASSES);
    private long nowNanos = START;

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000_000L, 1_700_000_000_123_456_789L, 4_294_967_295_999_999_999L, -3_000_000_000L})
    void countsWhatAnExactModelCounts(long startNanos) {
        SplittableRandom random = new SplittableRandom(startNanos);
        List<NaiveWindows> models = new ArrayList<>();
        for (int target = 0; target < TARGETS; target++) {
            models.add(new NaiveWindows());
        }
        nowNanos = startNanos;
        for (int step = 0; step < 6_000; step++) {
            nowNanos += gapNanos(random);
            windows.advance(nowNanos);
            models.forEach(model -> model.advance(nowNanos));
            int target = random.nextInt(TARGETS);
            if (random.nextInt(500) == 0) {
                windows.forget(target);
                models.set(target, new NaiveWindows());
                models.get(target).advance(nowNanos);
            }
            for (int n = random.nextInt(4); n > 0; n--) {
                change(random, target, models.get(target));
            }
            assertSame(models.get(target), target, "step " + step);
        }
    }

    /** Mostly within a bucket, sometimes a bucket or a few, rarely seconds, and now and then years. */
    private static long gapNanos(SplittableRandom random) {
        return switch (random.nextInt(200)) {
            case 0 -> random.nextLong(SLOW_WINDOW_NANOS * 3);
            case 1 -> random.nextInt(10) == 0 ? TimeUnit.DAYS.toNanos(random.nextInt(3_000)) : 0;
            case 2, 3, 4, 5 -> random.nextLong(FAST_WINDOW_NANOS);
            case 6, 7, 8, 9, 10, 11, 12, 13 -> FAST_BUCKET_NANOS;
            default -> random.nextLong(3_000_000);
        };
    }

    private void change(SplittableRandom random, int target, NaiveWindows model) {
        int trafficClass = random.nextInt(CLASSES);
        int lengthBytes = random.nextInt(60, 1515);
        switch (random.nextInt(8)) {
            case 0 -> {
                windows.count(target, lengthBytes);
                model.add(-1, lengthBytes, Mark.TOTAL_ONLY);
            }
            case 1 -> {
                windows.countProvenSegment(target, lengthBytes);
                model.add(-1, lengthBytes, Mark.PROVEN_SEGMENT);
            }
            case 2, 3 -> prove(random, target, model);
            case 4 -> mark(random, target, model);
            default -> {
                windows.count(target, trafficClass, lengthBytes);
                model.add(trafficClass, lengthBytes, Mark.NOTHING);
            }
        }
    }

    private void mark(SplittableRandom random, int target, NaiveWindows model) {
        switch (random.nextInt(3)) {
            case 0 -> {
                windows.countRefusal(target);
                model.add(-1, 0, Mark.REFUSAL);
            }
            case 1 -> {
                windows.countAnswer(target);
                model.add(-1, 0, Mark.ANSWER);
            }
            default -> {
                windows.countNameError(target);
                model.add(-1, 0, Mark.NAME_ERROR);
            }
        }
    }

    private void prove(SplittableRandom random, int target, NaiveWindows model) {
        List<Packet> counted = model.packets().stream()
                .filter(packet -> packet.mark() == Mark.NOTHING)
                .toList();
        if (!counted.isEmpty()) {
            Packet packet = counted.get(random.nextInt(counted.size()));
            boolean isHandshake = random.nextBoolean();
            windows.prove(target, packet.trafficClass(), packet.timeNanos(), 1, packet.lengthBytes(), isHandshake);
            model.prove(packet, isHandshake);
        }
    }

    private void assertSame(NaiveWindows model, int target, String step) {
        for (int trafficClass = 0; trafficClass < CLASSES; trafficClass++) {
            assertEquals(model.fastPackets(trafficClass), windows.fastPackets(target, trafficClass), step);
            assertEquals(model.fastBytes(trafficClass), windows.fastBytes(target, trafficClass), step);
            assertEquals(model.slowPackets(trafficClass), windows.slowPackets(target, trafficClass), step);
            assertEquals(model.slowBytes(trafficClass), windows.slowBytes(target, trafficClass), step);
            assertEquals(model.agedPackets(trafficClass), windows.agedPackets(target, trafficClass), step);
            assertEquals(
                    model.packetsOfAges(trafficClass, 3, 9), windows.packetsOfAges(target, trafficClass, 3, 9), step);
            assertEquals(
                    model.packetsOfAges(trafficClass, 0, 20), windows.packetsOfAges(target, trafficClass, 0, 20), step);
            assertEquals(model.onsetNanos(trafficClass, 0.5), windows.fastOnsetNanos(target, trafficClass, 0.5), step);
        }
        assertEquals(model.slowTotalPackets(), windows.slowTotalPackets(target), step);
        assertEquals(model.slowTotalBytes(), windows.slowTotalBytes(target), step);
        assertEquals(model.slow(Mark.REFUSAL), windows.slowRefusals(target), step);
        assertEquals(model.slow(Mark.ANSWER), windows.slowAnswers(target), step);
        assertEquals(model.slow(Mark.NAME_ERROR), windows.slowNameErrors(target), step);
        assertEquals(model.slow(Mark.COMPLETED), windows.slowCompleted(target), step);
        assertEquals(model.completedOfAges(2, 25), windows.completedOfAges(target, 2, 25), step);
        assertEquals(model.fast(Mark.HANDSHAKE), windows.fastHandshakes(target), step);
        assertEquals(model.slow(Mark.HANDSHAKE), windows.slowHandshakes(target), step);
        assertEquals(model.fast(Mark.PROVEN_SEGMENT), windows.fastProvenSegments(target), step);
        assertEquals(model.slow(Mark.PROVEN_SEGMENT), windows.slowProvenSegments(target), step);
    }

    @Test
    void aPacketLeavesTheWindowsBucketByBucket() {
        nowNanos = 0;
        windows.advance(nowNanos);
        windows.count(0, 1, 100);
        windows.advance(FAST_WINDOW_NANOS - 1);
        assertEquals(1, windows.fastPackets(0, 1));
        windows.advance(FAST_WINDOW_NANOS);
        assertEquals(0, windows.fastPackets(0, 1));
        windows.advance(SLOW_WINDOW_NANOS - 1);
        assertEquals(1, windows.slowPackets(0, 1));
        assertEquals(0, windows.agedPackets(0, 1));
        windows.advance(SLOW_WINDOW_NANOS);
        assertEquals(0, windows.slowPackets(0, 1));
        assertEquals(1, windows.agedPackets(0, 1));
        windows.advance(2 * SLOW_WINDOW_NANOS);
        assertEquals(0, windows.agedPackets(0, 1));
    }

    @Test
    void aProofOfWhatWasForgottenTakesNothingFromTheNewTarget() {
        windows.advance(nowNanos);
        windows.count(0, 1, 100);
        long countedNanos = nowNanos;
        windows.forget(0);
        windows.prove(0, 1, countedNanos, 1, 100, true);
        nowNanos += 5 * FAST_BUCKET_NANOS;
        windows.advance(nowNanos);
        windows.count(0, 1, 70);
        windows.prove(0, 1, countedNanos, 1, 100, true);
        assertEquals(1, windows.fastPackets(0, 1));
        assertEquals(70, windows.fastBytes(0, 1));
        assertEquals(1, windows.slowPackets(0, 1));
        assertEquals(70, windows.slowBytes(0, 1));
    }

    @Test
    void aProofOfAPacketThatCameBeforeEverythingChangesNothing() {
        windows.advance(nowNanos);
        windows.count(0, 1, 100);
        windows.prove(0, 1, Long.MIN_VALUE, 1, 0, false);
        windows.prove(0, 1, nowNanos - TimeUnit.DAYS.toNanos(3_000), 1, 100, false);
        assertEquals(1, windows.slowPackets(0, 1));
        assertEquals(0, windows.slowHandshakes(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 40, 127, 128, 500, 1_000})
    void findsWhenASteadyStreamBegan(int sinceMillis) {
        long begin = START;
        for (nowNanos = begin; nowNanos <= begin + TimeUnit.MILLISECONDS.toNanos(sinceMillis); nowNanos += 1_000_000) {
            windows.advance(nowNanos);
            windows.count(2, 0, 60);
        }
        long onset = windows.fastOnsetNanos(2, 0, 4);
        long coarsenessNanos = sinceMillis < 120 ? FAST_BUCKET_NANOS : 8 * FAST_BUCKET_NANOS;
        assertTrue(Math.abs(onset - begin) <= coarsenessNanos, "off by " + (onset - begin) + " ns");
    }

    @Test
    void aPauseEndsTheRunThatAnOnsetLooksBackOver() {
        for (int millis = 0; millis < 100; millis++) {
            nowNanos = millis * 1_000_000L;
            windows.advance(nowNanos);
            if (millis < 40 || millis >= 64) {
                windows.count(0, 0, 60);
            }
        }
        assertEquals(64_000_000, windows.fastOnsetNanos(0, 0, 4));
    }

    @Test
    void listsEachTouchedTargetOnce() {
        windows.advance(nowNanos);
        windows.count(3, 0, 60);
        windows.count(1, 60);
        windows.countProvenSegment(3, 60);
        assertEquals(Set.of(1, 3), touched());
        windows.clearTouched();
        assertEquals(0, windows.touchedCount());
        windows.count(4, 0, 60);
        assertEquals(Set.of(4), touched());
    }

    @Test
    void tellsItsMemory() {
        int columns = 2 * CLASSES + 8;
        long own = TARGETS * (8L * (columns * (16 + 32 + 3) + 1) + 4);
        assertEquals(own, windows.sizeBytes() - windows.slowRequests().sizeBytes());
    }

    @Test
    void endsItsBucketWhereTheNextBegins() {
        windows.advance(FAST_BUCKET_NANOS - 1);
        assertEquals(FAST_BUCKET_NANOS, windows.bucketEndNanos());
        windows.advance(FAST_BUCKET_NANOS);
        assertEquals(2 * FAST_BUCKET_NANOS, windows.bucketEndNanos());
        windows.advance(-1);
        assertEquals(0, windows.bucketEndNanos());
    }

    private Set<Integer> touched() {
        Set<Integer> touched = new TreeSet<>();
        for (int i = 0; i < windows.touchedCount(); i++) {
            assertTrue(touched.add(windows.touched(i)));
        }
        return touched;
    }
}
