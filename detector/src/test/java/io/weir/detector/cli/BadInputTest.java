package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.detector.testing.Skips;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is said in one clear line each, with an exit status that tells whose fault it is. */
class BadInputTest {
    private static final int LINK_TYPE_OFFSET = 20;
    private static final int FILE_HEADER_BYTES = 24;

    @TempDir
    private static Path samples = Path.of("");

    private static Path capture = Path.of("");

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void simulate() {
        capture = Weir.simulate(samples, "peace");
    }

    private static void assertRefused(int status, String problem, Object... arguments) {
        Weir.Answer answer = Weir.run(arguments).expect(status);
        assertEquals("", answer.out());
        assertEquals(List.of("weir: " + problem), answer.problems());
    }

    private static void assertMisused(String problem, String help, Object... arguments) {
        Weir.Answer answer = Weir.run(arguments).expect(ExitStatus.WRONG_USAGE);
        assertEquals("", answer.out());
        assertEquals("weir: " + problem, answer.problems().getFirst());
        assertEquals("See: " + help + " --help", answer.problems().getLast());
    }

    @Test
    void saysWhichWordOfTheCommandLineIsUnknown() {
        assertMisused("unknown option: '--bogus'", "weir replay", "replay", "--bogus", capture);
        assertMisused("unknown command: 'frobnicate'", "weir", "frobnicate");
        assertMisused("'maybe' isn't known; write one of on, off", "weir observe", "observe", "maybe");
        assertMisused("unknown command: 'replya'", "weir", "replya", capture);
        assertMisused("missing required parameter: 'FILE'", "weir replay", "replay");
        assertRefused(2, "say where the traffic goes: --out FILE or --interface NAME", "generate", "syn");
        assertMisused("unexpected argument: 'more'", "weir demo", "demo", "more");
    }

    @Test
    void suggestsTheCommandThatWasMeant() {
        Weir.Answer answer = Weir.run("replya", capture).expect(ExitStatus.WRONG_USAGE);
        assertTrue(answer.problems().get(1).startsWith("Did you mean: weir replay"), answer::err);
    }

    @Test
    void showsTheCommandsWhereNoneIsGiven() {
        Weir.Answer answer = Weir.run().expect(ExitStatus.WRONG_USAGE);
        assertTrue(answer.err().startsWith("Usage: weir "), answer::err);
    }

    @Test
    void saysWhatIsNoCapture() throws IOException {
        Path missing = folder.resolve("missing.pcap");
        assertRefused(1, missing + ": no such file", "replay", missing);
        assertRefused(1, folder + ": is a directory; a capture file is expected", "replay", folder);
        Path empty = Files.createFile(folder.resolve("empty.pcap"));
        String expected = "; pcap, pcapng, or either in gzip is expected";
        assertRefused(1, empty + ": not a capture file: it is empty" + expected, "replay", empty);
        Path text = Files.writeString(folder.resolve("text.pcap"), "hello");
        assertRefused(1, text + ": not a capture file: starts with 68 65 6c 6c" + expected, "replay", text);
        // The second file is looked at before the first is read.
        assertRefused(1, missing + ": no such file", "replay", capture, missing);
        assertRefused(1, "'-' is given more than once; standard input can be read only once", "replay", "-", "-");
    }

    @Test
    void saysWhatMayNotBeRead() throws IOException {
        Path secret = Files.copy(capture, folder.resolve("secret.pcap"));
        assertTrue(secret.toFile().setReadable(false));
        Skips.unless(!Files.isReadable(secret), "run the tests as another user than root to see refused permissions");
        assertRefused(1, secret + ": permission denied", "replay", secret);
        assertTrue(folder.toFile().setWritable(false));
        Path out = folder.resolve("out.pcap");
        assertRefused(1, "cannot write " + out + ": permission denied", "replay", "--pass", out, capture);
        Path events = folder.resolve("out.jsonl");
        assertRefused(1, "cannot write " + events + ": permission denied", "replay", "--events", events, capture);
    }

