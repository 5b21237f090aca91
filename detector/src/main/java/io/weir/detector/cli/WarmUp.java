package io.weir.detector.cli;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.source.PacketSource;
import io.weir.detector.alert.Alerts;
import io.weir.detector.config.AlertsConfig;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.Pipeline;
import io.weir.detector.event.EventWriter;
import io.weir.detector.event.Findings;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.scrub.Offload;
import io.weir.detector.scrub.Offloaded;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/**
 * Judges simulated floods by an engine that is thrown away, and tells of them to nobody: code that never ran would let the
 * first queue fill.
 */
final class WarmUp {
    /** An alarm's own work, as the search for a signature, is done once an alarm. Who drops nothing holds nobody up. */
    static final int ALARMS = 12;

    static final int ALARMS_OBSERVING = 2;

    /** Of simulated time: more than what is back by that begins anew. */
    private static final double SECONDS = 1.2;

    /** Some 7,000 packets, at the end. */
    private static final double FLOOD_SECONDS = 0.3;

    private WarmUp() {}

    /**
     * @param alarms of each kind of flood
     * @return what the kernel would have been asked to drop at once
     */
    static List<Offloaded> run(int alarms) {
        NoKernel kernel = new NoKernel();
        try (EventWriter events = new EventWriter(OutputStream.nullOutputStream());
                Alerts alerts = Alerts.open(AlertsConfig.NONE, (_, _) -> {}, _ -> {})) {
            RunLog log = new RunLog(new PrintWriter(Writer.nullWriter()));
            Findings findings = new Findings(1);
            Engine engine = new Engine(EngineSettings.forReplay(WeirConfig.DEFAULT, false), event -> {
                findings.note(event);
                log.tell(event);
                events.accept(event);
                alerts.accept(event);
            });
            engine.use(kernel);
            for (int seed = 0; seed < alarms; seed++) {
                judge(seed, engine);
            }
            engine.finish();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return kernel.most;
    }

    private static void judge(long seed, Engine engine) throws IOException {
        LoadProfile profile = LoadProfiles.named("mixed")
                .orElseThrow()
                .withSeconds(SECONDS)
                .withFloodStart(SECONDS - FLOOD_SECONDS)
                .withFloodSeconds(FLOOD_SECONDS);
        try (SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, seed))) {
            Pipeline pipeline = new Pipeline(source, engine.worker(), List.of(), new LatencyRecorder(false));
            while (pipeline.doWork() != PacketSource.END) {
                // Until it is over.
            }
        }
    }

    /** Is asked to drop all that a kernel would be. */
    private static final class NoKernel implements Offload {
        private List<Offloaded> most = List.of();

        @Override
        public boolean isPossible(Offloaded wanted) {
            return true;
        }

        @Override
        public void drop(List<Offloaded> wanted) {
            most = wanted.size() > most.size() ? wanted : most;
        }

        @Override
        public boolean isAlone() {
            return true;
        }

        @Override
        public void refuse(long high, long low) {
            // Nobody comes back.
        }

        @Override
        public long refusedPackets() {
            return 0;
        }

        @Override
        public long refusedBytes() {
            return 0;
        }

        @Override
        public long bannedPackets() {
            return 0;
        }

        @Override
        public long bannedBytes() {
            return 0;
        }
    }
}
