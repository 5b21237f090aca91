package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replay tells: for people and as JSON, of everything and of a part. */
class ReplaySummaryTest {
    private static final String TARGET = "198.51.100.10";
    private static final List<String> CONTRACT =
            List.of("packets", "bytes", "passed", "dropped", "reasons", "floods", "decode", "latency_ns");

    @TempDir
    private static Path folder = Path.of("");

    private static Path syn = Path.of("");
    private static Path peace = Path.of("");

    @BeforeAll
    static void simulate() {
        syn = Weir.simulate(folder, "syn");
        peace = Weir.simulate(folder, "peace");
    }

    @Test
    void tellsAFloodToPeople() {
        Weir.Answer answer = Weir.run("replay", syn).expect(ExitStatus.DONE);
        assertEquals("", answer.err());
        TextShape.assertMatches(
                answer.out(),
                "Weir replayed FILE",
                "",
                "  Packets COUNT, SIZE over TIME (RATE packets/s, RATE bit/s)",
                "  Passed COUNT (SHARE)",
                "  Dropped COUNT (SHARE)",
                "",
                "  1 flood found",
                "    Start (UTC) Length Kind Target Peak Dropped Seen after",
                "    DATE TIME syn 198.51.100.10:80 RATE pps SHARE TIME",
                "      syn-spoofed, by pattern above RATE pps, COUNT packets from COUNT sources",
                "      dropped COUNT of COUNT packets of connections, COUNT of COUNT packets of credible sources, "
                        + "COUNT of COUNT packets of newcomers",
                "",
                "  Verdict Reason Packets Share Bytes",
                "  pass established COUNT SHARE SIZE",
                "  pass answer COUNT SHARE SIZE",
                "  pass accepted COUNT SHARE SIZE",
                "  pass credible COUNT SHARE SIZE",
                "  drop signature COUNT SHARE SIZE",
                "  drop syn-flood COUNT SHARE SIZE",
                "",
                "  Decoded COUNT ok",
                "  Latency p50 TIME, p99 TIME, p99.9 TIME, max TIME (a packet with its batch of up to 256)",
                "  Replayed in TIME (RATE packets/s)MORE");
    }

    @Test
    void tellsPeaceToPeople() {
        Weir.Answer answer = Weir.run("replay", peace).expect(ExitStatus.DONE);
        assertTrue(answer.out().contains("\n  No flood found.\n"), answer.out());
        assertTrue(answer.out().contains("\n  Dropped    0 (0.0 %)\n"), answer.out());
        assertFalse(answer.out().contains("Delayed"), answer.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"peace", "syn", "udp", "ack", "icmp", "dns", "http", "mixed"})
    void addsUpInJson(String profile) {
        Map<String, Object> json = Weir.run("replay", "--json", Weir.simulate(folder, profile))
                .expect(ExitStatus.DONE)
                .json();
        assertTrue(json.keySet().containsAll(CONTRACT), () -> "missing of the contract in " + json.keySet());
        long packets = Json.asLong(json.get("packets"));
        long bytes = Json.asLong(json.get("bytes"));
        assertTrue(packets > 4_000, () -> "only " + packets);
        assertEquals(packets, Json.asLong(json.get("passed")) + Json.asLong(json.get("dropped")));
        assertEquals(bytes, Json.asLong(json.get("passed_bytes")) + Json.asLong(json.get("dropped_bytes")));
        Map<String, Object> reasons = Json.asObject(json.get("reasons"));
        assertEquals(packets, sum(reasons, "packets", "pass") + sum(reasons, "packets", "drop"));
        assertEquals(bytes, sum(reasons, "bytes", "pass") + sum(reasons, "bytes", "drop"));
        assertEquals(Json.asLong(json.get("dropped")), sum(reasons, "packets", "drop"));
        Map<String, Object> decode = Json.asObject(json.get("decode"));
        assertEquals(packets, decode.values().stream().mapToLong(Json::asLong).sum());
        Map<String, Object> latency = Json.asObject(json.get("latency_ns"));
        assertEquals(List.of("p50", "p99", "p99.9", "max"), List.copyOf(latency.keySet()));
        assertTrue(Json.asLong(latency.get("p50")) <= Json.asLong(latency.get("max")));
        assertFloods(profile, Json.asArray(json.get("floods")));
    }

