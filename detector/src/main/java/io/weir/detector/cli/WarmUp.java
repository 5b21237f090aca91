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
    /** Of simulated time, some 80,000 packets: by then what judges a flood is compiled. */
    private static final double SECONDS = 3;

    private WarmUp() {}

    static void run() {
        LoadProfile profile = LoadProfiles.named("mixed")
                .orElseThrow()
                .withSeconds(SECONDS)
                .withFloodStart(0.3)
                .withFloodSeconds(SECONDS - 0.6);
        try (EventWriter events = new EventWriter(OutputStream.nullOutputStream());
                Alerts alerts = Alerts.open(AlertsConfig.NONE, (_, _) -> {}, _ -> {});
                SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, 1))) {
            RunLog log = new RunLog(new PrintWriter(Writer.nullWriter()));
            Findings findings = new Findings(1);
            Engine engine = new Engine(EngineSettings.forReplay(WeirConfig.DEFAULT, false), event -> {
                findings.note(event);
                log.tell(event);
                events.accept(event);
                alerts.accept(event);
            });
            engine.use(new NoKernel());
            Pipeline pipeline = new Pipeline(source, engine.worker(), List.of(), new LatencyRecorder(false));
            while (pipeline.doWork() != PacketSource.END) {
                // Until it is over.
            }
            engine.finish();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Is asked to drop all that a kernel would be. */
    private static final class NoKernel implements Offload {
        @Override
        public boolean isPossible(Offloaded wanted) {
            return true;
        }

        @Override
        public void drop(List<Offloaded> wanted) {
            // It is said that it was done.
        }

        @Override
        public boolean isAlone() {
            return true;
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
