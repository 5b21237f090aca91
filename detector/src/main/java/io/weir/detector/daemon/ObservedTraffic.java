package io.weir.detector.daemon;

import io.weir.capture.linux.Capability;
import io.weir.capture.linux.LinkDevice;
import io.weir.capture.linux.RingGroup;
import io.weir.capture.linux.RingSettings;
import io.weir.capture.pcap.PacketFilter;
import io.weir.capture.source.AfPacketSource;
import io.weir.detector.api.Intake;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Watches copies. */
record ObservedTraffic(List<AfPacketSource> sources, List<String> interfaces) implements LiveTraffic {
    static ObservedTraffic open(RunConfig run) throws IOException {
        List<RingSettings> rings = new ArrayList<>();
        for (String name : run.interfaces()) {
            rings.add(ring(run, name));
        }
        List<AfPacketSource> sources = new ArrayList<>();
        try {
            for (int worker = 0; worker < run.workers(); worker++) {
                sources.add(AfPacketSource.open(rings));
            }
            for (int i = 0; i < rings.size() && run.workers() > 1; i++) {
                share(sources, i);
            }
        } catch (IOException refused) {
            sources.forEach(AfPacketSource::close);
            throw refused;
        }
        return new ObservedTraffic(sources, run.interfaces());
    }

    private static RingSettings ring(RunConfig run, String name) throws IOException {
        RingSettings whole = RingSettings.of(name);
        String filter = run.observation().filter();
        if (!filter.isEmpty()) {
            int linkType = LinkDevice.of(name).isEthernet() ? LinkType.ETHERNET : LinkType.RAW;
            return whole.withFilter(PacketFilter.of("run.filter", filter).inKernel(linkType));
        }
        return run.mode() == Mode.XDP ? whole.withSnapLength(XDP_SNAP_BYTES) : whole;
    }

    private static void share(List<AfPacketSource> sources, int index) throws IOException {
        int group = RingGroup.NEW_GROUP;
        for (AfPacketSource source : sources) {
            group = source.share(index, group);
        }
    }

    @Override
    public List<Share> shares() {
        return sources.stream().map(source -> new Share(source, List.of())).toList();
    }

    /** What waited while Weir started would be judged late. */
    @Override
    public void begin() throws IOException {
        PacketBatch batch = new PacketBatch();
        long untilNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        for (AfPacketSource source : sources) {
            int count = source.fill(batch);
            for (int dropped = 0; count > 0 && dropped < MOST_WAITING; dropped += count) {
                count = batch.timestampNanos[0] < untilNanos ? source.fill(batch) : 0;
            }
        }
    }

    @Override
    public void end() {
        sources.forEach(AfPacketSource::interrupt);
    }

    @Override
    public long lostPackets() throws IOException {
        long sum = 0;
        for (AfPacketSource source : sources) {
            for (int i = 0; i < interfaces.size(); i++) {
                sum += source.counters(i).lostPackets();
            }
        }
        return sum;
    }

    @Override
    public List<Intake> intakes() throws IOException {
        List<Intake> intakes = new ArrayList<>();
        for (int worker = 0; worker < sources.size(); worker++) {
            String suffix = sources.size() > 1 ? " of worker " + worker : "";
            for (int i = 0; i < interfaces.size(); i++) {
                intakes.add(LiveTraffic.ring(
                        "ring " + interfaces.get(i) + suffix,
                        sources.get(worker).counters(i)));
            }
        }
        return intakes;
    }

    @Override
    public Set<Capability> kept() {
        return Set.of();
    }

    @Override
    public void close() {
        sources.forEach(AfPacketSource::close);
    }
}
