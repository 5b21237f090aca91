package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.detector.testing.Packets;
import io.weir.detector.testing.Packets.Packet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replay writes: events after their schema, every packet in one of two captures, the same on every run. */
class ReplayOutputsTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"peace", "syn", "udp", "ack", "icmp", "dns", "http", "mixed"})
    void writesTheSameBytesOnEveryRun(String profile) throws IOException {
        Path capture = Weir.simulate(folder, profile);
        ReplayFiles first = ReplayFiles.replay(capture, folder.resolve("first"));
        ReplayFiles second = ReplayFiles.replay(capture, folder.resolve("second"));
        first.assertSame(second);
        first.assertHoldsEveryPacketOf(capture);
        List<Map<String, Object>> events = EventSchema.check(first.events());
        assertEquals(profile.equals("peace"), events.isEmpty(), events::toString);
    }

    /** Nothing may hang on a hash code, a thread or the machine's time. */
    @Test
    void writesTheSameBytesInAnotherProcess() throws IOException, InterruptedException {
        Path capture = Weir.simulate(folder, "mixed");
        ReplayFiles here = ReplayFiles.replay(capture, folder.resolve("here"));
        ReplayFiles there = ReplayFiles.in(folder.resolve("there"));
        WeirProcess.run(new byte[0], there.arguments(capture.toString())).expect(ExitStatus.DONE);
        here.assertSame(there);
    }

    @Test
    void dropsNothingWhenObserving() throws IOException {
        Path capture = Weir.simulate(folder, "udp");
        ReplayFiles files = ReplayFiles.replay(capture, folder.resolve("observed"), "--observe");
        assertEquals(List.of(), Packets.of(files.drop()));
        assertEquals(Packets.of(capture), Packets.of(files.pass()));
        List<Map<String, Object>> events = EventSchema.check(files.events());
        assertEquals(List.of("started", "ended"), List.of(state(events.getFirst()), state(events.getLast())));
    }

    @Test
    void sourcesKnownFromOneCaptureKeepTheirLaneInAnother() {
        String flood = Weir.simulate(folder, "syn").toString();
        String peace = Weir.simulate(folder, "peace").toString();
        String known = folder.resolve("known").toString();
        Weir.run("replay", "--save-sources", known, peace).expect(ExitStatus.DONE);
        long without = credible(Weir.run("replay", "--json", flood).expect(ExitStatus.DONE));
        long with =
                credible(Weir.run("replay", "--json", "--sources", known, flood).expect(ExitStatus.DONE));
        assertTrue(with > without, with + " packets of credible sources, " + without + " where none was known before");
    }

    private static long credible(Weir.Answer answer) {
        Map<String, Object> collateral = Json.asObject(Json.object(answer.out()).get("collateral"));
        return Json.asLong(Json.asObject(collateral.get("credible")).get("passed"));
    }

    @Test
    void tellsHowLongEveryPacketTookInFilesOfHdrHistogram() throws IOException {
        Path capture = Weir.simulate(folder, "peace");
        Path log = folder.resolve("replay.hlog");
        Path distribution = folder.resolve("replay.hgrm");
        Weir.Answer answer = Weir.run("replay", "--json", "--latency", log, "--latency", distribution, capture)
                .expect(ExitStatus.DONE);
        long packets = Json.asLong(Json.object(answer.out()).get("packets"));
        long booked = 0;
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            while (reader.nextIntervalHistogram() instanceof Histogram interval) {
                assertEquals("batch", interval.getTag());
                booked += interval.getTotalCount();
            }
        }
        assertEquals(packets, booked);
        assertTrue(
                Files.readString(distribution).contains("Total count    = %12d".formatted(packets)),
                distribution::toString);
        Weir.Answer over = Weir.run("replay", "--latency", "x.txt", capture).expect(ExitStatus.WRONG_USAGE);
        assertTrue(over.err().contains("must end in .hlog or .hgrm"), over.err());
    }

    @Test
    void aFileThatHoldsNoSourcesIsAFault() throws IOException {
        Path capture = Weir.simulate(folder, "peace");
        Path wrong = Files.writeString(folder.resolve("wrong"), "something else entirely, long enough");
        Weir.Answer answer = Weir.run("replay", "--sources", wrong, capture).expect(ExitStatus.WRONG_USAGE);
        assertTrue(answer.err().contains("isn't a file of saved sources"), answer.err());
        Weir.Answer missing =
                Weir.run("replay", "--sources", folder.resolve("none"), capture).expect(ExitStatus.WRONG_USAGE);
        assertTrue(missing.err().contains("no such file"), missing.err());
        Weir.Answer collision =
                Weir.run("replay", "--save-sources", capture, capture).expect(ExitStatus.WRONG_USAGE);
        assertTrue(collision.err().contains("an output would destroy it"), collision.err());
    }

    private static String state(Map<String, Object> event) {
        return Json.asText(flood(event).get("state"));
    }

    private static Map<String, Object> flood(Map<String, Object> event) {
        return Json.asObject(event.get("flood"));
    }

    /** An empty capture is a capture: another tool can read it. */
    @Test
    void leavesValidFilesWhereNothingHappened() throws IOException {
        Path capture = Weir.simulate(folder, "peace");
        ReplayFiles files = ReplayFiles.replay(capture, folder.resolve("peace"), "--filter", "tcp port 9");
        assertEquals(0, Files.size(files.events()));
        assertEquals(List.of(), Packets.of(files.pass()));
        assertEquals(List.of(), Packets.of(files.drop()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"out.pcapng", "out.pcap.gz", "out.pcapng.gz"})
    void writesEveryFormatThatItReads(String name) throws IOException {
        Path capture = Weir.simulate(folder, "peace");
        Path out = folder.resolve(name);
        Weir.run("replay", "--pass", out, capture).expect(ExitStatus.DONE);
        List<Packet> packets = Packets.of(capture);
        assertEquals(packets, Packets.of(out));
        byte[] start = Files.readAllBytes(out);
        byte[] expected = name.endsWith(".gz") ? new byte[] {0x1f, (byte) 0x8b} : new byte[] {0x0a, 0x0d};
        assertArrayEquals(expected, new byte[] {start[0], start[1]});
    }

    @Test
    void writesClassicPcapWithNanoseconds() throws IOException {
        Path capture = Weir.simulate(folder, "peace");
        Path out = folder.resolve("out.pcap");
        Weir.run("replay", "--pass", out, capture).expect(ExitStatus.DONE);
        byte[] start = Files.readAllBytes(out);
        byte[] magic = {0x4d, 0x3c, (byte) 0xb2, (byte) 0xa1};
        assertArrayEquals(magic, new byte[] {start[0], start[1], start[2], start[3]});
    }

    /** What a prefix's flood and a full configuration look like in events. */
    @Test
    void tellsAFloodOfAPrefix() throws IOException {
        Path capture = Weir.simulate(folder, "syn");
        Path config = Files.writeString(folder.resolve("weir.yaml"), """
                protect:
                  - prefix: 198.51.100.0/24
                    thresholds: { syn: { pps: 1G } }
                    prefix_thresholds: { syn: { pps: 2k } }
                """);
        ReplayFiles files = ReplayFiles.replay(capture, folder.resolve("prefix"), "--config", config);
        List<Map<String, Object>> events = EventSchema.check(files.events());
        assertTrue(!events.isEmpty());
        assertEquals("198.51.100.0/24", events.getFirst().get("dest_prefix"));
        assertEquals(Map.of("pps", 2_000L), flood(events.getFirst()).get("threshold"));
        files.assertHoldsEveryPacketOf(capture);
    }
}
