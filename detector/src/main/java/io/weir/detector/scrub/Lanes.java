package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import java.util.Arrays;

/** The buckets of one flood and the bounds of what each sender may take. Workers draw on it; it lasts as long as the flood. */
final class Lanes {
    /** How much of a second's rate may pass at once. */
    private static final long DEPTH_NANOS = 250_000_000;
    /** A low rate's bucket holds at least so many packets: a page's worth of what a browser asks at once. */
    private static final double FEWEST_DEPTH_PACKETS = 32;

    private static final long DEEPEST_NANOS = 2_000_000_000;
    /** Of the rate, kept for sources that were never seen. */
    private static final int NEWCOMERS_PART = 10;
    /**
     * Of the rate, SYN-ACKs that nothing was seen to ask for: hosts that open connections out of sight get no more. Little, so
     * that what draws its flags at random, or is reflected, brings more even at half the threshold.
     */
    private static final int ANSWERS_PART = 40;
    /** Where only bits are limited, their packets are reckoned to have as many bits. */
    private static final int BITS_PER_PACKET = 8 * 512;

    private static final int SYN_ACK = TcpFlags.SYN | TcpFlags.ACK;
    private static final int ANSWER_FLAGS = SYN_ACK | TcpFlags.RST | TcpFlags.FIN;
    /** By whoever goes on: less than by whoever was known before, more than by newcomers. */
    static final double USABLE_GOING_ON = 0.9;

    private static final int SOURCES_PART = 16;
    private static final int CREDIBLE_PART = 4;
    private static final int NETWORKS_PART = 4;
    private static final int SHAPES_PART = 2;
    private static final int REQUESTS_PART = 64;
    private static final long FEWEST = 8;
    private static final long CONDEMNED_FACTOR = 8;

    private static final long LOOK_NANOS = 32_000_000;
    /** Of what may pass, what goes to unused ports by more than this is the flood, or a part of it. */
    private static final double SPRAYED_SHARE = 0.25;
    /** How long less must have come until it isn't. */
    private static final long SPRAYED_NANOS = 2_000_000_000L;

    /** As many as a long has bits. */
    private static final int PORT_GROUPS = 64;

    private static final int SPREAD_GROUPS = 32;
    private static final int FEW_GROUPS = 8;

    private static final long SALT_FACTOR = 0xd1b5_4a32_d192_ed03L;

    private final RateBucket trusted;
    private final RateBucket credible;
    private final RateBucket share;
    private final RateBucket newcomers;
    private final RateBucket answers;
    private final double packetsPerSecond;
    private final boolean isPrefix;
    private final boolean isAck;
    private final long salt;
    private final long credibleBound;
    private final long sourceBound;
    private final long networkBound;
    private final long shapeBound;
    private long addressBound;
    private final long[] offered = new long[FairShare.RANKS];
    private long offeredKnown;
    private boolean isKnownDoubted;
    /** Datagrams to ports that nobody used in peace, since the last look, by a hash of the port. */
    private final int[] unused = new int[PORT_GROUPS];

    private long lookedNanos = Long.MIN_VALUE;
    private long sprayedNanos = Long.MIN_VALUE;
    /** A bit for each group of ports that so much goes to. */
    private long sprayed;

    Lanes(Flood flood, boolean isPrefix) {
        long packets = flood.admittedPacketsPerSecond();
        long bits = flood.admittedBitsPerSecond();
        this.isPrefix = isPrefix;
        this.packetsPerSecond = packets != Limit.UNLIMITED ? packets : Math.max(1, bits / BITS_PER_PACKET);
        this.trusted = bucket(packets, bits);
        this.credible = bucket(packets, bits);
        this.share = bucket(packets - part(packets), bits - part(bits));
        this.newcomers = bucket(part(packets), part(bits));
        long answersPerSecond = Math.max(1, (long) packetsPerSecond / ANSWERS_PART);
        this.answers = bucket(answersPerSecond, Limit.UNLIMITED, (double) answersPerSecond);
        this.salt = flood.number() * SALT_FACTOR;
        TrafficClass trafficClass = flood.trafficClass();
        this.isAck = trafficClass == TrafficClass.ACK;
        boolean isRequest = trafficClass == TrafficClass.HTTP || trafficClass == TrafficClass.TLS;
        this.credibleBound = bound(isRequest ? REQUESTS_PART : CREDIBLE_PART);
        this.sourceBound = bound(SOURCES_PART);
        this.networkBound = bound(NETWORKS_PART);
        this.shapeBound = bound(SHAPES_PART);
        this.addressBound = bound(flood.activeAddresses());
    }

    private RateBucket bucket(long packets, long bits) {
        return bucket(packets, bits, packetsPerSecond);
    }

    private static RateBucket bucket(long packets, long bits, double perSecond) {
        long depthNanos = Math.clamp((long) (FEWEST_DEPTH_PACKETS / perSecond * 1e9), DEPTH_NANOS, DEEPEST_NANOS);
        return new RateBucket(packets, bits, depthNanos);
    }

