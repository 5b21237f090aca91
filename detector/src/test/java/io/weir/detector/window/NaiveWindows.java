package io.weir.detector.window;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What {@link TargetWindows} promises, from a list of every packet. */
final class NaiveWindows {
    private static final long FAST_NANOS = TargetWindows.FAST_BUCKET_NANOS;
    private static final long SLOW_NANOS = 8 * FAST_NANOS;

    /** A packet; a handshake or a connection's segment is one of no class. */
    record Packet(long timeNanos, int trafficClass, int lengthBytes, Mark mark) {}

    /** What else it is. */
    enum Mark {
        NOTHING,
        HANDSHAKE,
        PROVEN_SEGMENT,
        REFUSAL,
        ANSWER,
        NAME_ERROR,
        /** Taken out of its class because its handshake was completed. */
        COMPLETED,
        /** Counted to the total alone, or taken out of its class since. */
        TOTAL_ONLY
    }

    private final List<Packet> packets = new ArrayList<>();
    private long nowNanos;

    void advance(long now) {
        nowNanos = now;
        packets.removeIf(packet -> now - packet.timeNanos > 40 * SLOW_NANOS);
    }

    List<Packet> packets() {
        return packets;
    }

    void add(int trafficClass, int lengthBytes, Mark mark) {
        packets.add(new Packet(nowNanos, trafficClass, lengthBytes, mark));
    }

    void prove(Packet packet, boolean isHandshake) {
        packets.remove(packet);
        Mark mark = isHandshake ? Mark.COMPLETED : Mark.TOTAL_ONLY;
        packets.add(new Packet(packet.timeNanos, -1, packet.lengthBytes, mark));
        if (isHandshake) {
            packets.add(new Packet(nowNanos, -1, 0, Mark.HANDSHAKE));
        }
    }

    long fastPackets(int trafficClass) {
        return count(fast().and(inClass(trafficClass)));
    }

    long fastBytes(int trafficClass) {
        return bytes(fast().and(inClass(trafficClass)));
    }

    long slowPackets(int trafficClass) {
        return count(slow(0, 15).and(inClass(trafficClass)));
    }

    long slowBytes(int trafficClass) {
        return bytes(slow(0, 15).and(inClass(trafficClass)));
    }

    long agedPackets(int trafficClass) {
        return count(slow(16, 31).and(inClass(trafficClass)));
    }

    long slowTotalPackets() {
        return count(slow(0, 15).and(NaiveWindows::isInTotal));
    }

    long slowTotalBytes() {
        return bytes(slow(0, 15).and(NaiveWindows::isInTotal));
    }

    long fast(Mark mark) {
        return count(fast().and(packet -> packet.mark == mark));
    }

    long slow(Mark mark) {
        return count(slow(0, 15).and(packet -> packet.mark == mark));
    }

    long packetsOfAges(int trafficClass, int youngest, int oldest) {
        return count(slow(youngest, oldest).and(inClass(trafficClass)));
    }

    long completedOfAges(int youngest, int oldest) {
        return count(slow(youngest, oldest).and(packet -> packet.mark == Mark.COMPLETED));
    }

    /** Start of the oldest bucket of an unbroken run of buckets that hold enough, the current one counting always. */
    long onsetNanos(int trafficClass, double packetsPerBucket) {
        int age = 1;
        while (age < 16 && count(inFastBucket(age).and(inClass(trafficClass))) >= packetsPerBucket) {
            age++;
        }
        long onset = (Math.floorDiv(nowNanos, FAST_NANOS) - age + 1) * FAST_NANOS;
        if (age < 16) {
            return onset;
        }
        int slowAge = 1;
        while (slowAge < 32 && count(slow(slowAge, slowAge).and(inClass(trafficClass))) >= 8 * packetsPerBucket) {
            slowAge++;
        }
        return Math.min(onset, (Math.floorDiv(nowNanos, SLOW_NANOS) - slowAge + 1) * SLOW_NANOS);
    }

    private Predicate<Packet> inFastBucket(int age) {
        return packet -> age(packet, FAST_NANOS) == age;
    }

    private Predicate<Packet> fast() {
        return packet -> age(packet, FAST_NANOS) <= 15;
    }

    private Predicate<Packet> slow(int from, int to) {
        return packet -> age(packet, SLOW_NANOS) >= from && age(packet, SLOW_NANOS) <= to;
    }

    private long age(Packet packet, long bucketNanos) {
        return Math.floorDiv(nowNanos, bucketNanos) - Math.floorDiv(packet.timeNanos, bucketNanos);
    }

    private static Predicate<Packet> inClass(int trafficClass) {
        return packet -> packet.trafficClass == trafficClass;
    }

    private static boolean isInTotal(Packet packet) {
        return packet.mark == Mark.NOTHING
                || packet.mark == Mark.TOTAL_ONLY
                || packet.mark == Mark.COMPLETED
                || packet.mark == Mark.PROVEN_SEGMENT;
    }

    private long count(Predicate<Packet> filter) {
        return packets.stream().filter(filter).count();
    }

    private long bytes(Predicate<Packet> filter) {
        return packets.stream().filter(filter).mapToLong(Packet::lengthBytes).sum();
    }
}
