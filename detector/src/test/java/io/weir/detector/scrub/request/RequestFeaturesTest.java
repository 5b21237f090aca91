package io.weir.detector.scrub.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.flow.FlowHash;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RequestFeaturesTest {
    private static final int SCOPES = 1_200;
    private static final long MILLISECOND = 1_000_000;

    private final RequestFeatures features = new RequestFeatures(new FlowHash(7), SCOPES);

    private void judge(int scope, double perSecond, long atNanos) {
        features.enter(scope, 1_000 + scope, RequestJudge.REQUESTS_OF_PAGE, atNanos);
        features.beginJudging(1, 0, perSecond, scope, perSecond);
    }

    private long admittedOfCalm(double weight) {
        return IntStream.range(0, SCOPES)
                .filter(scope -> {
                    judge(scope, 10, MILLISECOND);
                    return features.admitsCalm(weight);
                })
                .count();
    }

    @Test
    void whereTooManyContestsAreOnLightSendersOfCalmRequestsPass() {
        for (int n = 0; n < 20; n++) {
            admittedOfCalm(20);
        }
        assertEquals(SCOPES, admittedOfCalm(20));
        assertEquals(0, admittedOfCalm(2_000));
    }

    @Test
    void calmRequestsThatArentTooManyTakeNoPlaceOfContestedOnes() {
        for (int scope = 0; scope < 700; scope++) {
            judge(scope, 1_500, MILLISECOND);
        }
        for (int scope = 0; scope < 700; scope++) {
            judge(scope, 1_500, MILLISECOND);
            assertTrue(features.admitsCalm(1));
        }
        for (int scope = 0; scope < 700; scope++) {
            judge(scope, 1_500, MILLISECOND);
            assertTrue(features.admits(1, 1_500), "taken up again it has nothing to give away");
        }
    }

    /** Of one scope, a prefix: each address that is defended by itself may have what its own defence lets through. */
    @Test
    void defencesOfOneScopeHaveContestsOfTheirOwn() {
        long[] admitted = new long[3];
        for (int n = 0; n < 6_000; n++) {
            int defence = n % admitted.length;
            features.enter(0, 1_000, RequestJudge.REQUESTS_OF_PAGE, n * MILLISECOND / 3);
            features.beginJudging(1, 0, 500, defence, 500);
            admitted[defence] += n >= 3_000 && features.admits(100, 500) ? 1 : 0;
        }
        for (long ofDefence : admitted) {
            assertEquals(500, (double) ofDefence, 100, "a second");
        }
    }

    /** A prefix under alarm as a whole: an address's share is no measure of what all of them may have. */
    @Test
    void aDefenceOfManyAddressesLetsThroughWhatAllOfThemMay() {
        int admitted = 0;
        for (int n = 0; n < 6_000; n++) {
            features.enter(0, 1_000, RequestJudge.REQUESTS_OF_PAGE, n * MILLISECOND / 3);
            features.beginJudging(1, 0, 5, 0, 1_000);
            admitted += features.admits(1, features.admitted()) && n >= 3_000 ? 1 : 0;
        }
        assertEquals(1_000, admitted, 100, "a second");
    }

    @Test
    void contestedRequestsThatNoLongerComeLeaveAllToCalmOnes() {
        long now = 0;
        for (int n = 0; n < 1_000; n++) {
            now += MILLISECOND;
            judge(0, 1_000, now);
            features.admits(1, 1_000);
        }
        int admittedLate = 0;
        boolean isCalmFull = false;
        for (int n = 0; n < 4_000; n++) {
            now += 5 * MILLISECOND / 4;
            judge(0, 1_000, now);
            boolean isAdmitted = features.admitsCalm(20);
            isCalmFull |= !isAdmitted;
            admittedLate += isAdmitted && n >= 3_000 ? 1 : 0;
        }
        assertEquals(1_000, admittedLate, "800 a second");
        assertFalse(isCalmFull);
    }

    /** Which were hot is marked for long after an alarm; that they were too many to tell anything is known as long. */
    @Test
    void thatMuchWasHotIsKnownWhenAFloodComesBack() {
        long now = peace(0, 40_000);
        long onset = now;
        for (int n = 0; n < 600_000; n++) {
            now += MILLISECOND / 200;
            boolean isMuchHot = isMuchHot(n, onset, now);
            assertTrue(n < 400_000 || isMuchHot);
        }
        now = peace(now, 15_000);
        assertTrue(isMuchHot(0, now, now + MILLISECOND));
    }

    private boolean isMuchHot(int object, long onset, long atNanos) {
        features.enter(0, 1_000, RequestJudge.REQUESTS_OF_PAGE, atNanos);
        features.beginJudging(1, onset, 100, 0, 100);
        return features.stateOfObject(features.key(40, object % 2_000)) == RequestFeatures.RARE_HOT
                && features.isMuchHot();
    }

    /** A thousand requests a second of two thousand objects. */
    private long peace(long fromNanos, int requests) {
        for (int n = 1; n <= requests; n++) {
            features.enter(0, 1_000, RequestJudge.REQUESTS_OF_PAGE, fromNanos + n * MILLISECOND);
            features.beginLearning(1);
            features.note(features.key(40, n % 2_000), 0);
        }
        return fromNanos + requests * MILLISECOND;
    }
}
