package io.weir.detector.flood;

import io.weir.detector.window.TargetWindows;

/** ICMP and ICMPv6: pings, answered or not, and all that answers nothing. */
final class IcmpFlood implements FloodDetector {
    private static final double MOSTLY = 0.5;
    /** A hundred pings at a hundred a second, as people and monitors send to measure a link, have come by then, late ones too. */
    private static final long LASTING_NANOS = 1_050_000_000L;

    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.ICMP;
    }

    @Override
    public boolean isFast(WindowReading reading, long perSecond) {
        return reading.isSurge(SURGE * perSecond);
    }

    @Override
    public boolean isSteady(WindowReading reading, long perSecond) {
        return reading.isSteady(STEADY * perSecond);
    }

    @Override
    public boolean isSeenAtOnce() {
        return true;
    }

    /** Nobody needs so many; but one host may send some dozens in a row, and so may those that always ask all at once. */
    @Override
    public boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual) {
        if (samples.size() < Forgery.FEWEST_SAMPLES && samples.share(samples.ring()::isKnown) >= FloodSamples.MOST) {
            return false;
        }
        return samples.ofLast(TargetWindows.SLOW_WINDOW_NANOS).topSourceShare() < MOSTLY
                || samples.ofTopSource().spanNanos() >= LASTING_NANOS;
    }

    @Override
    public String vector(FloodSamples samples) {
        if (samples.fragmentShare() >= FloodSamples.MOST) {
            return "fragment";
        }
        // Types of ICMP (RFC 792) and of ICMPv6 (RFC 4443).
        if (samples.icmpTypeShare(8) + samples.icmpTypeShare(128) >= FloodSamples.MOST) {
            return "icmp-echo";
        }
        if (samples.icmpTypeShare(0) + samples.icmpTypeShare(129) >= FloodSamples.MOST) {
            return "icmp-echo-reply";
        }
        // ICMPv6 type 3 is time exceeded, but its floods are rare enough to go by the commoner ICMP.
        if (samples.icmpTypeShare(3) + samples.icmpTypeShare(1) >= FloodSamples.MOST) {
            return "icmp-unreachable";
        }
        return samples.icmpTypeShare(11) >= FloodSamples.MOST ? "icmp-time-exceeded" : "icmp";
    }
}
