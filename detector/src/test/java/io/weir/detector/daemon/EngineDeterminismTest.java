package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.detector.flood.FloodReport.State;
import io.weir.filter.verdict.Reason;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same packets are judged the same way, whatever time and batches do. */
final class EngineDeterminismTest {
    private static final LoadProfile MIXED =
            LoadProfiles.named("mixed").orElseThrow().withSeconds(4);

    private static final Recording RECORDING = Recording.of(MIXED, 1);
    private static final Judgement JUDGEMENT = Judgement.of(Settings.standard(), RECORDING);

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 256})
    void verdictsDoNotDependOnWhereBatchesAreCut(int batchSize) {
        assertSame(JUDGEMENT, Judgement.of(Settings.standard(), RECORDING, batchSize));
    }

    @Test
    void randomCutsGiveTheSameVerdicts() {
        SplittableRandom random = new SplittableRandom(1);
        for (int n = 0; n < 3; n++) {
            assertSame(JUDGEMENT, Judgement.of(Settings.standard(), RECORDING, 1 + random.nextInt(256)));
        }
    }

    /** Most of these are judged many at a time where batches are long, and one by one where they aren't. */
    @Test
    void synsInARowAreJudgedAsOneByOne() {
        LoadProfile syns = LoadProfiles.named("syn")
                .orElseThrow()
                .withSeconds(3)
                .withFloodStart(1)
                .withFloodSeconds(2)
                .withFloodRate(50_000);
        Recording recording = Recording.of(syns, 3);
        Judgement oneByOne = Judgement.of(Settings.standard(), recording, 1);
        assertTrue(oneByOne.worker().reasons().packets(Reason.SIGNATURE, true) > 50_000);
        assertSame(oneByOne, Judgement.of(Settings.standard(), recording, 256));
        assertSame(oneByOne, Judgement.of(Settings.standard(), recording, 37));
    }

    @Test
    void anOlderPacketIsJudgedAtTheNewest() {
        SplittableRandom random = new SplittableRandom(2);
        long[] shaken = Arrays.stream(RECORDING.times())
                .map(time -> random.nextInt(3) == 0 ? time - random.nextLong(5_000_000_000L) : time)
                .toArray();
        long[] newest = shaken.clone();
        for (int i = 1; i < newest.length; i++) {
            newest[i] = Math.max(newest[i], newest[i - 1]);
        }
        assertFalse(Arrays.equals(shaken, newest));
        assertSame(
                Judgement.of(Settings.standard(), RECORDING.at(newest)),
                Judgement.of(Settings.standard(), RECORDING.at(shaken)));
    }

    @Test
    void timeThatGoesBackwardsAllTheWayIsTimeThatStandsStill() {
        long first = RECORDING.timeNanos(0);
        long[] backwards = LongStream.range(0, RECORDING.size())
                .map(i -> first - i * 1_000)
                .toArray();
        long[] still = new long[RECORDING.size()];
        Arrays.fill(still, first);
        assertSame(
                Judgement.of(Settings.standard(), RECORDING.at(still)),
                Judgement.of(Settings.standard(), RECORDING.at(backwards)));
    }

    @Test
    void aFloodWithinOneMomentIsFoundAndDropped() {
        long[] still = new long[RECORDING.size()];
        Judgement moment = Judgement.of(Settings.standard(), RECORDING.at(still));
        assertEquals(RECORDING.size(), moment.counted(false) + moment.counted(true));
        assertTrue(moment.floods(State.STARTED).size() >= 4);
        long attack = moment.count(packet -> !moment.isLegitimate(packet));
        assertTrue(moment.counted(true) > 0.5 * attack);
    }

    @Test
    void aJumpOfYearsEndsTheFloodsAndStartsNone() {
        long[] times = RECORDING.times();
        int middle = times.length / 2;
        long years = TimeUnit.DAYS.toNanos(10_000);
        for (int i = middle; i < times.length; i++) {
            times[i] += years;
        }
        Judgement jumped = Judgement.of(Settings.standard(), RECORDING.at(times));
        assertEquals(RECORDING.size(), jumped.counted(false) + jumped.counted(true));
        long jumpNanos = times[middle];
        assertEquals(
                4,
                jumped.floods(State.ENDED).stream()
                        .filter(report -> report.timeNanos() == jumpNanos)
                        .count());
        assertEquals(
                4,
                jumped.floods(State.STARTED).stream()
                        .filter(report -> report.timeNanos() > jumpNanos)
                        .count());
    }

    @Test
    void aPacketEveryTenYearsIsNoFlood() {
        long step = TimeUnit.DAYS.toNanos(3_650);
        long[] times = LongStream.range(0, RECORDING.size())
                .map(i -> i % 20_000 == 0 ? i / 20_000 * step : -1)
                .toArray();
        Judgement sparse = Judgement.of(Settings.standard(), RECORDING.at(spread(times)));
        assertEquals(RECORDING.size(), sparse.counted(false) + sparse.counted(true));
    }

    private static long[] spread(long[] times) {
        long[] spread = times.clone();
        for (int i = 1; i < spread.length; i++) {
            spread[i] = spread[i] < 0 ? spread[i - 1] + 1_000_000 : spread[i];
        }
        return spread;
    }

    @Test
    void observingDropsNothingAndTellsWhatItWouldDrop() {
        Judgement observed = Judgement.of(Settings.observing(), RECORDING);
        assertEquals(0, observed.counted(true));
        assertEquals(RECORDING.size(), observed.counted(false));
        assertEquals(0, observed.count(observed::isDropped));
        assertEquals(
                JUDGEMENT.floods(State.STARTED).size(),
                observed.floods(State.STARTED).size());
        long spared = observed.count(packet -> observed.reason(packet) == Reason.UDP_FLOOD);
        assertEquals(JUDGEMENT.worker().reasons().packets(Reason.UDP_FLOOD, true), spared);
        assertTrue(spared > 0);
    }

    @Test
    void countsMatchVerdictsReasonByReason() {
        for (Reason reason : Reason.values()) {
            long packets = JUDGEMENT.count(packet -> JUDGEMENT.reason(packet) == reason);
            assertEquals(packets, JUDGEMENT.worker().reasons().packets(reason, reason.isDrop()), reason.text());
            assertEquals(0, JUDGEMENT.worker().reasons().packets(reason, !reason.isDrop()));
        }
    }

    @Test
    void nothingAtAllIsNoFlood() {
        Judgement empty = Judgement.of(Settings.standard(), RECORDING.only(label -> false));
        assertEquals(0, empty.events().size());
        assertEquals(0, empty.counted(false) + empty.counted(true));
    }

    private static void assertSame(Judgement expected, Judgement actual) {
        assertArrayEquals(expected.verdicts(), actual.verdicts());
        assertEquals(expected.events(), actual.events());
        assertFalse(expected.events().isEmpty());
    }
}
