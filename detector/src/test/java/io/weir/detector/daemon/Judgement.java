package io.weir.detector.daemon;

import io.weir.capture.load.Label;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** What an engine made of a recording. */
final class Judgement {
    private final Recording recording;
    private final Engine engine;
    private final List<Event> events = new ArrayList<>();
    private final int[] verdicts;
    private final int[] tcpFlags;

    private Judgement(EngineSettings settings, Recording recording) {
        this.recording = recording;
        this.engine = new Engine(settings, events::add);
        this.verdicts = new int[recording.size()];
        this.tcpFlags = new int[recording.size()];
    }

    /** Judges everything in batches of one size. */
    static Judgement of(EngineSettings settings, Recording recording, int batchSize) {
        Judgement judgement = new Judgement(settings, recording);
        judgement.judge(batchSize);
        return judgement;
    }

    private void judge(int batchSize) {
        PacketBatch batch = new PacketBatch();
        for (int from = 0; from < recording.size(); from += batch.size) {
            recording.fill(batch, from, batchSize);
            engine.worker().judge(batch);
            System.arraycopy(batch.verdict, 0, verdicts, from, batch.size);
            System.arraycopy(batch.tcpFlags, 0, tcpFlags, from, batch.size);
        }
        engine.finish();
    }

    /** Every event, in the order they came. */
    List<Event> events() {
        return events;
    }

    Recording recording() {
        return recording;
    }

    Worker worker() {
        return engine.worker();
    }

    /** The packed verdict of each packet. */
    int[] verdicts() {
        return verdicts.clone();
    }

    Reason reason(int packet) {
        return Verdict.reason(verdicts[packet]);
    }

    static Judgement of(EngineSettings settings, Recording recording) {
        return of(settings, recording, PacketBatch.CAPACITY);
    }

    /** Reports of floods in one state, in the order they came. */
    List<FloodReport> floods(FloodReport.State state) {
        return events.stream()
                .filter(Event.FloodChanged.class::isInstance)
                .map(event -> ((Event.FloodChanged) event).report())
                .filter(report -> report.state() == state)
                .toList();
    }

    boolean isDropped(int packet) {
        return Verdict.isDrop(verdicts[packet]);
    }

    boolean isLegitimate(int packet) {
        return !Label.isAttack(recording.label(packet));
    }

    boolean isSyn(int packet) {
        return (tcpFlags[packet] & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
    }

    long count(IntPredicate packet) {
        return IntStream.range(0, recording.size()).filter(packet).count();
    }

    /** Packets by the counters: passed if {@code dropped} is false. */
    long counted(boolean dropped) {
        long sum = 0;
        for (Reason reason : Reason.values()) {
            sum += worker().reasons().packets(reason, dropped);
        }
        return sum;
    }
}
