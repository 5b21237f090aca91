package io.weir.detector.flood;

import io.weir.filter.verdict.FloodKind;
import java.util.List;

/**
 * A flood as it stands at one moment: what events, summary and API tell.
 *
 * @param id made of what it names: kind, target, start
 * @param trafficClass counted; its kind is the event's
 * @param target an address, or a prefix in CIDR notation
 * @param isPrefix which of the two
 * @param destinationPort that most of its packets go to, 0 where they don't share one
 * @param protocol IANA number that most have
 * @param timeNanos of this report
 * @param startNanos when its packets began
 * @param detectedNanos when the alarm was raised
 * @param lastAboveNanos when its rate was last near its threshold: where it ended, once it has
 * @param packetsPerSecond now
 * @param peakPacketsPerSecond the most in a second, or in the 128 ms before the alarm
 * @param threshold in packets (questions, requests, handshakes) a second, {@link Limit#UNLIMITED} for none
 * @param bitThreshold in bits a second, {@link Limit#UNLIMITED} for none
 * @param distinctSources estimated within 3 %
 * @param packets counted as the flood's, from its start
 * @param droppedPackets of them; when observing, those that would have been
 * @param collateral what it cost those who had no part in it; when observing, what it would have
 * @param isObserving whether drops are only reported
 * @param detection how it was found
 * @param signatures found so far, the one of most of its packets first
 * @param capture name of the file with its packets and those before it, empty where there is none
 */
public record FloodReport(
        String id,
        State state,
        TrafficClass trafficClass,
        String vector,
        String target,
        boolean isPrefix,
        int destinationPort,
        int protocol,
        long timeNanos,
        long startNanos,
        long detectedNanos,
        long lastAboveNanos,
        double packetsPerSecond,
        double bitsPerSecond,
        double peakPacketsPerSecond,
        double peakBitsPerSecond,
        long threshold,
        long bitThreshold,
        long distinctSources,
        List<FloodSamples.TopSource> topSources,
        long packets,
        long bytes,
        long droppedPackets,
        long droppedBytes,
        Collateral collateral,
        boolean isObserving,
        Detection detection,
        List<FloodSignature> signatures,
        String capture) {
    /**
     * How a flood was found.
     *
     * @param detector what raised it: {@code threshold}, {@code baseline}, {@code pattern}, {@code handshakes}, {@code
     *     idling} or {@code return}
     * @param resumedId the id of the flood it resumes, empty where it is new
     * @param innerVector what each address of a prefix gets, where the vector says that many do; else empty
     * @param addresses that it goes to: those active in a prefix
     */
    public record Detection(String detector, String resumedId, String innerVector, int addresses) {}

    /** Where a flood is in its life. */
    public enum State {
        STARTED,
        UPDATED,
        ENDED
    }

    /** The same with other signatures. */
    public FloodReport with(List<FloodSignature> others) {
        return copy(others, capture);
    }

    /** The same with its packets in a file. */
    public FloodReport in(String file) {
        return copy(signatures, file);
    }

    private FloodReport copy(List<FloodSignature> others, String file) {
        return new FloodReport(
                id,
                state,
                trafficClass,
                vector,
                target,
                isPrefix,
                destinationPort,
                protocol,
                timeNanos,
                startNanos,
                detectedNanos,
                lastAboveNanos,
                packetsPerSecond,
                bitsPerSecond,
                peakPacketsPerSecond,
                peakBitsPerSecond,
                threshold,
                bitThreshold,
                distinctSources,
                topSources,
                packets,
                bytes,
                droppedPackets,
                droppedBytes,
                collateral,
                isObserving,
                detection,
                others,
                file);
    }

    public FloodKind kind() {
        return trafficClass.kind();
    }

    /** From the first packet to the last near the threshold. */
    public long lengthNanos() {
        return lastAboveNanos - startNanos;
    }

    /** From the first packet to the alarm. */
    public long detectionNanos() {
        return detectedNanos - startNanos;
    }
}
