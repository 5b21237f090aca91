package io.weir.detector.daemon;

import io.weir.capture.linux.Capability;
import io.weir.capture.source.Pcap4jSource;
import io.weir.detector.api.Intake;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Watches copies by libpcap, on systems and interfaces where the ring can't. */
record CapturedTraffic(Pcap4jSource source) implements LiveTraffic {
    @Override
    public List<Share> shares() {
        return List.of(new Share(source, List.of()));
    }

    @Override
    public void begin() {}

    @Override
    public void end() {
        source.interrupt();
    }

    @Override
    public long lostPackets() throws IOException {
        return source.lostPackets();
    }

    @Override
    public List<Intake> intakes() {
        return List.of();
    }

    @Override
    public Set<Capability> kept() {
        return Set.of();
    }

    @Override
    public void close() {
        source.close();
    }
}
