package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.SessionRecorder;
import io.weir.detector.scrub.BanTable;
import io.weir.detector.testing.Json;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.ReasonCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run --record} writes, {@code replay} judges the same way; here without a kernel. */
class RecordedSessionTest {
    private static final long HASH_KEY = 0x1234_5678_9abc_def0L;
    private static final long SECOND_NANOS = 1_000_000_000L;

    @TempDir
    private Path folder = Path.of("");

    private final List<String> said = new ArrayList<>();

    /** A session with a flood, a ban and a while of observing in it, and silence at its end. */
    private Engine record(Path capture) throws IOException {
        EngineSettings settings = EngineSettings.forLive(
                WeirConfig.DEFAULT, List.of(ProtectedPrefix.of(IpPrefix.ANY_IPV4)), HASH_KEY, false);
        Engine engine = new Engine(settings, event -> {});
        LoadProfile profile = LoadProfiles.named("udp")
                .orElseThrow()
                .withSeconds(4)
                .withFloodStart(1)
                .withFloodSeconds(2);
        PacketBatch batch = new PacketBatch();
        try (SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, 1));
                SessionRecorder recorder = SessionRecorder.create(capture, engine, settings, new byte[0], said::add)) {
            for (int batches = 1; source.fill(batch) != PacketSource.END; batches++) {
                // Cut differently from how the file is read.
                batch.size = Math.min(batch.size, 50 + batches % 200);
                engine.worker().judge(batch);
                recorder.accept(batch);
                if (batches == 40) {
                    engine.ban(BanTable.of(List.of(IpPrefix.host(batch.sourceHigh[0], batch.sourceLow[0]))));
                }
                if (batches == 80 || batches == 100) {
                    engine.observe(batches == 80);
                }
            }
            for (int second = 1; second < 20; second++) {
                long timeNanos = engine.worker().nowNanos() + SECOND_NANOS;
                engine.worker().idle(timeNanos);
                recorder.idle(timeNanos);
            }
        }
        engine.finish();
        return engine;
    }

    private static long packets(Map<String, Object> summary, Reason reason) {
        Object tally = Json.asObject(summary.get("reasons")).get(reason.text());
        return tally == null ? 0 : Json.asLong(Json.asObject(tally).get("packets"));
    }

    @Test
    void replaysToTheVerdictsGivenLive() throws IOException {
        Path capture = folder.resolve("session.pcapng");
        ReasonCounters live = record(capture).worker().reasons();
        Weir.Answer run = Weir.run("replay", "--json", capture);
        Map<String, Object> summary = Json.object(run.expect(ExitStatus.DONE).out());
        assertTrue(run.err().contains("verdicts are the same"), run.err());
        for (Reason reason : Reason.values()) {
            assertEquals(
                    live.packets(reason, true) + live.packets(reason, false),
                    packets(summary, reason),
                    reason::toString);
        }
        assertTrue(live.packets(Reason.UDP_FLOOD, true) > 0 && live.packets(Reason.BAN, true) > 0);
        assertEquals(List.of(), said);
    }

    @Test
    void saysWhichVerdictDiffersFromTheOneGivenLive() throws IOException {
        Path capture = folder.resolve("session.pcapng");
        record(capture);
        Path config = folder.resolve("other.yaml");
        Files.writeString(config, "protect: [{ prefix: 0.0.0.0/0, thresholds: { udp: { pps: 100 } } }]\n");
        Weir.Answer run = Weir.run("replay", "--config", config, capture);
        run.expect(ExitStatus.FAILED);
        assertTrue(run.err().contains("verdicts differ, the first: packet "), run.err());
    }

    @Test
    void saysThatARecordingIsCutOff() throws IOException {
        Path capture = folder.resolve("session.pcapng");
        record(capture);
        Path session = folder.resolve("session.pcapng.session");
        byte[] whole = Files.readAllBytes(session);
        Files.write(session, Arrays.copyOf(whole, whole.length / 2));
        Weir.Answer run = Weir.run("replay", capture);
        run.expect(ExitStatus.FAILED);
        assertTrue(run.err().contains("session.pcapng.session: truncated"), run.err());
    }

    @Test
    void refusesARecordingThatIsNoPcapng() {
        Weir.Answer run = Weir.run("run", "--record", "session.pcap");
        run.expect(ExitStatus.WRONG_USAGE);
        assertTrue(run.err().contains("must end in .pcapng"), run.err());
    }
}
