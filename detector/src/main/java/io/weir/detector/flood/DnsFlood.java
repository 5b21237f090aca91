package io.weir.detector.flood;

import io.weir.filter.packet.Application;

/** DNS questions, and answers that nobody asked for. */
final class DnsFlood implements FloodDetector {
    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.DNS;
    }

    @Override
    public String vector(FloodSamples samples) {
        return samples.applicationShare(Application.DNS_QUERY) >= 0.5 ? "dns-query" : "dns-amplification";
    }
}