    private static long sum(Map<String, Object> reasons, String unit, String verdict) {
        return reasons.values().stream()
                .map(Json::asObject)
                .filter(tally -> verdict.equals(tally.get("verdict")))
                .mapToLong(tally -> Json.asLong(tally.get(unit)))
                .sum();
    }

    /** The simulator's own truth: what it lays over the traffic is found at its target, and nothing in peace. */
    private static void assertFloods(String profile, List<Object> floods) {
        List<String> found = floods.stream()
                .map(Json::asObject)
                .peek(flood -> assertEquals(TARGET, flood.get("dest_ip")))
                .map(flood -> Json.asText(Json.asObject(flood.get("flood")).get("kind")))
                .distinct()
                .sorted()
                .toList();
        switch (profile) {
            case "peace" -> assertEquals(List.of(), found);
            case "mixed" -> assertEquals(List.of("dns", "icmp", "syn", "udp"), found);
            default -> assertEquals(List.of(profile), found);
        }
    }

    @Test
    void onlyReportsWhenObserving() {
        Weir.Answer text = Weir.run("replay", "--observe", syn).expect(ExitStatus.DONE);
        assertTrue(text.out().startsWith("Weir replayed " + syn + " (observing: nothing dropped)\n"), text.out());
        assertTrue(text.out().contains("\n  Would drop "), text.out());
        Map<String, Object> json =
                Weir.run("replay", "--observe", "--json", syn).json();
        assertEquals(true, json.get("observe"));
        assertEquals(0, Json.asLong(json.get("dropped")));
        assertEquals(json.get("packets"), json.get("passed"));
        assertEquals(1, Json.asArray(json.get("floods")).size());
    }

    @Test
    void readsSeveralFilesAsOneStream() {
        Map<String, Object> one = Weir.run("replay", "--json", syn).json();
        Map<String, Object> other = Weir.run("replay", "--json", peace).json();
        Map<String, Object> both = Weir.run("replay", "--json", syn, peace).json();
        assertEquals(List.of(syn.toString(), peace.toString()), both.get("files"));
        assertEquals(
                Json.asLong(one.get("packets")) + Json.asLong(other.get("packets")), Json.asLong(both.get("packets")));
        assertEquals(Json.asLong(one.get("bytes")) + Json.asLong(other.get("bytes")), Json.asLong(both.get("bytes")));
    }

    @Test
    void looksOnlyAtWhatTheFilterMatches() {
        long all = Json.asLong(Weir.run("replay", "--json", syn).json().get("packets"));
        Map<String, Object> json =
                Weir.run("replay", "--json", "--filter", "udp port 53", syn).json();
        long matched = Json.asLong(json.get("packets"));
        assertTrue(matched > 0 && matched < all, json::toString);
        assertEquals(all, matched + Json.asLong(json.get("filtered")));
        assertEquals(List.of(), json.get("floods"));
        assertTrue(Weir.run("replay", "--filter", "udp port 53", syn).out().contains(" by the filter\n"));
    }

    @Test
    void protectsOnlyWhatIsNamed() {
        Map<String, Object> elsewhere =
                Weir.run("replay", "--json", "--protect", "203.0.113.0/24", syn).json();
        assertEquals(List.of(), elsewhere.get("floods"));
        assertEquals(0, Json.asLong(elsewhere.get("dropped")));
        assertTrue(Json.asObject(elsewhere.get("reasons")).containsKey("transit"));
        List<Object> here = Json.asArray(
                Weir.run("replay", "--json", "--protect", TARGET, syn).json().get("floods"));
        assertEquals(TARGET, Json.asObject(here.getFirst()).get("dest_ip"));
    }
}
