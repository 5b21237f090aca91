package io.weir.detector.cli;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.Pipeline;
import io.weir.detector.event.Event;
import io.weir.detector.event.EventWriter;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.report.FloodLine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Judges simulated floods by an engine that is thrown away, and tells of them to nobody: code that never ran would let the
 * first queue fill.
 */
final class WarmUp {
    /** Of simulated time, some 80,000 packets: by then what judges a flood is compiled. */
    static final double SECONDS = 3;

    /** Who drops nothing holds nobody up: enough not to fall behind, of a start that is soon over. */
    static final double OBSERVING_SECONDS = 0.9;

    private WarmUp() {}

    static void run(double seconds) {
        LoadProfile profile = LoadProfiles.named("mixed")
                .orElseThrow()
                .withSeconds(seconds)
                .withFloodStart(0.3)
                .withFloodSeconds(seconds - 0.6);
        EventWriter events = new EventWriter(OutputStream.nullOutputStream());
        Engine engine = new Engine(EngineSettings.forReplay(WeirConfig.DEFAULT, false), event -> {
            events.accept(event);
            if (event instanceof Event.FloodChanged flood) {
                FloodLine.of(flood.report());
            }
        });
        try (events;
                SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, 1))) {
            Pipeline pipeline = new Pipeline(source, engine.worker(), List.of(), new LatencyRecorder(false));
            while (pipeline.doWork() != PacketSource.END) {
                // Until it is over.
            }
            engine.finish();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
