package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.filter.packet.TcpFlags;

/** TCP segments that belong to no connection: ACK, PSH, FIN, RST, SYN-ACK, and fragments of TCP. */
final class AckFlood implements FloodDetector {
    private static final int KIND_FLAGS = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST | TcpFlags.FIN;

    private static final int XMAS = TcpFlags.FIN | TcpFlags.PSH | TcpFlags.URG;
    private static final int PUSH_FLAGS = TcpFlags.PSH | TcpFlags.SYN | TcpFlags.RST | TcpFlags.FIN;
    private static final int ALL_FLAGS = KIND_FLAGS | XMAS;

    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.ACK;
    }

    /**
     * While the stream is young, each connection's first segment is a stranger's: then the strangers must also outnumber
     * the segments of connections that have been admitted.
     */
    @Override
    public boolean isExceeded(WindowReading reading, Limits limits) {
        long perSecond = limits.packetsPerSecond(trafficClass().ordinal());
        boolean isFast = reading.isSurge(SURGE * perSecond)
                && (!reading.isLearning() || reading.fastPackets() > reading.fastProvenSegments());
        boolean isSlow =
                (reading.isSteady(STEADY * perSecond) || Limits.isSlow((double) reading.slowPackets(), perSecond))
                        && (!reading.isLearning() || reading.slowPackets() > reading.slowProvenSegments());
        return isFast || isSlow || isBitRateExceeded(reading, limits);
    }

    @Override
    public boolean isSeenAtOnce() {
        return true;
    }

    @Override
    public boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual) {
        return !reading.isLearning() || reading.slowPackets() > reading.slowProvenSegments();
    }

    @Override
    public boolean isForged(WindowReading reading, FloodSamples samples) {
        return Forgery.hasImpossibleSources(samples) || Forgery.hasImpossibleFlags(samples);
    }

    @Override
    public boolean isScan(FloodSamples samples, double packetsPerSecond) {
        // Nobody answers a reset, so nobody scans with them.
        boolean isAsking = samples.tcpFlagsShare(TcpFlags.RST, TcpFlags.RST) < FloodSamples.MOST;
        return ScanTest.isScan(samples, packetsPerSecond) && isAsking && !areServicesAnswers(samples)
                || ScanTest.isAnswerToScan(samples, packetsPerSecond);
    }

    /** One server's answers to whatever port asks for them are no scan of these ports. */
    private static boolean areServicesAnswers(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return samples.tcpFlagsShare(KIND_FLAGS, TcpFlags.SYN | TcpFlags.ACK) >= FloodSamples.MOST
                && samples.share(sample -> ring.sourcePort(sample) < ScanTest.FIRST_CLIENT_PORT) >= FloodSamples.MOST;
    }

    @Override
    public String vector(FloodSamples samples) {
        if (samples.fragmentShare() >= FloodSamples.MOST) {
            return "fragment";
        }
        if (samples.tcpFlagsShare(KIND_FLAGS, TcpFlags.SYN | TcpFlags.ACK) >= FloodSamples.MOST) {
            return "syn-ack-reflection";
        }
        if (samples.tcpFlagsShare(ALL_FLAGS, 0) >= FloodSamples.MOST) {
            return "null";
        }
        if (samples.tcpFlagsShare(XMAS, XMAS) >= FloodSamples.MOST) {
            return "xmas";
        }
        if (samples.tcpFlagsShare(TcpFlags.RST, TcpFlags.RST) >= FloodSamples.MOST) {
            return "rst";
        }
        if (samples.tcpFlagsShare(TcpFlags.FIN, TcpFlags.FIN) >= FloodSamples.MOST) {
            return "fin";
        }
        // Some tools leave the ACK out, which no system does.
        if (samples.tcpFlagsShare(PUSH_FLAGS, TcpFlags.PSH) >= FloodSamples.MOST) {
            return "psh-ack";
        }
        if (samples.tcpFlagsShare(ALL_FLAGS, TcpFlags.URG) >= FloodSamples.MOST) {
            return "urg";
        }
        return samples.tcpFlagsShare(TcpFlags.ACK, TcpFlags.ACK) >= FloodSamples.MOST ? "ack" : "tcp-mixed";
    }
}
