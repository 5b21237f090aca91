package io.weir.detector.testing;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.FloodListener;
import io.weir.detector.flood.FloodMonitor;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.Limits;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.window.SampleRing;
import io.weir.detector.window.TargetTable;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.PacketBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Windows, targets and a monitor put together as the engine does, fed with packets by hand. Protected is 10.0.0.0/8 (its
 * addresses: {@link #target}); time moves in ticks of 8 ms.
 */
public final class Scene implements FloodListener {
    /** Addresses with windows of their own. */
    public static final int SLOTS = 4096;
    /** The target number of the protected prefix. */
    public static final int PREFIX_TARGET = SLOTS;

    private static final int PREFIX_FIRST = 0x0a00_0000;

    private final TargetWindows windows = new TargetWindows(SLOTS + 1, TrafficClass.count());
    private final FlowHash hash = new FlowHash(1);
    private final TargetTable addresses = new TargetTable(SLOTS, windows, hash);
    private final SampleRing samples = new SampleRing();
    private final ProtectedTargets targets;
    private final FloodMonitor monitor;
    private final List<FloodReport> reports = new ArrayList<>();
    private final List<Flood> floods = new ArrayList<>();
    private final PacketBatch batch = new PacketBatch();
    private boolean isKnown;
    private long nowNanos = TimeUnit.DAYS.toNanos(20_000);

    public Scene(Thresholds ofAddress, Thresholds ofPrefix) {
        targets = new ProtectedTargets(
                addresses,
                SLOTS,
                List.of(new IpPrefix(4, 0, IpAddress.mapped(PREFIX_FIRST), 8)),
                List.of(new Limits(ofAddress)),
                List.of(new Limits(ofPrefix)),
                true);
        monitor = new FloodMonitor(windows, targets, samples, hash, this, false);
        windows.advance(nowNanos);
    }

    /** Sets the columns of packet {@code number} at index 0 of a batch; what isn't set is 0. */
    public interface Shape {
        void set(PacketBatch batch, int number);
    }

    /** Target number of an address 10.x.x.x, which gets a slot. */
    public int target(int host) {
        return targets.enter(0, IpAddress.mapped(PREFIX_FIRST + host), 0, nowNanos);
    }

    /** Target number of an address that has one already. */
    public int find(int host) {
        return addresses.find(0, IpAddress.mapped(PREFIX_FIRST + host));
    }

    /** Counts and samples packets of a class toward an address and its prefix. */
    public Scene send(int target, TrafficClass trafficClass, int packets, int lengthBytes, Shape shape) {
        int ordinal = trafficClass.ordinal();
        for (int n = 0; n < packets; n++) {
            windows.count(target, ordinal, lengthBytes);
            windows.count(PREFIX_TARGET, ordinal, lengthBytes);
            clear();
            batch.ipVersion[0] = 4;
            batch.ipOffset[0] = 14;
            batch.transportOffset[0] = 34;
            shape.set(batch, n);
            batch.destinationHigh[0] = addresses.addressHigh(target);
            batch.destinationLow[0] = addresses.addressLow(target);
            samples.add(batch, 0, target, PREFIX_TARGET, ordinal, nowNanos);
            if (isKnown) {
                samples.knowNewest();
            }
        }
        return this;
    }

    /** Whether the sources of what is sent from now on were there before. */
    public Scene know(boolean areKnown) {
        isKnown = areKnown;
        return this;
    }

    /** Number of the sample of the packet that was sent last. */
    public long newestSample() {
        return samples.added() - 1;
    }

    /** Completes the handshake of a SYN. */
    public void complete(int target, long sentNanos, long sample) {
        windows.prove(target, TrafficClass.SYN.ordinal(), sentNanos, 1, 60, true);
        windows.prove(PREFIX_TARGET, TrafficClass.SYN.ordinal(), sentNanos, 1, 60, true);
        if (samples.added() - sample <= SampleRing.CAPACITY) {
            samples.prove((int) sample & SampleRing.CAPACITY - 1);
        }
    }

    private void clear() {
        batch.sourceHigh[0] = 0;
        batch.sourceLow[0] = 0;
        batch.sourcePort[0] = 0;
        batch.destinationPort[0] = 0;
        batch.destinationHigh[0] = 0;
        batch.destinationLow[0] = 0;
        batch.protocol[0] = 0;
        batch.tcpFlags[0] = 0;
        batch.tcpOptions[0] = 0;
        batch.tcpWindow[0] = 0;
        batch.tcpSequence[0] = 0;
        batch.payloadLength[0] = 0;
        batch.icmpTypeCode[0] = 0;
        batch.application[0] = 0;
        batch.fragment[0] = 0;
    }

    /** Judges the bucket and moves to the next. */
    public Scene tick() {
        nowNanos = windows.bucketEndNanos();
        monitor.tick(nowNanos);
        windows.advance(nowNanos);
        return this;
    }

    /** Quiet ticks for so long. */
    public Scene pass(long millis) {
        for (long n = 0; n < millis / 8; n++) {
            tick();
        }
        return this;
    }

    /** Sends packets in each tick for so long, at a rate. */
    public Scene stream(int target, TrafficClass trafficClass, double packetsPerSecond, long millis, Shape shape) {
        double owed = 0;
        for (long n = 0; n < millis / 8; n++) {
            owed += packetsPerSecond * 0.008;
            send(target, trafficClass, (int) owed, 100, shape);
            owed -= (int) owed;
            tick();
        }
        return this;
    }

    @Override
    public void started(Flood flood, FloodReport report) {
        floods.add(flood);
        reports.add(report);
    }

    @Override
    public void updated(FloodReport report) {
        reports.add(report);
    }

    @Override
    public void ended(Flood flood, FloodReport report) {
        floods.remove(flood);
        reports.add(report);
    }

    /** Every report so far. */
    public List<FloodReport> reports() {
        return reports;
    }

    /** Floods that are on. */
    public List<Flood> floods() {
        return floods;
    }

    public TargetWindows windows() {
        return windows;
    }

    public ProtectedTargets targets() {
        return targets;
    }

    public FloodMonitor monitor() {
        return monitor;
    }

    public FlowHash hash() {
        return hash;
    }

    public long nowNanos() {
        return nowNanos;
    }
}
