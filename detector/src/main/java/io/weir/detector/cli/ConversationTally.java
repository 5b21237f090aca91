package io.weir.detector.cli;

import io.weir.capture.load.Label;
import java.util.Arrays;

/**
 * TCP connections of users, by their number: whether each was opened, and what was lost of it afterwards. In a recording
 * a client can't send again, so a connection whose SYN was dropped but whose later segments pass counts as delayed; one of
 * which nothing passes as refused, and then none of its packets as lost from an established connection.
 */
final class ConversationTally {
    private static final int SEEN = 1;
    private static final int BEGAN_IN_ATTACK = 2;
    private static final int SYN_DROPPED = 4;
    private static final int OPEN = 8;
    private static final int KNOWN = 16;

    private byte[] state = new byte[1024];
    private int[] segments = new int[1024];
    private int[] lost = new int[1024];
    private short[] requests = new short[1024];
    private short[] lostRequests = new short[1024];
    private int last;

    void add(int number, int label, boolean isSyn, boolean isKnown, boolean isAttacked, boolean isDropped) {
        boolean isOpening = Label.isOpening(label);
        if (number >= state.length) {
            int size = Math.max(number + 1, 2 * state.length);
            state = Arrays.copyOf(state, size);
            segments = Arrays.copyOf(segments, size);
            lost = Arrays.copyOf(lost, size);
            requests = Arrays.copyOf(requests, size);
            lostRequests = Arrays.copyOf(lostRequests, size);
        }
        last = Math.max(last, number);
        if ((state[number] & SEEN) == 0) {
            int begun = SEEN | (isKnown ? KNOWN : 0) | (isAttacked && isOpening ? BEGAN_IN_ATTACK : 0);
            // Met in its middle: it was there before the capture.
            state[number] = (byte) (begun | (isSyn || isOpening ? 0 : OPEN));
        }
        if (isSyn) {
            state[number] |= (byte) (isDropped ? SYN_DROPPED : 0);
            return;
        }
        if (!isDropped) {
            state[number] |= OPEN;
        }
        if (isAttacked && !isOpening) {
            segments[number]++;
            lost[number] += isDropped ? 1 : 0;
            if (Label.isRequest(label)) {
                requests[number]++;
                lostRequests[number] += (short) (isDropped ? 1 : 0);
            }
        }
    }

    void settle(QualityTally tally) {
        for (int i = 0; i <= last; i++) {
            boolean isOpen = (state[i] & OPEN) != 0;
            if ((state[i] & BEGAN_IN_ATTACK) != 0 && (isOpen || (state[i] & SYN_DROPPED) != 0 || segments[i] > 0)) {
                boolean isKnown = (state[i] & KNOWN) != 0;
                (isKnown ? tally.known : tally.newcomers).add(!isOpen);
                tally.delayed += isOpen && (state[i] & SYN_DROPPED) != 0 ? 1 : 0;
            }
            if (isOpen) {
                tally.established.all += segments[i];
                tally.established.lost += lost[i];
                tally.requests.all += requests[i];
                tally.requests.lost += lostRequests[i];
            }
        }
    }
}
