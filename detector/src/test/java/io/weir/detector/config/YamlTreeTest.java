package io.weir.detector.config;

import static io.weir.detector.config.ConfigAssertions.assertFaults;
import static io.weir.detector.config.ConfigAssertions.faults;
import static io.weir.detector.config.ConfigAssertions.lines;
import static io.weir.detector.config.ConfigAssertions.loaded;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.tree.Faults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlTreeTest {
    private static final String SAMPLE = """
            # sample
            protect: &all
              - prefix: "198.51.100.0/24"
                thresholds: &web { syn: { pps: 1k }, http: { rps: 500 } }
              - prefix: 2001:db8::/32
                thresholds: *web
            run:
              mode: queue
              interfaces: ['eth0']
            events: >
              folded
            trusted:
            - 192.0.2.0/28
            """;

    @TempDir
    Path folder;

    @Test
    void saysWhereTheSyntaxBreaks() throws IOException {
        assertFaults(
                folder,
                lines("protect: []", "run: mode: queue"),
                "2: can't be read as YAML at column 10: mapping values are not allowed here");
        assertFaults(
                folder,
                lines("protect:", "\t- prefix: 10.0.0.1"),
                "2: can't be read as YAML at column 1: while scanning for the next token,"
                        + " found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)");
        assertFaults(
                folder,
                lines("trusted: [::1]"),
                "1: can't be read as YAML at column 11: while parsing a flow node, expected the node content,"
                        + " but found ':'; a value that starts with ':' needs quotes here, such as '::1'");
        assertFaults(
                folder,
                lines("trusted: [10.0.0.1", "events: x"),
                "2: can't be read as YAML at column 7: while parsing a flow sequence,"
                        + " expected ',' or ']', but got :");
    }

    @Test
    void refusesWhatAConfigurationNeverNeeds() throws IOException {
        assertFaults(
                folder,
                lines("---", "{}", "---", "{}"),
                "3: can't be read as YAML at column 1: a second document starts");
        assertFaults(
                folder,
                lines("events: !env HOME"),
                "1: can't be read as YAML at column 9: the tag !env isn't supported");
        assertFaults(
                folder,
                lines("trusted: *home"),
                "1: can't be read as YAML at column 10: no anchor &home ends before its alias");
        assertFaults(
                folder,
                lines("trusted: &home [*home]"),
                "1: can't be read as YAML at column 17: no anchor &home ends before its alias");
        assertFaults(
                folder,
                lines("events: a\u0007b"),
                "1: can't be read as YAML at column 10: the character U+0007 isn't allowed");
        assertFaults(folder, lines("# nothing"), "is empty; write at least one key, or leave the configuration out");
    }

    @Test
    void survivesBracketsWithoutEnd() throws IOException {
        for (String opening : new String[] {"[", "{a: ", "- ", "? "}) {
            assertEquals(1, faults(folder, opening.repeat(100_000)).size());
        }
        assertFaults(folder, lines("[".repeat(100_000)), "1: can't be read as YAML at column 33: more than 32 levels");
    }

    @Test
    void boundsTheFaultsOfAFileThatIsWrongEverywhere() throws IOException {
        List<String> faults = faults(folder, "x: 1\n".repeat(5_000));
        assertEquals(Faults.MAXIMUM + 1, faults.size());
        assertEquals("has more faults; correct these first", faults.getLast());
    }

    @Test
    void showsNoControlCharactersAndNoEndlessValues() throws IOException {
        String shown =
                faults(folder, "trusted: [\"\\e[31m" + "x".repeat(500) + "\"]").getFirst();
        assertTrue(shown.startsWith("1: trusted[0]: '\ufffd[31mxxx"), shown);
        assertTrue(shown.contains("x…'"), shown);
        assertTrue(shown.length() < 300, shown);
    }

    @Test
    void readsEveryTruncationWithoutThrowing() throws IOException {
        for (int end = 0; end <= SAMPLE.length(); end++) {
            assertReads(SAMPLE.substring(0, end));
        }
    }

    @Test
    void readsDamagedTextWithoutThrowing() throws IOException {
        Random random = new Random(12);
        String alphabet = "[]{}:,-?&*!|>'\"%@`#~<=\\ \n\t\r.0aekxuU\u0085\u2028\ufeff\ud83d";
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder(SAMPLE);
            for (int change = random.nextInt(1, 6); change > 0; change--) {
                char character = alphabet.charAt(random.nextInt(alphabet.length()));
                int at = random.nextInt(text.length());
                if (random.nextBoolean()) {
                    text.setCharAt(at, character);
                } else {
                    text.insert(at, character);
                }
            }
            assertReads(text.toString());
        }
    }

    @Test
    void readsExtremeTokensWithoutThrowing() throws IOException {
        assertReads("events: \"\\UFFFFFFFF\"");
        assertReads("events: \"\\ud800\"");
        assertReads("%YAML 99999999999999999999.1\n--- {}");
        assertReads("%YAML 1.99999999999999999999\n--- {}");
        assertReads("%YAML 9.9\n--- {}");
        assertReads("%TAG ! tag:%FF%\n--- !x {}");
        assertReads("events: |99999999999999999999\n  a");
        assertReads("events: |0\n  a");
        assertReads("events: !<%ff%fe> a");
        assertReads("?".repeat(2_000) + "\n" + "a: ".repeat(2_000));
        assertReads("x".repeat(100_000) + ": 1");
    }

    @Test
    void saysAfterWhatTheParserGaveUp() throws IOException {
        assertFaults(
                folder,
                lines("trusted: []", "events: \"\\UFFFFFFFF\""),
                "2: can't be read as YAML at column 7: what follows has an escape or a directive that means nothing");
    }

    /** One way or the other, and with reasons. */
    private void assertReads(String text) throws IOException {
        Path file = folder.resolve("weir.yaml");
        Files.writeString(file, text.replace('\ud83d', '\ufffd'));
        try {
            if (ConfigReader.read(file) instanceof ConfigResult.Rejected rejected) {
                assertFalse(rejected.faults().isEmpty(), text);
            }
        } catch (RuntimeException thrown) {
            throw new AssertionError("for <" + text + ">", thrown);
        }
    }

    @Test
    void saysWhereTheTextIsNotUtf8() throws IOException {
        Path file = folder.resolve("latin.yaml");
        Files.write(file, "events: a\ntrusted: \u00e4 \u00e4\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(
                List.of("2: isn't UTF-8 at column 10: byte 0xe4; save it as UTF-8"),
                faults(file, ConfigReader.read(file)));
        Files.write(file, new byte[] {'a', '\n', 'b', (byte) 0xe2, (byte) 0x82});
        assertEquals(
                List.of("2: isn't UTF-8 at column 2: byte 0xe2; save it as UTF-8"),
                faults(file, ConfigReader.read(file)));
    }

    @Test
    void skipsAByteOrderMark() throws IOException {
        assertEquals(WeirConfig.DEFAULT, loaded(folder, "\ufeff{}"));
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path missing = folder.resolve("missing.yaml");
        assertEquals(
                List.of("doesn't exist; give the path of a configuration"),
                faults(missing, ConfigReader.read(missing)));
        assertEquals(List.of("is a folder; give a file"), faults(folder, ConfigReader.read(folder)));
        Path large = folder.resolve("large.yaml");
        Files.write(large, new byte[(4 << 20) + 1]);
        assertEquals(
                List.of("is larger than 4 MiB; a configuration is smaller"), faults(large, ConfigReader.read(large)));
    }
}
