package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.filter.packet.Application;

/** DNS questions, and answers that nobody asked for. */
final class DnsFlood implements FloodDetector {
    private static final double HALF = 0.5;
    /** A crowd asks for the same few names: where most are asked once, they are made up. */
    private static final double RANDOM = 0.6;

    private static final double ONCE_EACH = 0.8;
    /** Of the questions: one resolver of many asks no more. */
    private static final double FEW_OF_ONE = 0.25;

    private static final int FEWEST_SAMPLES = 32;
    /** So many times the threshold: what comes by chance in a part of a second varies more. */
    private static final double EVEN_SHARE = 1.2;

    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.DNS;
    }

    @Override
    public boolean isSeenAtOnce() {
        return true;
    }

    /**
     * Questions rise with a crowd, but not for names that don't exist; answers that nobody asked for don't. What has lasted
     * for less than a second is one only where that shows.
     */
    @Override
    public boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual) {
        boolean isLasting = reading.olderPackets() > HALF * usual.perSecond() * WindowReading.SLOW_SECONDS;
        return !usual.isCrowd() && !isOfResolvers(samples) && (isLasting || isOnceEach(samples))
                || hasRandomLabels(samples)
                || samples.applicationShare(Application.DNS_QUERY) < HALF
                || reading.slowNameErrors() > HALF * reading.slowPackets();
    }

    /** Names that are made up tell in three eighths of a second, and sources that are. */
    @Override
    public boolean isExceeded(WindowReading reading, Limits limits) {
        return FloodDetector.super.isExceeded(reading, limits)
                || reading.isEven(EVEN_SHARE * limits.packetsPerSecond(TrafficClass.DNS.ordinal()));
    }

    @Override
    public boolean isTooSoon(WindowReading reading, FloodSamples samples, Limits limits) {
        return !FloodDetector.super.isExceeded(reading, limits) && !hasRandomLabels(samples) && !isOnceEach(samples);
    }

    /** Who connects has asked before, for names that exist. */
    @Override
    public boolean isCrowd(WindowReading reading, FloodSamples samples) {
        return reading.slowHandshakes() >= HALF * reading.slowPackets()
                && samples.applicationShare(Application.DNS_QUERY) >= HALF
                && samples.distinctSources() >= FEWEST_SAMPLES
                && !hasRandomLabels(samples)
                && reading.slowNameErrors() < HALF * reading.slowPackets();
    }

    @Override
    public boolean isForged(WindowReading reading, FloodSamples samples) {
        boolean isAnswers = samples.applicationShare(Application.DNS_QUERY) < HALF;
        return Forgery.hasImpossibleSources(samples) || isAnswers && Forgery.hasLargeAnswers(samples);
    }

    @Override
    public String vector(FloodSamples samples) {
        if (samples.applicationShare(Application.DNS_QUERY) < HALF) {
            return "dns-amplification";
        }
        return hasRandomLabels(samples) ? "dns-random-labels" : "dns-query";
    }

    /**
     * Whether many ask who were there before, or come again and for this and that: a zone that is asked for more than usual.
     * Invented sources come once, tools ask for one name.
     */
    private static boolean isOfResolvers(FloodSamples samples) {
        return samples.distinctSources() >= FEWEST_SAMPLES
                && samples.topSourceShare() < FEW_OF_ONE
                && (samples.areMostlyKnown()
                        || samples.returningShare() >= HALF && samples.commonestShare(samples.ring()::shape) < HALF);
    }

    /** Whether nearly everybody asks once: resolvers have users who ask for one thing after the other. */
    private static boolean isOnceEach(FloodSamples samples) {
        return samples.size() >= Forgery.FEWEST_SAMPLES && samples.distinctSources() >= ONCE_EACH * samples.size();
    }

    /** Whether most names differ in their first label and share the rest. */
    private static boolean hasRandomLabels(FloodSamples samples) {
        SampleRing ring = samples.ring();
        FloodSamples named = samples.only(sample -> ring.shape(sample) != 0);
        return named.size() >= FEWEST_SAMPLES
                && named.spread(ring::shape) >= RANDOM
                && named.commonestShare(sample -> ring.shape(sample) >>> 32) >= HALF;
    }
}
