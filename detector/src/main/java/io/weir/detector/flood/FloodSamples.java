package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.IpProtocol;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** The samples of one flood, summed up. Made when an alarm starts and when an event reports it. */
public final class FloodSamples {
    /** Share of the samples from which on a property stands for the whole. */
    static final double MOST = 0.6;

    /** Of a fast flood one packet in sixteen is a sample, and some are lost to the capture. */
    private static final int LARGEST_STEP = 64;

    private final SampleRing ring;
    private final Proxies proxies;
    /** Oldest first. */
    private final int[] samples;
    /** Of the same target and class: what has proven itself since, oldest first. */
    private final int[] proven;

    /** Counted at the first question: three are asked of each flood that is described. */
    private Map<Source, Integer> sourceCounts = Map.of();

    private FloodSamples(SampleRing ring, Proxies proxies, int[] samples, int[] proven) {
        this.ring = ring;
        this.proxies = proxies;
        this.samples = samples;
        this.proven = proven;
    }

    /** The samples that counted toward a target in a class, no earlier than a time, and haven't proven themselves since. */
    static FloodSamples of(SampleRing ring, Proxies proxies, int target, TrafficClass trafficClass, long sinceNanos) {
        int[] all = IntStream.range(0, ring.size())
                .map(ring::byAge)
                .filter(sample -> ring.matches(sample, target, trafficClass.ordinal(), sinceNanos))
                .toArray();
        return new FloodSamples(
                ring,
                proxies,
                IntStream.of(all).filter(sample -> !ring.isProven(sample)).toArray(),
                IntStream.of(all).filter(ring::isProven).toArray());
    }

    /** What else came to the target of the class, and has proven itself since. */
    FloodSamples proven() {
        return new FloodSamples(ring, proxies, proven, proven);
    }

    int size() {
        return samples.length;
    }

    SampleRing ring() {
        return ring;
    }

    /** Whether a sample is a request of somebody for whom a proxy asks that may be believed. */
    boolean isOfProxy(int sample) {
        return proxies.isOfProxy(sample);
    }

    /** Indexes in the ring, oldest first. */
    int[] indexes() {
        return samples;
    }

    /** Share of the samples that have a property, 0 of none. */
    double share(IntPredicate property) {
        return samples.length == 0 ? 0 : (double) count(property) / samples.length;
    }

    /** How many have a property. */
    long count(IntPredicate property) {
        return IntStream.of(samples).filter(property).count();
    }

    double fragmentShare() {
        return share(sample -> (ring.fragment(sample) & Fragment.PRESENT) != 0);
    }

    double applicationShare(Application application) {
        return share(sample -> ring.application(sample) == application);
    }

    double icmpTypeShare(int type) {
        return share(sample -> ring.icmpTypeCode(sample) >>> 8 == type);
    }

    /** Share of the samples whose TCP flags, of those in the mask, are just these. */
    double tcpFlagsShare(int mask, int flags) {
        return share(sample -> (ring.tcpFlags(sample) & mask) == flags);
    }