    @Test
    void reportsWhatStandsBeforeTheDamage() throws IOException {
        byte[] whole = Files.readAllBytes(capture);
        Path cut = Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(whole, 100_000));
        Path pass = folder.resolve("pass.pcap");
        Weir.Answer answer = Weir.run("replay", "--json", "--pass", pass, cut).expect(ExitStatus.FAILED);
        assertEquals(1, answer.problems().size(), answer::err);
        String problem = answer.problems().getFirst();
        String pattern = "weir: \\Q" + cut
                + "\\E: truncated: the packet record at offset \\d+ announces \\d+ bytes, the file ends after \\d+";
        assertTrue(problem.matches(pattern), problem);
        int offset = Integer.parseInt(problem.replaceAll(".* offset (\\d+) .*", "$1"));
        assertTrue(Json.asLong(answer.json().get("packets")) > 200);
        assertArrayEquals(Arrays.copyOf(whole, offset), Files.readAllBytes(pass), "what stands before the offset");
    }

    /** The second file's damage doesn't take the first one's packets away, and is told with its name. */
    @Test
    void saysWhichOfSeveralFilesIsDamaged() throws IOException {
        byte[] whole = Files.readAllBytes(capture);
        Path cut = Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(whole, FILE_HEADER_BYTES + 7));
        Weir.Answer answer = Weir.run("replay", "--json", capture, cut, capture).expect(ExitStatus.FAILED);
        assertEquals(
                List.of("weir: " + cut
                        + ": truncated: the record header at offset 24 has 16 bytes, the file ends after 7"),
                answer.problems());
        assertEquals(
                Weir.run("replay", "--json", capture).json().get("packets"),
                answer.json().get("packets"));
    }

    @Test
    void namesALinkTypeThatIsNotSupported() throws IOException {
        byte[] bytes = Files.readAllBytes(capture);
        bytes[LINK_TYPE_OFFSET] = 127; // IEEE802_11_RADIO
        Path wifi = Files.write(folder.resolve("wifi.pcap"), bytes);
        Weir.Answer answer = Weir.run("replay", "--json", wifi).expect(ExitStatus.FAILED);
        String expected =
                "link type IEEE802_11_RADIO isn't supported; Ethernet, Linux cooked, loopback, raw IP and PPP are";
        assertEquals(List.of("weir: " + wifi + ": " + expected), answer.problems());
        Map<String, Object> json = answer.json();
        assertEquals(json.get("packets"), json.get("passed"));
        assertEquals(Map.of("IEEE802_11_RADIO", Json.asLong(json.get("packets"))), json.get("unsupported_link_types"));
        // One file that can be read is enough.
        Weir.Answer both = Weir.run("replay", wifi, capture).expect(ExitStatus.DONE);
        assertTrue(both.out().contains("of link type IEEE802_11_RADIO"), both::out);
    }

    @Test
    void listsEveryFaultOfAConfigurationAtOnce() throws IOException {
        Path config = Files.writeString(folder.resolve("weir.yaml"), """
                protect:
                  - prefix: 300.1.1.1/24
                    thresholds: { syn: { pps: x } }
                bogus: 1
                """);
        Weir.Answer answer = Weir.run(
                        "replay", "--config", config, "--protect", "foo", "--protect", "1.2.3.4/33", capture)
                .expect(ExitStatus.WRONG_USAGE);
        assertEquals("", answer.out());
        List<String> starts = List.of(
                config + ":2: protect[0].prefix: '300.1.1.1/24' ",
                config + ":3: protect[0].thresholds.syn.pps: 'x' ",
                config + ":4: bogus: unknown key; known here are ",
                "--protect 'foo' is neither an address nor a prefix; write one such as ",
                "--protect '1.2.3.4/33' has no length from 0 to 32 after the slash");
        assertEquals(starts.size(), answer.problems().size(), answer::err);
        for (int i = 0; i < starts.size(); i++) {
            String line = answer.problems().get(i);
            assertTrue(line.startsWith("weir: " + starts.get(i)), line);
        }
    }

    @Test
    void saysWhichConfigurationCanNotBeRead() {
        Path missing = folder.resolve("none.yaml");
        assertRefused(
                2,
                missing + ": doesn't exist; give the path of a configuration",
                "replay",
                "--config",
                missing,
                capture);
        assertRefused(2, folder + ": is a folder; give a file", "replay", "--config", folder, capture);
    }

    @Test
    void saysWhichOutputCanNotBeWritten() {
        Path out = folder.resolve("missing", "out.pcap");
        for (String option : List.of("--pass", "--drop", "--events")) {
            Weir.Answer answer = Weir.run("replay", option, out, capture).expect(ExitStatus.FAILED);
            assertEquals(1, answer.problems().size());
            assertTrue(answer.problems().getFirst().startsWith("weir: cannot write " + out + ": "), answer::err);
            Weir.Answer onFolder = Weir.run("replay", option, folder, capture).expect(ExitStatus.FAILED);
            assertTrue(onFolder.err().startsWith("weir: cannot write " + folder + ": "), onFolder::err);
        }
        assertFalse(Files.exists(out.getParent()));
    }

    @ParameterizedTest
    @CsvSource({"--pass", "--drop", "--events"})
    void refusesToDestroyAnInput(String option) throws IOException {
        Path input = Files.copy(capture, folder.resolve("in.pcap"));
        Path config = Files.writeString(folder.resolve("weir.yaml"), "protect: []\n");
        Path around = folder.resolve("..", folder.getFileName().toString(), "in.pcap");
        Path link = Files.createSymbolicLink(folder.resolve("link.pcap"), input);
        for (Path output : List.of(input, around, link)) {
            assertRefused(
                    2, "'" + output + "' is an input; an output would destroy it", "replay", option, output, input);
        }
        assertRefused(
                2,
                "'" + config + "' is an input; an output would destroy it",
                "replay",
                "--config",
                config,
                option,
                config,
                input);
        assertEquals(-1, Files.mismatch(capture, input));
        assertEquals("protect: []\n", Files.readString(config));
    }

    @ParameterizedTest
    @CsvSource({"--pass,--drop", "--drop,--events", "--pass,--events"})
    void refusesTwoOutputsInOneFile(String one, String other) throws IOException {
        Path out = folder.resolve("out");
        Path same = folder.resolve("..", folder.getFileName().toString(), "out");
        String problem = "' is named for two outputs";
        assertRefused(2, "'" + out + problem, "replay", one, out, other, out, capture);
        assertRefused(2, "'-" + problem, "replay", one, "-", other, "-", capture);
        assertFalse(Files.exists(out), "refused, and written all the same");
        Weir.Answer answer = Weir.run("replay", one, out, other, same, capture).expect(ExitStatus.WRONG_USAGE);
        assertTrue(answer.err().endsWith(problem + "\n"), answer::err);
        Path link = Files.createSymbolicLink(folder.resolve("link"), out);
        Files.createFile(out);
        assertTrue(Weir.run("replay", one, out, other, link, capture)
                .expect(ExitStatus.WRONG_USAGE)
                .err()
                .endsWith(problem + "\n"));
    }

    @Test
    void quotesAFilterThatIsNone() {
        Weir.Answer answer = Weir.run("replay", "--filter", "tcp prot", capture).expect(ExitStatus.WRONG_USAGE);
        assertEquals(1, answer.problems().size(), answer::err);
        assertTrue(answer.err().startsWith("weir: --filter 'tcp prot'"), answer::err);
    }

    @Test
    void saysWhatIsWrongWithASimulation() {
        Path out = folder.resolve("out.pcap");
        assertRefused(
                2,
                "'nope' is no profile; 'weir generate --list' tells what there is",
                "generate",
                "nope",
                "--out",
                out);
        assertRefused(
                2,
                "profile 'peace' has no flood, so --pps, --ramp, --pulse, --start and --flood-seconds say nothing",
                "generate",
                "peace",
                "--pps",
                4,
                "--out",
                out);
        assertRefused(
                2, "--seconds '-3' must be a number of at least 0", "generate", "syn", "--seconds", -3, "--out", out);
        assertRefused(2, "--pps 'NaN' must be a number of at least 0", "generate", "syn", "--pps", "NaN", "--out", out);
        assertRefused(
                2, "--target '8.8.8' is no IPv4 or IPv6 address", "generate", "syn", "--target", "8.8.8", "--out", out);
        assertMisused(
                "--seed 'abc' isn't a whole number", "weir generate", "generate", "syn", "--seed", "abc", "--out", out);
        assertMisused(
                "--seconds 'abc' isn't a number", "weir generate", "generate", "syn", "--seconds", "abc", "--out", out);
        Weir.Answer long_ =
                Weir.run("generate", "syn", "--seconds", "1e9", "--out", out).expect(2);
        assertTrue(
                long_.err().startsWith("weir: profile syn: seconds: '1000000000' must be 0.001 to 86400\n"),
                long_::err);
        Weir.Answer foreign =
                Weir.run("generate", "syn", "--target", "8.8.8.8", "--out", out).expect(2);
        assertTrue(foreign.err().contains("8.8.8.8") && foreign.err().contains("198.51.100.0/24"), foreign::err);
        assertFalse(Files.exists(out), "refused, and written all the same");
        Path nowhere = folder.resolve("missing", "out.pcap");
        Weir.Answer unwritable = Weir.run("generate", "syn", "--out", nowhere).expect(1);
        assertTrue(unwritable.err().startsWith("weir: cannot write " + nowhere + ": "), unwritable::err);
    }
}
