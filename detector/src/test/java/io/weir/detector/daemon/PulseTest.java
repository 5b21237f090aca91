package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.Flood;
import io.weir.capture.load.Flood.Spacing;
import io.weir.capture.load.FloodTool;
import io.weir.capture.load.FloodVector;
import io.weir.capture.load.Label;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.detector.flood.FloodReport.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Floods of a third of a second, each over before most would have looked. */
final class PulseTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long PULSE_NANOS = SECOND / 3;
    private static final long PERIOD_NANOS = 20 * SECOND;
    private static final int PER_SECOND = 20_000;

    @Test
    void ofEveryFurtherPulseAThousandthPassesAtMost() {
        LoadProfile peace = LoadProfiles.named("peace").orElseThrow().withSeconds(52);
        Flood flood = new Flood(
                        FloodVector.SYN, FloodTool.HPING3, 5 * SECOND, 45 * SECOND, PER_SECOND, Spacing.POISSON, 0)
                .withPulse(PULSE_NANOS, PERIOD_NANOS - PULSE_NANOS);
        Recording recording = Recording.of(peace.withFloods(List.of(flood)), 1);
        Judgement judgement = Judgement.of(Settings.standard(), recording);
        assertEquals(3, judgement.floods(State.STARTED).size());
        long second = peace.epochNanos() + 5 * SECOND + PERIOD_NANOS;
        long all = judgement.count(packet -> isOfPulse(recording, packet, second));
        long passed = judgement.count(packet -> isOfPulse(recording, packet, second) && !judgement.isDropped(packet));
        assertTrue(all > 1.5 * PER_SECOND / 3, all + " packets");
        assertTrue(passed * 1_000 <= all, passed + " of " + all + " passed");
        assertEquals(0, judgement.count(packet -> judgement.isLegitimate(packet) && judgement.isDropped(packet)));
    }

    private static boolean isOfPulse(Recording recording, int packet, long fromNanos) {
        int label = recording.label(packet);
        return Label.isAttack(label) && !Label.isAnswer(label) && recording.timeNanos(packet) >= fromNanos;
    }
}
