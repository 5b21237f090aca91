package io.weir.detector.daemon;

import io.weir.detector.event.Event;
import io.weir.detector.event.EventListener;
import io.weir.detector.flood.Flood;
import io.weir.detector.flood.FloodListener;
import io.weir.detector.flood.FloodMonitor;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.scan.FloodedTargets;
import io.weir.detector.scan.ScanWatch;
import io.weir.detector.scrub.Mitigation;
import io.weir.detector.scrub.OffloadDesk;
import io.weir.detector.scrub.Scrubber;
import io.weir.detector.scrub.SignatureDesk;
import io.weir.detector.scrub.SourceTable;
import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SessionRing;
import io.weir.detector.window.SweepRing;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.FlowTracker;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The control step: windows to alarms, alarms to the mitigation plan, both to events. Runs inline on the worker of a
 * replay, whenever packet time has moved a tick, after 4,096 packets at the latest, 512 while no flood is on, and at the end
 * of the input.
 */
final class ControlLoop implements FloodListener {
    /** A tick costs some 15 µs while floods are looked after, else next to nothing. */
    private static final int PACKETS_PER_TICK = 4096;

    /** So many of a flood wait to be heard of, at most. */
    private static final int PACKETS_PER_TICK_IN_PEACE = 512;

    private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TargetWindows windows;
    private final ProtectedTargets targets;
    private final Mitigation mitigation;
    private final SignatureDesk signatures;
    private final OffloadDesk offload;
    private final FlowTracker flows;
    private final Scrubber scrubber;
    private final SourceTable sources;
    private final EventListener events;
    private final FloodMonitor monitor;
    private final ScanWatch scans;

    private long bucketEndNanos = Long.MIN_VALUE;
    private int packetsSinceTick;
    private int floodsOn;
    private long displacedReported;
    private long untrackedReported;
    private long sourcesReported;
    private long nextTableEventNanos = Long.MIN_VALUE;
    private long sacrificedReported;
    private long nextTotalEventNanos = Long.MIN_VALUE;

    ControlLoop(
            TargetWindows windows,
            ProtectedTargets targets,
            SampleRing samples,
            SessionRing sessions,
            SweepRing sweeps,
            FlowHash hash,
            Mitigation mitigation,
            SignatureDesk signatures,
            OffloadDesk offload,
            FlowTracker flows,
            Scrubber scrubber,
            SourceTable sources,
            EventListener events,
            boolean isObserving) {
        this.windows = windows;
        this.targets = targets;
        this.mitigation = mitigation;
        this.signatures = signatures;
        this.offload = offload;
        this.flows = flows;
        this.scrubber = scrubber;
        this.sources = sources;
        this.events = events;
        this.monitor = new FloodMonitor(windows, targets, samples, hash, this, isObserving);
        this.scans = new ScanWatch(
                samples,
                sessions,
                sweeps,
                hash,
                floodedTargets(monitor),
                report -> events.accept(new Event.SuspectNoticed(report)));
    }

    /** Says who is trusted from now on. */
    void trust(List<IpPrefix> prefixes) {
        monitor.trust(prefixes);
    }

    private static FloodedTargets floodedTargets(FloodMonitor monitor) {
        return new FloodedTargets() {
            @Override
            public boolean areRequestsFlooding(long addressHigh, long addressLow) {
                return monitor.areRequestsFlooding(addressHigh, addressLow);
            }

            @Override
            public boolean isFloodedBy(
                    long sourceHigh,
                    long sourceLow,
                    int protocol,
                    boolean isOpening,
                    long addressHigh,
                    long addressLow) {
                return monitor.isFloodedBy(sourceHigh, sourceLow, protocol, isOpening, addressHigh, addressLow);
            }
        };
    }

    /** Floods that are on, as they stand. */
    List<FloodReport> activeFloods(long nowNanos) {
        return monitor.active(nowNanos);
    }

    /** Says that what the worker drops passes. */
    void witness() {
        monitor.witness();
    }

    /** Whether drops are only reported from now on. */
    void observe(boolean isOn) {
        monitor.observe(isOn);
    }

