package io.weir.detector.config;

import static io.weir.detector.config.ConfigAssertions.assertFaults;
import static io.weir.detector.config.ConfigAssertions.lines;
import static io.weir.detector.config.ConfigAssertions.loaded;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.weir.detector.config.RunConfig.Capture;
import io.weir.detector.config.RunConfig.Failure;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.detector.config.RunConfig.Observation;
import io.weir.detector.config.RunConfig.Offload;
import io.weir.detector.config.RunConfig.Overload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunReaderTest {
    @TempDir
    Path folder;

    @Test
    void takesDefaultsForEverythingButTheInterfaces() throws IOException {
        assertEquals(
                new RunConfig(Mode.OBSERVE, List.of("eth0"), 1, Failure.OPEN, Overload.DROP, Offload.AUTO),
                loaded(folder, "run: { interfaces: [eth0] }").run().orElseThrow());
    }

    @Test
    void mapsEveryKey() throws IOException {
        assertEquals(
                new RunConfig(
                        Mode.BRIDGE, List.of("wan0", "lan0.12@x"), 64, Failure.CLOSED, Overload.OPEN, Offload.NONE),
                loaded(
                                folder,
                                "run:",
                                "  mode: bridge",
                                "  interfaces: [wan0, lan0.12@x]",
                                "  workers: 64",
                                "  failure: closed",
                                "  overload: open",
                                "  offload: none")
                        .run()
                        .orElseThrow());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void readsEveryModeByTheNameItShows(Mode mode) throws IOException {
        String interfaces = mode == Mode.BRIDGE ? "[a, b]" : "[a]";
        RunConfig run = loaded(folder, "run: { mode: " + mode + ", interfaces: " + interfaces + " }")
                .run()
                .orElseThrow();
        assertEquals(mode, run.mode());
    }

    @Test
    void namesWhatIsAllowedForEveryKey() throws IOException {
        assertFaults(
                folder,
                lines(
                        "run:",
                        "  mode: inline",
                        "  interfaces: eth0",
                        "  workers: 65",
                        "  failure: fail-open",
                        "  overload: closed"),
                "2: run.mode: 'inline' isn't known; write one of observe, queue, bridge, xdp",
                "3: run.interfaces: 'eth0' is a single value;"
                        + " it must be a list of network interfaces such as [eth0]",
                "4: run.workers: '65' is out of range; write a number from 1 to 64",
                "5: run.failure: 'fail-open' isn't known; write one of open, closed",
                "6: run.overload: 'closed' isn't known; write one of drop, open");
    }

    @Test
    void observesByLibpcapWithAFilter() throws IOException {
        RunConfig run = loaded(folder, "run: { interfaces: [a], capture: pcap, filter: udp or icmp }")
                .run()
                .orElseThrow();
        assertEquals(new Observation(Capture.PCAP, "udp or icmp"), run.observation());
    }

    @Test
    void saysWhereACaptureAndAFilterAreOfNoUse() throws IOException {
        assertFaults(
                folder,
                lines("run: { mode: queue, interfaces: [a], capture: ring, filter: udp }"),
                "1: run.capture: 'ring' is of mode observe alone; leave it out",
                "1: run.filter: 'udp' is of mode observe alone, in others all packets are judged; leave it out");
        assertFaults(
                folder,
                lines("run: { interfaces: [a, b], capture: pcap }"),
                "1: run.capture: 'pcap' takes one interface and one worker; leave it out for more");
    }

    @Test
    void needsInterfaces() throws IOException {
        String allowed = "a list of network interfaces such as [eth0]";
        assertFaults(folder, lines("run: {}"), "1: run.interfaces: missing; give " + allowed);
        assertFaults(folder, lines("run: { interfaces: [] }"), "1: run.interfaces: is empty; it must be " + allowed);
        assertFaults(
                folder,
                lines("run: { mode: bridge, interfaces: [a, b, c] }"),
                "1: run.interfaces: lists 3; a bridge needs exactly two, [outside, inside]");
        assertFaults(
                folder,
                lines("run: { mode: bridge, interfaces: [a, a] }"),
                "1: run.interfaces[1]: 'a' stands in the list twice; keep one");
    }

    @Test
    void refusesNamesThatLinuxRefuses() throws IOException {
        String problem = "' is no name of an interface; Linux allows 1 to 15 bytes without '/', ':' and blanks";
        assertFaults(
                folder,
                lines("run: { interfaces: [123456789012345, 1234567890123456, a/b, 'a:1', 'a b', '..', ääääääää] }"),
                "1: run.interfaces[1]: '1234567890123456" + problem,
                "1: run.interfaces[2]: 'a/b" + problem,
                "1: run.interfaces[3]: 'a:1" + problem,
                "1: run.interfaces[4]: 'a b" + problem,
                "1: run.interfaces[5]: '.." + problem,
                "1: run.interfaces[6]: 'ääääääää" + problem);
    }

    @Test
    void isNeverBuiltWrong() {
        List<String> one = List.of("a");
        assertThrows(IllegalArgumentException.class, () -> run(Mode.OBSERVE, List.of(), 1));
        assertThrows(IllegalArgumentException.class, () -> run(Mode.BRIDGE, one, 1));
        assertThrows(IllegalArgumentException.class, () -> run(Mode.XDP, one, 0));
        assertThrows(IllegalArgumentException.class, () -> run(Mode.XDP, one, 65));
    }

    private static RunConfig run(Mode mode, List<String> interfaces, int workers) {
        return new RunConfig(mode, interfaces, workers, Failure.OPEN, Overload.DROP, Offload.AUTO);
    }
}
