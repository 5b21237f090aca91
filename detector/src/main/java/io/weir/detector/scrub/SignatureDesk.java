package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.window.PeaceSamples;
import io.weir.detector.window.SampleRing;
import io.weir.detector.window.TargetTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the signatures of floods: has them searched when an alarm is raised and while it lasts, parks them when it ends,
 * and tells the workers. Control step only.
 */
public final class SignatureDesk {
    private final SampleRing samples;
    private final SampleRing missed;
    private final SignatureBoard board;
    private final PeaceRecord peace;
    private final ParkedSignatures parked;
    private final SampleRows scratch = new SampleRows(SignatureCase.MOST_SAMPLES);
    private final PeaceSamples.Judge judge = this::isPeace;
    private final List<SignatureCase> cases = new ArrayList<>();
    private final OffloadDesk offload;

    /**
     * @param samples of what is unproven
     * @param missed of what active signatures missed
     */
    public SignatureDesk(
            SampleRing samples,
            SampleRing missed,
            PeaceSamples peace,
            TargetTable addresses,
            SignatureBoard board,
            OffloadDesk offload) {
        this.samples = samples;
        this.missed = missed;
        this.board = board;
        this.peace = new PeaceRecord(peace);
        this.parked = new ParkedSignatures(addresses);
        this.offload = offload;
    }

    /** An alarm was raised: what is parked drops at once, else a signature is looked for in what came so far. */
    public void started(Flood flood, long nowNanos) {
        int trafficClass = flood.trafficClass().ordinal();
        peace.takeBefore(flood.startNanos(), trafficClass, flood.target(), judge);
        Optional<SignatureWatch> known = parked.unpark(flood);
        SignatureWatch watch = new SignatureWatch(flood.target(), trafficClass, flood.number());
        List<LiveSignature> proven = known.map(SignatureWatch::signatures).orElse(List.of());
        proven.forEach(live -> live.setActive(true));
        watch.set(proven);
        SignatureCase opened = new SignatureCase(flood, watch, samples, missed, peace, scratch, nowNanos);
        cases.add(opened);
        offload.want(cases, nowNanos);
        if (offload.isLimiting(flood)) {
            // While it comes this fast a search would hold up thousands of packets; soon the kernel lets few through.
            opened.pause(nowNanos);
        } else {
            opened.tick(nowNanos);
        }
        publish();
    }

    /** A flood ended, or the input did. */
    public void ended(Flood flood, long nowNanos) {
        for (SignatureCase one : List.copyOf(cases)) {
            if (one.flood() == flood) {
                cases.remove(one);
                parked.park(flood, one.watch(), nowNanos);
            }
        }
        publish();
    }

    /** Called every tick, after alarms were raised and ended. */
    public void tick(long nowNanos) {
        peace.tick(nowNanos, alarmedClasses(), judge);
        boolean isChanged = parked.tick(nowNanos);
        for (int i = 0; i < cases.size(); i++) {
            isChanged |= cases.get(i).tick(nowNanos);
        }
        if (isChanged) {
            publish();
        }
        offload.want(cases, nowNanos);
    }

    /** Forgets what depends on time: a new stream begins. */
    public void restart() {
        cases.clear();
        parked.clear();
        peace.restart();
        publish();
    }

    private int alarmedClasses() {
        int classes = 0;
        for (int i = 0; i < cases.size(); i++) {
            classes |= 1 << cases.get(i).watch().trafficClass();
        }
        return classes;
    }

    /** No SYN is taken by its age: its handshake tells. Else what came during a flood of its class and target isn't. */
    private boolean isPeace(int sample) {
        int trafficClass = samples.trafficClass(sample);
        if (trafficClass == TrafficClass.SYN.ordinal()) {
            return false;
        }
        for (int i = 0; i < cases.size(); i++) {
            SignatureCase one = cases.get(i);
            long sinceNanos = one.flood().startNanos() - PeaceRecord.ONSET_DOUBT_NANOS;
            if (one.watch().trafficClass() == trafficClass
                    && samples.matches(sample, one.watch().target(), trafficClass, sinceNanos)) {
                return false;
            }
        }
        return !parked.hasSignature(samples.rows(), SampleRing.row(sample), trafficClass);
    }

    private void publish() {
        List<SignatureWatch> watches = new ArrayList<>(parked.watches());
        cases.forEach(one -> watches.add(one.watch()));
        board.publish(watches);
    }
}