    /** The value most samples have, or -1 where there is none. */
    private long commonest(IntToLongFunction value) {
        Map<Long, Integer> counts = counts(value);
        return counts.entrySet().stream()
                .max(Map.Entry.<Long, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse(-1L);
    }

    /** Share of the commonest value. */
    double commonestShare(IntToLongFunction value) {
        int most = counts(value).values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        return samples.length == 0 ? 0 : (double) most / samples.length;
    }

    private Map<Long, Integer> counts(IntToLongFunction value) {
        Map<Long, Integer> counts = new HashMap<>();
        for (int sample : samples) {
            counts.merge(value.applyAsLong(sample), 1, Integer::sum);
        }
        return counts;
    }

    int commonestProtocol() {
        return (int) commonest(ring::protocol);
    }

    int commonestSourcePort() {
        return (int) commonest(ring::sourcePort);
    }

    /** The commonest of the source ports that are wanted. */
    int commonestSourcePort(IntPredicate isWanted) {
        return only(sample -> isWanted.test(ring.sourcePort(sample))).commonestSourcePort();
    }

    /** Those of the samples that have a property. */
    FloodSamples only(IntPredicate property) {
        return new FloodSamples(
                ring, proxies, IntStream.of(samples).filter(property).toArray(), proven);
    }

    /** The newest of the samples: no older than so long before the last. */
    FloodSamples ofLast(long nanos) {
        long sinceNanos = beforeLast(nanos);
        return only(sample -> ring.timeNanos(sample) >= sinceNanos);
    }

    /** The others. */
    FloodSamples allButLast(long nanos) {
        long sinceNanos = beforeLast(nanos);
        return only(sample -> ring.timeNanos(sample) < sinceNanos);
    }

    private long beforeLast(long nanos) {
        return samples.length == 0 ? 0 : ring.timeNanos(samples[samples.length - 1]) - nanos;
    }

    /** Whether they are of many, most of whom were there before and did no harm. */
    boolean areMostlyKnown() {
        return Forgery.hasManySources(this) && share(ring::isKnown) >= MOST;
    }

    double sourcePortShare(int port) {
        return share(sample -> ring.sourcePort(sample) == port);
    }

    /** The destination port that most packets have, 0 where fewer than {@link #MOST} of them share one. */
    int commonDestinationPort() {
        int protocol = commonestProtocol();
        if (protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6) {
            return 0; // their port columns hold the echo identifier
        }
        long port = commonest(ring::destinationPort);
        return port > 0 && share(sample -> ring.destinationPort(sample) == port) >= MOST ? (int) port : 0;
    }

    int commonestDestinationPort() {
        return (int) commonest(ring::destinationPort);
    }

    /** Different destination ports, as a share of the samples. */
    double destinationPortSpread() {
        return spread(ring::destinationPort);
    }

    /** Different destination addresses and ports together, as a share of the samples. */
    double destinationSpread() {
        return spread(ring::destination);
    }

    /** Share of the samples whose source port is a little above that of the sample before. */
    double sourcePortAscent() {
        int ascending = 0;
        for (int i = 1; i < samples.length; i++) {
            int step = ring.sourcePort(samples[i]) - ring.sourcePort(samples[i - 1]) & 0xffff;
            ascending += step > 0 && step <= LARGEST_STEP ? 1 : 0;
        }
        return samples.length < 2 ? 0 : (double) ascending / (samples.length - 1);
    }

    /** Different values among the samples. */
    int distinct(IntToLongFunction value) {
        return counts(value).size();
    }

    /** Different values, as a share of the samples. */
    double spread(IntToLongFunction value) {
        return samples.length == 0 ? 0 : (double) counts(value).size() / samples.length;
    }

    /** Different source ports, as a share of the samples. */
    double sourcePortSpread() {
        return spread(ring::sourcePort);
    }

    /** Whether any source port is below 1024: no operating system gives such to a client by itself (RFC 6335). */
    boolean hasPrivilegedSourcePort() {
        return IntStream.of(samples).anyMatch(sample -> ring.sourcePort(sample) < 1024);
    }

    /** Different sources among the samples. */
    int distinctSources() {
        return sourceCounts().size();
    }

    /** Different networks of one customer: IPv4 addresses, and the /64 of IPv6 ones, within which they may be anything. */
    int distinctCustomers() {
        Set<Source> customers = new HashSet<>();
        forEachSource((high, low) -> customers.add(customer(high, low)));
        return customers.size();
    }

    private static Source customer(long high, long low) {
        return high == 0 ? new Source(0, low) : new Source(high, 0);
    }

    /** Different destination addresses. */
    int distinctDestinations() {
        return counts(ring::destinationLow).size();
    }

    /** Share of the busiest destination address. */
    double topDestinationShare() {
        return commonestShare(ring::destinationLow);
    }

    /** What each source sent in a second, on average; samples of less than half a second tell no rate. */
    double perSourcePerSecond() {
        if (samples.length == 0) {
            return 0;
        }
        return samples.length / (double) distinctSources() / Math.max(spanNanos() / 1e9, 0.5);
    }

    /** From the oldest to the newest of them. */
    long spanNanos() {
        return samples.length == 0 ? 0 : ring.timeNanos(samples[samples.length - 1]) - ring.timeNanos(samples[0]);
    }

    /** Share of the busiest source. */
    double topSourceShare() {
        int most = sourceCounts().values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        return samples.length == 0 ? 0 : (double) most / samples.length;
    }

    /** Share of the samples whose source has sent another. */
    double returningShare() {
        long once = sourceCounts().values().stream().filter(count -> count == 1).count();
        return samples.length == 0 ? 0 : 1 - (double) once / samples.length;
    }

    /** Of the samples of the last so many nanoseconds the share whose customer isn't among those of the others. */
    double newcomersShare(long nanos) {
        Set<Source> before = new HashSet<>();
        allButLast(nanos).forEachSource((high, low) -> before.add(customer(high, low)));
        return ofLast(nanos)
                .share(sample -> !before.contains(customer(ring.sourceHigh(sample), ring.sourceLow(sample))));
    }

    /**
     * Share of the samples that are of customers who send more than so many, and so many on each of their connections: not
     * of many people behind one address.
     */
    double shareOfHeavy(int most, double mostOfConnection) {
        Map<Source, Integer> sent = new HashMap<>();
        Map<Source, Set<Integer>> ports = new HashMap<>();
        for (int sample : samples) {
            Source customer = customer(ring.sourceHigh(sample), ring.sourceLow(sample));
            sent.merge(customer, 1, Integer::sum);
            ports.computeIfAbsent(customer, key -> new HashSet<>()).add(ring.sourcePort(sample));
        }
        double heavy = 0;
        for (Map.Entry<Source, Integer> of : sent.entrySet()) {
            int connections = ports.getOrDefault(of.getKey(), Set.of()).size();
            heavy += of.getValue() > most && of.getValue() >= mostOfConnection * connections ? of.getValue() : 0;
        }
        return samples.length == 0 ? 0 : heavy / samples.length;
    }

    /** The samples of the busiest source. */
    FloodSamples ofTopSource() {
        Source busiest = sourceCounts().entrySet().stream()
                .max(Map.Entry.<Source, Integer>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(
                                Comparator.comparingLong(Source::high).thenComparingLong(Source::low))))
                .map(Map.Entry::getKey)
                .orElse(new Source(0, 0));
        return only(sample -> ring.sourceHigh(sample) == busiest.high && ring.sourceLow(sample) == busiest.low);
    }

