package io.weir.detector.flood;

/** HTTP requests; TLS handshakes, which are counted by themselves, because they cost the server more. */
record HttpFlood(TrafficClass trafficClass) implements FloodDetector {
    @Override
    public String vector(FloodSamples samples) {
        return trafficClass == TrafficClass.TLS ? "tls-handshake" : "http-request";
    }
}
