package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;

/** UDP without a two-way exchange, DNS apart. */
final class UdpFlood implements FloodDetector {
    /** Higher than {@link #SURGE}: one benign capture holds 1,632 fragments in a tenth of a second, of one direction. */
    private static final double SURGE_OF_DATAGRAMS = 3.5;

    private static final double RANDOM_PORTS = 0.5;
    /** A stream has one pair of ports, whatever its rate. */
    private static final double ONE_STREAM = 0.9;
    /** Of a usual rate: with it, 45 % of a threshold where little is usual. */
    private static final double UNANSWERED = 1.3;
    /** Answered by half or more, it is a service that is used. */
    private static final double USED = 0.5;

    /** Of the threshold: what reporters that were there before may send within a second. */
    private static final double BURST_OF_KNOWN = 2;

    /** Of answers that come in fragments, so many are firsts or whole: of 4,096 bytes (RFC 6891) a third are. */
    private static final double LEAST_WITH_PORTS = 0.15;

    /** First payload bytes of answers whose source port may be any. */
    private static final long HTTP_ANSWER = 0x4854_5450; // "HTTP": SSDP

    private static final int SIP = 5060;
    private static final long SIP_ANSWER =
            0x5349_502f; // "SIP/" (RFC 3261 section 7.2); a request begins with its method
    private static final long GAME_ANSWER = 0xffff_ffffL; // out-of-band packets of game servers
    private static final long TORRENT_ANSWER = 0x6431_3a72; // "d1:r": BitTorrent's DHT

    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.UDP;
    }

    @Override
    public boolean isFast(WindowReading reading, long perSecond) {
        return reading.isSurge(SURGE_OF_DATAGRAMS * perSecond);
    }

    @Override
    public boolean isSteady(WindowReading reading, long perSecond) {
        return reading.isSteady(STEADY * perSecond);
    }

    @Override
    public boolean isSeenAtOnce() {
        return true;
    }

    @Override
    public boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual) {
        SampleRing ring = samples.ring();
        boolean isStream = samples.fragmentShare() < FloodSamples.MOST
                && samples.commonestShare(sample -> ring.sourceLow(sample) << 32
                                ^ (long) ring.sourcePort(sample) << 16
                                ^ ring.destination(sample))
                        >= ONE_STREAM;
        return !isStream
                && (reading.isAnswering(reading.target()) || isFarAbove(reading, usual.perSecond()))
                && !areReporters(samples)
                && reading.slowAnswers() < USED * reading.slowPackets()
                && !DatagramStreams.areMost(reading, samples)
                && !DatagramStreams.areExchanges(samples);
    }

    /** Whether they are of exporters and meters that were there before, and keep to their ports: who whispers first doesn't. */
    private static boolean areReporters(FloodSamples samples) {
        return samples.areMostlyKnown()
                && DatagramStreams.areToKeptPorts(samples)
                && !(Forgery.hasLargeAnswers(samples) && isAmplification(samples));
    }

    /** Where no answers are seen, more of them may be users of a service that answers. */
    private static boolean isFarAbove(WindowReading reading, double perSecond) {
        double most = UNANSWERED * perSecond;
        return reading.isEven(most) || reading.slowPackets() > most * WindowReading.SLOW_SECONDS;
    }

    @Override
    public boolean isScan(FloodSamples samples, double packetsPerSecond) {
        return ScanTest.isOfDatagrams(samples, packetsPerSecond);
    }

    /** Exporters and meters that report all at once are to be judged by the second: by what they reported before. */
    @Override
    public boolean isTooSoon(WindowReading reading, FloodSamples samples, Limits limits) {
        double perSecond = limits.packetsPerSecond(trafficClass().ordinal());
        return samples.areMostlyKnown()
                && reading.slowPackets() <= BURST_OF_KNOWN * perSecond * WindowReading.SLOW_SECONDS
                && !isBitRateExceeded(reading, limits)
                && DatagramStreams.areMostlyOngoing(reading, samples);
    }

    /** Calls and tunnels that have just begun, and transfers that need no answers. */
    @Override
    public boolean isCrowd(WindowReading reading, FloodSamples samples) {
        return DatagramStreams.areMost(reading, samples);
    }

    @Override
    public boolean isForged(WindowReading reading, FloodSamples samples) {
        return Forgery.hasImpossibleSources(samples)
                || Forgery.hasOnePayload(samples)
                || Forgery.hasManySources(samples) && isAmplification(samples) && !areReporters(samples);
    }

    /** Not where both ports are the service's: so peers talk, of whom one direction may be all there is to see. */
    private static boolean isAmplification(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return samples.share(sample -> ring.sourcePort(sample) != ring.destinationPort(sample)) >= FloodSamples.MOST
                && reflection(samples).endsWith("-amplification");
    }

    @Override
    public String vector(FloodSamples samples) {
        String reflection = reflection(samples);
        if (!reflection.isEmpty()) {
            return reflection;
        }
        if (samples.fragmentShare() >= FloodSamples.MOST) {
            return "fragment";
        }
        return samples.destinationPortSpread() >= RANDOM_PORTS ? "udp-random-ports" : "udp";
    }

    /** What many sources answer that nobody asked; empty where they don't. Large answers bring fragments without ports. */
    private static String reflection(FloodSamples all) {
        SampleRing ring = all.ring();
        FloodSamples samples = all.only(sample -> ring.sourcePort(sample) != 0);
        // Whoever floods from one machine may use any source port: reflectors are many.
        boolean isOfFragments = samples.size() < LEAST_WITH_PORTS * all.size();
        if (samples.size() == 0 || isOfFragments || all.topSourceShare() >= FloodSamples.MOST) {
            return "";
        }
        boolean isOfPhones = samples.share(sample -> isSipRequest(ring, sample)) >= FloodSamples.MOST;
        if (isOfPhones) {
            return "";
        }
        if (samples.share(sample -> !reflector(ring.sourcePort(sample)).isEmpty()) >= FloodSamples.MOST) {
            return reflector(
                            samples.commonestSourcePort(port -> !reflector(port).isEmpty())) + "-amplification";
        }
        if (samples.share(sample -> ring.shape(sample) >>> 32 == HTTP_ANSWER) >= FloodSamples.MOST) {
            return "ssdp-amplification";
        }
        boolean isFromOnePort = samples.sourcePortShare(samples.commonestSourcePort()) >= FloodSamples.MOST;
        boolean isAnswer = samples.share(sample -> isAnswer(ring.shape(sample))) >= FloodSamples.MOST;
        return isFromOnePort || isAnswer ? "udp-reflection" : "";
    }

    /** Phones ask from the port that reflectors answer from. */
    private static boolean isSipRequest(SampleRing ring, int sample) {
        long first = ring.shape(sample) >>> 32;
        return ring.sourcePort(sample) == SIP && first != SIP_ANSWER && first >>> 24 >= 'A' && first >>> 24 <= 'Z';
    }

    private static boolean isAnswer(long firstBytes) {
        // What players ask has the same four bytes: A2S_INFO, PLAYER, RULES, GETCHALLENGE; getinfo, getstatus of Quake.
        boolean isQuestion = "TUVWg".indexOf((int) (firstBytes >>> 24) & 0xff) >= 0;
        return firstBytes >>> 32 == GAME_ANSWER && !isQuestion || firstBytes >>> 32 == TORRENT_ANSWER;
    }

    /** The service that answers from a port, of those used as reflectors (CISA alert TA14-017A, Netscout 2020-2025). */
    private static String reflector(int port) {
        return switch (port) {
            case 17 -> "qotd";
            case 19 -> "chargen";
            case 53 -> "dns";
            case 69 -> "tftp";
            case 111 -> "portmap";
            case 123 -> "ntp";
            case 137 -> "netbios";
            case 161 -> "snmp";
            case 177 -> "xdmcp";
            case 389 -> "cldap";
            case 427 -> "slp";
            case 500, 4500 -> "isakmp";
            case 520 -> "rip";
            case 623 -> "ipmi";
            case 1194 -> "openvpn";
            case 1434 -> "mssql";
            case 1900 -> "ssdp";
            case 3283 -> "ard";
            case 3389 -> "rdp";
            case 3478 -> "stun";
            case 3702 -> "ws-discovery";
            case 5060 -> "sip";
            case 5351 -> "nat-pmp";
            case 5353 -> "mdns";
            case 5683 -> "coap";
            case 10001 -> "ubiquiti";
            case 11211 -> "memcached";
            case 27005, 27015 -> "steam";
            case 33848 -> "jenkins";
            case 37810 -> "dhcpdiscover";
            case 47808 -> "bacnet";
            default -> "";
        };
    }
}
