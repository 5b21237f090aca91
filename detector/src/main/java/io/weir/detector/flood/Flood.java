package io.weir.detector.flood;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.verdict.FloodKind;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** One flood while it lasts. The control step owns it; workers write its {@link #traffic} alone. */
public final class Flood {
    private static final int TOP_SOURCES = 5;
    /** No service has so many. */
    private static final int MANY_PORTS = 256;

    private final int number;
    private final String id;
    private final TrafficClass trafficClass;
    private final int target;
    private final String targetText;
    private final boolean isPrefix;
    private final Limits limits;
    private final Alarm alarm;
    private final String resumedId;
    private final long startNanos;
    private final long detectedNanos;
    private final FloodTraffic traffic = new FloodTraffic();

    private String vector = "";
    private String innerVector = "";
    private int activeAddresses = 1;
    private int destinationPort;
    private int protocol;
    private List<FloodSamples.TopSource> topSources = List.of();
    /** Whether nearly each packet goes to another port, or they go to hundreds. */
    private boolean isSpreadOverPorts;

    private Supplier<List<FloodSignature>> signatures = List::of;
    private double packetsPerSecond;
    private double bitsPerSecond;
    private double peakPacketsPerSecond;
    private double peakBitsPerSecond;
    private double reportedPeak;
    private long lastAboveNanos;
    private long lastLookNanos;

    Flood(
            int number,
            TrafficClass trafficClass,
            int target,
            ProtectedTargets targets,
            Alarm alarm,
            String resumedId,
            long startNanos,
            long nowNanos) {
        this.number = number;
        this.trafficClass = trafficClass;
        this.target = target;
        this.targetText = targets.text(target);
        this.isPrefix = targets.isPrefix(target);
        this.limits = targets.limits(target);
        this.alarm = alarm;
        this.resumedId = resumedId;
        this.startNanos = startNanos;
        this.detectedNanos = nowNanos;
        this.lastAboveNanos = nowNanos;
        this.lastLookNanos = nowNanos;
        // By class, not by kind: HTTP and TLS floods of one target may begin in the same millisecond.
        this.id = trafficClass.name().toLowerCase(Locale.ROOT) + "-" + targetText + "-" + startNanos / 1_000_000;
    }

    /** Its id in a packed verdict: from 1, in the order of detection. */
    public int number() {
        return number;
    }

    public FloodKind kind() {
        return trafficClass.kind();
    }

    public TrafficClass trafficClass() {
        return trafficClass;
    }

    /** Number of the target in the windows. */
    public int target() {
        return target;
    }

    /** Whether the target is a prefix rather than an address. */
    public boolean isPrefix() {
        return isPrefix;
    }

    public Limits limits() {
        return limits;
    }

    public FloodTraffic traffic() {
        return traffic;
    }

    /** What a defence lets through of the class's unproven traffic, {@link Limit#UNLIMITED} for no limit. */
    public long admittedPacketsPerSecond() {
        return alarm.admittedPerSecond();
    }

    /** The same in bits. */
    public long admittedBitsPerSecond() {
        return limits.bitsPerSecond(trafficClass.ordinal());
    }

    /** The id of the flood that it resumes: of the same class and target, ended within the hour; empty where it is new. */
    public String resumedId() {
        return resumedId;
    }

    /** How many addresses share what is admitted: those active in a prefix, 1 for an address. */
    public int activeAddresses() {
        return activeAddresses;
    }

    /** Whether it was told by what no legitimate sender does. */
    public boolean isOfForgery() {
        return alarm.trigger() == Alarm.Trigger.PATTERN;
    }

    Alarm alarm() {
        return alarm;
    }

    String id() {
        return id;
    }

    /** The target as events name it. */
    public String targetText() {
        return targetText;
    }

    /** When its packets began. */
    public long startNanos() {
        return startNanos;
    }

    /** Its rate now. */
    public double packetsPerSecond() {
        return packetsPerSecond;
    }

    public List<FloodSignature> signatures() {
        return signatures.get();
    }

    /** Who knows its signatures: asked for each report. */
    public void setSignatures(Supplier<List<FloodSignature>> known) {
        signatures = known;
    }

    long detectedNanos() {
        return detectedNanos;
    }

    String vector() {
        return vector;
    }

    /** What each address of a prefix gets, where the vector is that they all do; else empty. */
    String innerVector() {
        return innerVector;
    }

    void noteActiveAddresses(int addresses) {
        activeAddresses = Math.max(addresses, 1);
    }

    /** Whether the vector is another. */
    boolean describe(String newVector, String newInnerVector, FloodSamples samples) {
        boolean isOther = !newVector.equals(vector) || !newInnerVector.equals(innerVector);
        vector = newVector;
        innerVector = newInnerVector;
        destinationPort = samples.commonDestinationPort();
        // Connections that idle send nothing to sample.
        boolean isIdling = samples.size() == 0 && trafficClass == TrafficClass.HTTP;
        protocol = isIdling ? IpProtocol.TCP : samples.commonestProtocol();
        topSources = samples.topSources(TOP_SOURCES);
        isSpreadOverPorts = samples.size() >= Forgery.FEWEST_SAMPLES
                && (ScanTest.isSpreadOverPorts(samples)
                        || samples.distinct(samples.ring()::destinationPort) >= MANY_PORTS);
        return isOther;
    }

    /**
     * Whether it is of a protocol, and a source's packets may be its own: most are from there, or what it sends goes to all
     * ports, SYNs if the source's are.
     */
    boolean mayBeFrom(long sourceHigh, long sourceLow, int itsProtocol, boolean isOpening) {
        boolean isAlike = isSpreadOverPorts && (trafficClass == TrafficClass.SYN) == isOpening;
        return protocol == itsProtocol && (isAlike || isMostlyFrom(sourceHigh, sourceLow));
    }

    private boolean isMostlyFrom(long sourceHigh, long sourceLow) {
        return !topSources.isEmpty()
                && topSources.getFirst().share() >= FloodSamples.MOST
                && topSources.getFirst().address().equals(IpAddress.format(sourceHigh, sourceLow));
    }

    void noteLook(long nowNanos) {
        lastLookNanos = nowNanos;
    }

    /** Takes the rates of a tick. */
    void measure(WindowReading reading, boolean isAbove, long nowNanos) {
        // The alarm may come from the fast window; from then on the rates are those of the second.
        boolean isAlarm = nowNanos == detectedNanos;
        packetsPerSecond = isAlarm ? reading.packetsPerSecond() : reading.slowPackets() / WindowReading.SLOW_SECONDS;
        bitsPerSecond = isAlarm ? reading.bitsPerSecond() : reading.slowBits() / WindowReading.SLOW_SECONDS;
        peakPacketsPerSecond = Math.max(peakPacketsPerSecond, packetsPerSecond);
        peakBitsPerSecond = Math.max(peakBitsPerSecond, bitsPerSecond);
        if (isAbove) {
            lastAboveNanos = nowNanos;
        }
    }

    /** Whether its rate is still near its threshold, as of a tick. */
    public boolean isAbove(long nowNanos) {
        return lastAboveNanos == nowNanos;
    }

    long lastAboveNanos() {
        return lastAboveNanos;
    }

    /** When its samples were last looked at. */
    long lastLookNanos() {
        return lastLookNanos;
    }

    boolean hasDoubled() {
        return peakPacketsPerSecond >= 2 * reportedPeak;
    }

    FloodReport report(FloodReport.State state, long nowNanos, boolean isObserving) {
        reportedPeak = peakPacketsPerSecond;
        int index = trafficClass.ordinal();
        return new FloodReport(
                id,
                state,
                trafficClass,
                vector,
                targetText,
                isPrefix,
                destinationPort,
                protocol,
                nowNanos,
                startNanos,
                detectedNanos,
                lastAboveNanos,
                packetsPerSecond,
                bitsPerSecond,
                peakPacketsPerSecond,
                peakBitsPerSecond,
                alarm.trigger() == Alarm.Trigger.THRESHOLD
                        ? limits.packetsPerSecond(index)
                        : Math.round(alarm.perSecond()),
                limits.bitsPerSecond(index),
                traffic.distinctSources(),
                topSources,
                traffic.packets(),
                traffic.bytes(),
                traffic.droppedPackets(),
                traffic.droppedBytes(),
                traffic.collateral(),
                isObserving,
                new FloodReport.Detection(alarm.detector(), resumedId, innerVector, activeAddresses),
                signatures(),
                "");
    }
}
