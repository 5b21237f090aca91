package io.weir.detector.daemon;

import io.weir.capture.linux.Capability;
import io.weir.capture.linux.NfShield;
import io.weir.capture.linux.QueueCounters;
import io.weir.capture.linux.QueueRules;
import io.weir.capture.linux.QueueSettings;
import io.weir.capture.linux.RuleKeeper;
import io.weir.capture.sink.KernelVerdictSink;
import io.weir.capture.source.NfQueueSource;
import io.weir.detector.api.Intake;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.RunConfig.Overload;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Has packets wait for a verdict, in a queue for each worker. */
record QueuedTraffic(List<NfQueueSource> sources, QueueRules rules, RuleKeeper keeper) implements LiveTraffic {
    static QueuedTraffic open(RunConfig run, QueueRules rules) throws IOException {
        List<NfQueueSource> sources = new ArrayList<>();
        try {
            for (int worker = 0; worker < run.workers(); worker++) {
                sources.add(NfQueueSource.open(QueueSettings.of(rules.firstQueue() + worker, run.interfaces())
                        .withOverloadOpen(run.overload() == Overload.OPEN)));
            }
        } catch (IOException refused) {
            sources.forEach(NfQueueSource::close);
            throw refused;
        }
        // What a daemon that was killed left: one that lives has these queues.
        NfShield.remove();
        return new QueuedTraffic(sources, rules, new RuleKeeper());
    }

    @Override
    public List<Share> shares() {
        return sources.stream()
                .map(source -> new Share(source, List.of(source.verdicts())))
                .toList();
    }

    @Override
    public void begin() throws IOException {
        keeper.install(rules);
        for (NfQueueSource source : sources) {
            discard(source);
        }
    }

    /** What rules of a daemon that was killed put into the queue meanwhile: judged now it would look like a flood. */
    private static void discard(NfQueueSource source) throws IOException {
        PacketBatch batch = new PacketBatch();
        Arrays.fill(batch.verdict, Verdict.of(Reason.TOTAL_LIMIT));
        KernelVerdictSink verdicts = source.verdicts();
        boolean isMore = true;
        for (int dropped = 0; isMore && dropped < QueueSettings.CAPACITY_PACKETS; dropped += batch.size) {
            isMore = source.fill(batch) == PacketBatch.CAPACITY;
            verdicts.accept(batch);
        }
    }

    @Override
    public void change(LiveSettings settings) throws IOException {
        keeper.install(settings.queueRules());
    }

    @Override
    public Optional<String> heal() throws IOException {
        return keeper.heal()
                ? Optional.of(
                        "another program took table inet weir or rules of it out of the kernel: put back, after at"
                                + " most half a second in which packets passed unjudged")
                : Optional.empty();
    }

    @Override
    public void end() throws IOException {
        keeper.end();
        try {
            QueueRules.remove();
        } finally {
            sources.forEach(NfQueueSource::interrupt);
        }
    }

    @Override
    public long lostPackets() {
        return sources.stream()
                .map(NfQueueSource::counters)
                .mapToLong(counters -> counters.refusedPackets() + counters.skippedPackets())
                .sum();
    }

    @Override
    public List<Intake> intakes() {
        List<Intake> intakes = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            QueueCounters counters = sources.get(i).counters();
            QueueCounters.Fill fill = counters.fill();
            intakes.add(new Intake(
                    "queue " + (rules.firstQueue() + i),
                    fill.waitingPackets(),
                    QueueSettings.CAPACITY_PACKETS,
                    "packets",
                    fill.refusedPackets() + counters.skippedPackets()));
        }
        return intakes;
    }

    @Override
    public Set<Capability> kept() {
        return Set.of(Capability.CAP_NET_ADMIN);
    }

    @Override
    public void close() {
        sources.forEach(NfQueueSource::close);
    }
}
