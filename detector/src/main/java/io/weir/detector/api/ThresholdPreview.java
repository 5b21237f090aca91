package io.weir.detector.api;

import io.weir.detector.flood.FloodReport;
import java.util.List;

/**
 * What other thresholds would have done to the packets that are remembered, judged once by those that hold and once by
 * the others, both from an empty start.
 *
 * @param spanNanos from the oldest of these packets to the newest
 * @param now by the thresholds that hold
 * @param then by the others
 */
public record ThresholdPreview(long spanNanos, long packets, long bytes, Trial now, Trial then) {
    /**
     * One judgement.
     *
     * @param passedPackets of those dropped, the ones that passed when they came
     * @param connectionPackets of those dropped, the ones of connections and their answers as they were judged when they
     *     came
     * @param floods that began, as they stood at last
     */
    public record Trial(
            long droppedPackets,
            long droppedBytes,
            long passedPackets,
            long connectionPackets,
            List<FloodReport> floods) {
        public Trial {
            floods = List.copyOf(floods);
        }
    }
}
