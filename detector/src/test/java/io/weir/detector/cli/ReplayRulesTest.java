package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups on the command line and in a configuration, and what a replay tells of their rules. */
class ReplayRulesTest {
    private static final String WEB = """
            id: web
            type: basic
            rules:
              - { direction: ingress, policy: accept, priority: 1, protocol: tcp, ports: 80/80, source: any }
              - { direction: ingress, policy: drop, priority: 2, protocol: udp, ports: 53/53, source: any }
              - { direction: ingress, policy: accept, priority: 3, protocol: gre, source: any }
            """;

    @TempDir
    private static Path folder = Path.of("");

    private static Path peace = Path.of("");
    private static Path group = Path.of("");

    @BeforeAll
    static void simulate() throws IOException {
        peace = Weir.simulate(folder, "peace");
        group = Files.writeString(folder.resolve("web.yaml"), WEB);
    }

    private static Map<String, Object> rule(Map<String, Object> json, int number) {
        return Json.asArray(json.get("rules")).stream()
                .map(Json::asObject)
                .filter(rule -> ("rules[" + number + "]").equals(rule.get("place")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void judgesByAGroupOfTheCommandLine() {
        Map<String, Object> json = Weir.run("replay", "--json", "--group", group, "--protect", "198.51.100.0/24", peace)
                .expect(ExitStatus.DONE)
                .json();
        Map<String, Object> reasons = Json.asObject(json.get("reasons"));
        assertTrue(reasons.containsKey("rule") && reasons.containsKey("no-rule"), reasons::toString);
        long decided = 0;
        for (Object each : Json.asArray(json.get("rules"))) {
            decided += Json.asLong(Json.asObject(each).get("packets"));
        }
        assertTrue(decided > 0 && decided <= Json.asLong(json.get("packets")), json::toString);
        int implicit = 4; // of each direction: members reach each other, the default
        assertEquals(3 + implicit, Json.asArray(json.get("rules")).size());
        assertTrue(Json.asLong(rule(json, 0).get("packets")) > 0);
        assertEquals(0, Json.asLong(rule(json, 2).get("packets")));
        assertFalse(rule(json, 2).containsKey("last"));
    }

    @Test
    void aGroupOfAConfigurationSaysTheSame() throws IOException {
        Path config = Files.writeString(folder.resolve("weir.yaml"), """
                protect:
                  - prefix: 198.51.100.0/24
                    groups: [web.yaml]
                """);
        Map<String, Object> one =
                Weir.run("replay", "--json", "--config", config, peace).json();
        Map<String, Object> other = Weir.run(
                        "replay", "--json", "--group", group, "--protect", "198.51.100.0/24", peace)
                .json();
        assertEquals(other.get("reasons"), one.get("reasons"));
        assertEquals(rule(other, 0).get("packets"), rule(one, 0).get("packets"));
    }

    @Test
    void tellsPeopleWhichRulesDecidedAndWhichNever() {
        String out = Weir.run("replay", "--group", group, peace)
                .expect(ExitStatus.DONE)
                .out();
        assertTrue(out.contains("\n  Rule "), out);
        assertTrue(out.contains("ingress accept tcp 80/80 from "), out);
        assertTrue(out.contains("\n  1 rule never decided:\n    ingress accept gre from "), out);
    }

    @Test
    void showsTheBusiestOfManyRulesAndTheFirstOfTheIdle() throws IOException {
        StringBuilder text = new StringBuilder("id: many\ntype: basic\nrules:\n");
        for (int n = 0; n < 64; n++) {
            text.append("  - { direction: ingress, policy: accept, priority: 1, protocol: all, source: ")
                    .append(n * 4)
                    .append(".0.0.0/6 }\n");
        }
        Path many = Files.writeString(folder.resolve("many.yaml"), text);
        String out = Weir.run("replay", "--group", many, peace)
                .expect(ExitStatus.DONE)
                .out();
        assertTrue(
                out.matches(
                        "(?s).* rules never decided:\n(    ingress [^\n]*\n){5}    and \\d+ more; --json lists all\n.*"),
                out);
        assertEquals(
                64 + 4,
                Json.asArray(Weir.run("replay", "--json", "--group", many, peace)
                                .json()
                                .get("rules"))
                        .size());
    }

    @Test
    void explainsPackets() {
        Weir.Answer text = Weir.run("replay", "--group", group, "--explain", "udp port 53", peace);
        assertEquals(ExitStatus.DONE, text.status(), text::err);
        assertTrue(text.out().contains("  Dropped by "), text::out);
        assertTrue(text.out().contains("web.yaml: rules[1]"), text::out);
        Map<String, Object> json = Weir.run("replay", "--json", "--group", group, "--explain", "tcp port 80", peace)
                .json();
        List<Object> explained = Json.asArray(json.get("explained"));
        assertEquals(100, explained.size());
        assertEquals("pass", Json.asObject(explained.getFirst()).get("verdict"));
    }

    /** What the server answers to a packet that was refused is told as refused by the same rule. */
    @Test
    void neverExplainsAVerdictByARuleThatSaysOtherwise() {
        Map<String, Object> json = Weir.run(
                        "replay", "--json", "--protect", "198.51.100.0/24", "--group", group, "--explain", "udp", peace)
                .json();
        int judged = 0;
        for (Object each : Json.asArray(json.get("explained"))) {
            Map<String, Object> packet = Json.asObject(each);
            for (Object judgement : Json.asArray(packet.getOrDefault("judgements", List.of()))) {
                judged++;
                assertFalse(
                        "drop".equals(packet.get("verdict"))
                                && "accept".equals(Json.asObject(judgement).get("policy")),
                        packet::toString);
            }
        }
        assertTrue(judged > 0, json::toString);
    }

    @Test
    void namesTheOptionWhoseExpressionIsNone() {
        Weir.Answer answer = Weir.run("replay", "--explain", "tcp prot", peace).expect(ExitStatus.WRONG_USAGE);
        assertEquals(1, answer.problems().size(), answer::err);
        assertTrue(answer.err().startsWith("weir: --explain 'tcp prot'"), answer::err);
    }

    @Test
    void listsEveryFaultOfAGroup() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.yaml"), """
                id: wrong
                rules:
                  - { direction: ingress, policy: accept, priority: 0, protocol: tcp, ports: 200/1, source: any }
                  - { direction: sideways, policy: accept, protocol: tcp, ports: 22/22, source: 10.0.0.1/8 }
                """);
        Path missing = folder.resolve("none.json");
        Weir.Answer answer = Weir.run("replay", "--group", wrong, "--group", missing, "--protect", "x", peace)
                .expect(ExitStatus.WRONG_USAGE);
        assertEquals("", answer.out());
        for (String part : List.of("rules[0].priority", "rules[0].ports", "rules[1].direction", "rules[1].source")) {
            assertTrue(answer.err().contains("weir: " + wrong) && answer.err().contains(part), answer::err);
        }
        assertTrue(answer.err().contains("weir: " + missing + ": "), answer::err);
        assertTrue(answer.err().contains("weir: --protect 'x' "), answer::err);
    }

    @Test
    void refusesMoreThanCanBeCompiled() throws IOException {
        StringBuilder text = new StringBuilder("id: huge\nrules:\n");
        String ports =
                IntStream.range(0, 500).mapToObj(n -> "'" + (2 * n + 1) + "'").collect(Collectors.joining(", "));
        String sources =
                IntStream.range(0, 65).mapToObj(n -> "10." + n + ".0.0/16").collect(Collectors.joining(", "));
        for (int n = 1; n <= 8; n++) {
            text.append("  - { direction: ingress, policy: accept, priority: ").append(n);
            text.append(", protocol: tcp, ports: [")
                    .append(ports)
                    .append("], source: [")
                    .append(sources);
            text.append("] }\n");
        }
        Path huge = Files.writeString(folder.resolve("huge.yaml"), text);
        Weir.Answer answer = Weir.run("replay", "--group", huge, peace).expect(ExitStatus.WRONG_USAGE);
        assertEquals(1, answer.problems().size(), answer::err);
        assertTrue(answer.err().contains(" combinations of prefixes and ports; 240000 is the most"), answer::err);
    }

    @Test
    void refusesToDestroyAGroup() throws IOException {
        for (String option : List.of("--pass", "--drop", "--events")) {
            Weir.Answer answer =
                    Weir.run("replay", "--group", group, option, group, peace).expect(2);
            assertEquals(List.of("weir: '" + group + "' is an input; an output would destroy it"), answer.problems());
        }
        Path config = Files.writeString(folder.resolve("destroying.yaml"), """
                protect:
                  - { prefix: 198.51.100.0/24, groups: [web.yaml] }
                """);
        Weir.run("replay", "--config", config, "--pass", group, peace).expect(2);
        assertEquals(WEB, Files.readString(group));
    }
}
