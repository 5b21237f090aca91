package io.weir.detector.daemon;

import io.weir.filter.match.LookupScratch;
import io.weir.filter.match.RuleSnapshot;
import io.weir.filter.packet.PacketBatch;
import java.util.Arrays;

/**
 * Which rule decides each packet of a batch: those that will be asked for are looked up together, set by set, because a
 * batch waits for memory once where single look-ups wait each; the others when they are asked for.
 */
final class RuleLookups {
    private static final int NOT_ASKED = 1 << 29;
    /** Bit of {@link #setOf} where the number is known. */
    private static final int DONE = 1 << 30;

    private final LookupScratch scratch = new LookupScratch();
    private final int[] setOf = new int[PacketBatch.CAPACITY];
    private final int[] numberOf = new int[PacketBatch.CAPACITY];
    private final int[] packets = new int[PacketBatch.CAPACITY];
    private final int[] numbers = new int[PacketBatch.CAPACITY];
    private boolean isWanted;
    /** Where a single packet is looked up, the other way round. */
    private final PacketBatch reversed = new PacketBatch();

    void clear(int size) {
        Arrays.fill(setOf, 0, size, NOT_ASKED);
        isWanted = false;
    }

    /** Says that packet {@code i} will be asked for. */
    void want(int i, int set) {
        setOf[i] = set;
        isWanted = true;
    }

    /** Looks up what is wanted. */
    void run(PacketBatch batch, RuleSnapshot[] sets) {
        for (int first = 0; isWanted && first < batch.size; first++) {
            int set = setOf[first];
            if (set != NOT_ASKED && !isDone(first)) {
                int count = 0;
                for (int i = first; i < batch.size; i++) {
                    packets[count] = i;
                    count += setOf[i] == set ? 1 : 0;
                }
                sets[set].find(batch, packets, count, scratch, numbers);
                for (int k = 0; k < count; k++) {
                    numberOf[packets[k]] = numbers[k];
                    setOf[packets[k]] = set | DONE;
                }
            }
        }
    }

    private boolean isDone(int i) {
        return (setOf[i] & DONE) != 0;
    }

    /** The number, in its set, of the rule that decides packet {@code i}. */
    int number(PacketBatch batch, int i, int set, RuleSnapshot rules) {
        if (setOf[i] == (set | DONE)) {
            return numberOf[i];
        }
        packets[0] = i;
        rules.find(batch, packets, 1, scratch, numbers);
        return numbers[0];
    }

    /** The number of the rule that decides packet {@code i} as if it went from its destination to its source. */
    int reversedNumber(PacketBatch batch, int i, RuleSnapshot rules) {
        reversed.sourceHigh[0] = batch.destinationHigh[i];
        reversed.sourceLow[0] = batch.destinationLow[i];
        reversed.destinationHigh[0] = batch.sourceHigh[i];
        reversed.destinationLow[0] = batch.sourceLow[i];
        reversed.sourcePort[0] = batch.destinationPort[i];
        reversed.destinationPort[0] = batch.sourcePort[i];
        reversed.protocol[0] = batch.protocol[i];
        reversed.icmpTypeCode[0] = batch.icmpTypeCode[i];
        packets[0] = 0;
        rules.find(reversed, packets, 1, scratch, numbers);
        return numbers[0];
    }
}