    /** The busiest sources with their share of the samples, busiest first; those with less than a hundredth left out. */
    public List<TopSource> topSources(int most) {
        return sourceCounts().entrySet().stream()
                .filter(entry -> entry.getValue() >= 2 && entry.getValue() * 100 >= samples.length)
                .sorted(Map.Entry.<Source, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey(
                                Comparator.comparingLong(Source::high).thenComparingLong(Source::low))))
                .limit(most)
                .map(entry -> new TopSource(
                        IpAddress.format(entry.getKey().high(), entry.getKey().low()),
                        (double) entry.getValue() / samples.length))
                .toList();
    }

    private Map<Source, Integer> sourceCounts() {
        if (sourceCounts.isEmpty()) {
            sourceCounts = HashMap.newHashMap(samples.length);
            for (int sample : samples) {
                sourceCounts.merge(new Source(ring.sourceHigh(sample), ring.sourceLow(sample)), 1, Integer::sum);
            }
        }
        return sourceCounts;
    }

    /** Gives every sample's source to a consumer. */
    void forEachSource(SourceConsumer consumer) {
        for (int sample : samples) {
            consumer.accept(ring.sourceHigh(sample), ring.sourceLow(sample));
        }
    }

    /** Takes an address. */
    interface SourceConsumer {
        void accept(long high, long low);
    }

    /**
     * A source and its part of a flood.
     *
     * @param address as RFC 5952 writes it
     * @param share of the sampled packets, 0 to 1
     */
    public record TopSource(String address, double share) {}

    private record Source(long high, long low) {}
}