    /**
     * Called before each packet is judged.
     *
     * @return whether a tick was due, so that the plan may have changed
     */
    boolean advance(long nowNanos) {
        if (nowNanos < bucketEndNanos && packetsBeforeTick() > 0) {
            packetsSinceTick++;
            return false;
        }
        if (bucketEndNanos != Long.MIN_VALUE) {
            if (nowNanos >= bucketEndNanos) {
                mitigation.countEstablished(windows);
            }
            // What the ended bucket held is judged at its own end, however far time has jumped since.
            tick(Math.min(nowNanos, bucketEndNanos));
        }
        boolean isJump =
                bucketEndNanos != Long.MIN_VALUE && nowNanos - bucketEndNanos > TargetWindows.FAST_BUCKET_NANOS;
        windows.advance(nowNanos);
        bucketEndNanos = windows.bucketEndNanos();
        packetsSinceTick = 1;
        if (isJump) {
            tick(nowNanos);
        }
        return true;
    }

    /** How many packets may come before {@link #tickNanos} until a tick is due. */
    int packetsBeforeTick() {
        return (floodsOn > 0 ? PACKETS_PER_TICK : PACKETS_PER_TICK_IN_PEACE) - packetsSinceTick;
    }

    /** From when on a tick is due. */
    long tickNanos() {
        return bucketEndNanos;
    }

    /** Lets so many packets pass at once, no more than may come before the next tick. */
    void pass(int packets) {
        packetsSinceTick += packets;
    }

    private void tick(long nowNanos) {
        offload.count(nowNanos);
        reportSacrifices(nowNanos);
        monitor.tick(nowNanos);
        signatures.tick(nowNanos);
        mitigation.tick(nowNanos);
        scans.tick(nowNanos);
        reportTables(nowNanos);
    }

    /** Ends what is on, and forgets the time: a new stream begins. */
    void restart(long nowNanos) {
        finish(nowNanos);
        windows.restart();
        monitor.restart();
        signatures.restart();
        bucketEndNanos = Long.MIN_VALUE;
        nextTableEventNanos = Long.MIN_VALUE;
        nextTotalEventNanos = Long.MIN_VALUE;
    }

    void finish(long nowNanos) {
        if (bucketEndNanos != Long.MIN_VALUE) {
            mitigation.countEstablished(windows);
            tick(nowNanos);
            scans.finish(nowNanos); // while it is known what floods
            monitor.finish(nowNanos);
        }
    }

    @Override
    public void started(Flood flood, FloodReport report) {
        floodsOn++;
        mitigation.begin(flood, report.isPrefix(), report.timeNanos());
        signatures.started(flood, report.timeNanos());
        // Found in what came before the alarm, so that the first word of it can say what it is.
        events.accept(new Event.FloodChanged(report.with(flood.signatures())));
    }

    @Override
    public void updated(FloodReport report) {
        events.accept(new Event.FloodChanged(report));
    }

    @Override
    public void ended(Flood flood, FloodReport report) {
        floodsOn--;
        mitigation.end(flood);
        signatures.ended(flood, report.timeNanos());
        events.accept(new Event.FloodChanged(report));
    }

    private void reportTables(long nowNanos) {
        if (nowNanos < nextTableEventNanos) {
            return;
        }
        long displaced = flows.connectionEvictions() + flows.connectionRefusals();
        if (displaced > displacedReported) {
            displacedReported = displaced;
            nextTableEventNanos = nowNanos + REPEAT_NANOS;
            events.accept(new Event.TableFull(nowNanos, "connections", flows.connectionCapacity(), displacedReported));
        }
        if (sources.displaced() > sourcesReported) {
            sourcesReported = sources.displaced();
            nextTableEventNanos = nowNanos + REPEAT_NANOS;
            events.accept(new Event.TableFull(nowNanos, "sources", sources.capacity(), sourcesReported));
        }
        if (monitor.untracked() > untrackedReported) {
            untrackedReported = monitor.untracked();
            nextTableEventNanos = nowNanos + REPEAT_NANOS;
            events.accept(new Event.TableFull(nowNanos, "floods", FloodMonitor.MOST_FLOODS, untrackedReported));
        }
    }

    private void reportSacrifices(long nowNanos) {
        if (scrubber.sacrificedSum() == sacrificedReported || nowNanos < nextTotalEventNanos) {
            return;
        }
        sacrificedReported = scrubber.sacrificedSum();
        nextTotalEventNanos = nowNanos + REPEAT_NANOS;
        for (int i = 0; i < windows.touchedCount(); i++) {
            int target = windows.touched(i);
            long packets = scrubber.takeSacrificed(target);
            if (packets > 0) {
                events.accept(
                        new Event.TotalExceeded(nowNanos, targets.text(target), targets.isPrefix(target), packets));
            }
        }
    }
}