    private static long part(long rate) {
        return rate == Limit.UNLIMITED ? 0 : Math.max(1, rate / NEWCOMERS_PART);
    }

    private long bound(int part) {
        return Math.max(FEWEST, (long) (packetsPerSecond / part * FairShare.WINDOW_SECONDS));
    }

    /** For trusted prefixes, whoever else sends. */
    RateBucket trusted() {
        return trusted;
    }

    /** For credible sources, whoever else sends. */
    RateBucket credible() {
        return credible;
    }

    /** What all others share. */
    RateBucket share() {
        return share;
    }

    /** What is kept of it for those who were never seen. */
    RateBucket newcomers() {
        return newcomers;
    }

    /**
     * Whether a packet is one of so few SYN-ACKs that nothing was seen to ask for that they are none of the flood. Each counts,
     * passed or not.
     */
    boolean isOfFewAnswers(PacketBatch batch, int i, long nowNanos) {
        return (batch.tcpFlags[i] & ANSWER_FLAGS) == SYN_ACK && answers.offer(batch.wireLength[i], nowNanos);
    }

    boolean isAck() {
        return isAck;
    }

    /** Whether there is room for a source known from before: strangers may have left nothing of the share. */
    boolean takeKnown(int lengthBytes, long nowNanos) {
        return share.take(lengthBytes, nowNanos) || isAck && newcomers.take(lengthBytes, nowNanos);
    }

    /**
     * Makes room for what proves a packet that was dropped.
     *
     * @param isMet whether that was of a connection met in its middle: of these few are left to come
     */
    boolean takeLate(boolean isMet, int lengthBytes, long nowNanos) {
        return isMet ? newcomers.take(lengthBytes, nowNanos) : share.take(lengthBytes, nowNanos, USABLE_GOING_ON);
    }

    /** In packets of late: as much as a credible source may send in the lane of such sources. */
    long credibleBound() {
        return credibleBound;
    }

    /** As much as a source may send before others go first. */
    long sourceBound() {
        return sourceBound;
    }

    /** What no source sends that isn't part of the flood. */
    long condemnedSourceBound() {
        return sourceBound * CONDEMNED_FACTOR;
    }

    /** As much as a network (/24, of IPv6 /48) may send before others go first. */
    long networkBound() {
        return networkBound;
    }

    /** From this count on a shape fills the class by itself. */
    long shapeBound() {
        return shapeBound;
    }

    /** Of a prefix's flood: as much as may go to one of its addresses before others go first. */
    long addressBound() {
        return addressBound;
    }

    /** @param active addresses that share the prefix's rate */
    void shareAmong(int active) {
        addressBound = bound(Math.max(1, active));
    }

    boolean isPrefix() {
        return isPrefix;
    }

    /** Sets apart what different floods count in one sketch. */
    long salt() {
        return salt;
    }

    double packetsPerSecond() {
        return packetsPerSecond;
    }

    /** A packet of a rank has come, from a source without standing. */
    void countOffered(int rank) {
        offered[rank]++;
    }

    /** How many have. */
    long offered(int rank) {
        return offered[rank];
    }

    /** A packet has come from a source that was there before, and found no room among the credible. */
    void countKnown() {
        offeredKnown++;
    }

    /** How many have. */
    long offeredKnown() {
        return offeredKnown;
    }

    /** Control step only: whether having been there before no longer tells users from the flood. */
    void doubtKnown(boolean isDoubted) {
        isKnownDoubted = isDoubted;
    }

    boolean isKnownDoubted() {
        return isKnownDoubted;
    }

    /** A datagram has come to a port that nobody used in peace. */
    void countUnused(long port) {
        unused[(int) port & PORT_GROUPS - 1]++;
    }

    /** Whether so many go to such ports, and to this one among them, that they are the flood. */
    boolean isSprayed(long port) {
        return (sprayed >>> (port & PORT_GROUPS - 1) & 1) != 0;
    }

    /** Control step only: looks at what goes to unused ports. */
    void look(long nowNanos) {
        if (lookedNanos != Long.MIN_VALUE && nowNanos - lookedNanos < LOOK_NANOS) {
            return;
        }
        double free = lookedNanos == Long.MIN_VALUE
                ? Double.MAX_VALUE
                : packetsPerSecond * SPRAYED_SHARE * (nowNanos - lookedNanos) / 1e9;
        long sum = 0;
        int groups = 0;
        long heavy = 0;
        for (int group = 0; group < PORT_GROUPS; group++) {
            sum += unused[group];
            groups += unused[group] > 0 ? 1 : 0;
            heavy |= unused[group] > free / FEW_GROUPS ? 1L << group : 0;
        }
        if (sum > free) {
            sprayedNanos = nowNanos;
            // Where a few ports get it all, who comes to others has nothing to do with it.
            sprayed |= groups >= Math.min(sum, SPREAD_GROUPS) / 2 ? -1L : heavy;
        } else if (sprayed != 0 && nowNanos - sprayedNanos > SPRAYED_NANOS) {
            sprayed = 0;
        }
        Arrays.fill(unused, 0);
        lookedNanos = nowNanos;
    }
}
