package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.detector.testing.Skips;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon: what it refuses and plans anywhere, and what it does between network namespaces where those can be had. */
class RunCommandTest {
    /** Answers floods by their UDP: 5,000 packets a second to one address. */
    private static final String QUEUE = """
            protect: [{ prefix: 198.51.100.0/24 }]
            run: { mode: queue, interfaces: [ra0], failure: %s }
            management: [192.0.2.0/28]
            events: events.jsonl
            """;

    private static final String TWO_WORKERS = """
            protect: [{ prefix: 198.51.100.0/24 }]
            run: { mode: queue, interfaces: [ra0], workers: 2, offload: none }
            events: events.jsonl
            """;

    /** So many that they come to the queues of both workers. */
    private static final String SOURCES = """
            for n in $(seq 100 123); do at $a ip address add 192.0.2.$n/24 dev ea0; done
            sources=$(seq -f 192.0.2.%g 100 123)
            """;

    private static final String BRIDGE = """
            protect: [{ prefix: 192.0.2.9/32 }]
            run: { mode: bridge, interfaces: [ra0, rb0], failure: closed }
            events: events.jsonl
            """;

    @TempDir
    private Path folder = Path.of("");

    private String script(String text) throws IOException, InterruptedException {
        return HostScript.run(folder, text);
    }

    private Map<String, Object> summary() throws IOException {
        return Json.object(Files.readString(folder.resolve("out")));
    }

    private static long packets(Map<String, Object> summary, String reason) {
        Map<String, Object> reasons = Json.asObject(summary.get("reasons"));
        Object tally = reasons.get(reason);
        return tally == null ? 0 : Json.asLong(Json.asObject(tally).get("packets"));
    }

    /** By its threshold until its signature is found. */
    private static long ofFlood(Map<String, Object> summary) {
        return packets(summary, "udp-flood") + packets(summary, "signature");
    }

    /** One flood, whichever queues its packets wait in; whoever is served by either stays served. */
    @Test
    void twoWorkersFindAFloodOnceAndServeUsers() throws Exception {
        Files.writeString(folder.resolve("weir.yaml"), TWO_WORKERS + "api: { socket: s }\n");
        String said = script(HostScript.ROUTED + SOURCES + """
                start --config weir.yaml
                flood 198.51.100.9 $sources & flood=$!
                sleep 1
                for n in $(seq 100 111); do
                  at $a ping -q -c 1 -W 10 -I 192.0.2.$n 198.51.100.9 | grep -o '[0-9]* received' || true
                done
                wait $flood
                "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN status --socket s
                awk '{ print "queue " $1 (($8 > 1000) ? " used" : " idle") }' /proc/net/netfilter/nfnetlink_queue
                stop
                ping3 198.51.100.9
                """);
        assertEquals(12, said.lines().filter("1 received"::equals).count(), said);
        assertTrue(said.contains("queue 0 used\nqueue 1 used\nexit 0\n3 received\n"), said);
        Map<String, Object> summary = summary();
        long judged = ofFlood(summary) + packets(summary, "accepted");
        assertTrue(judged >= 55_000, summary::toString);
        assertTrue(ofFlood(summary) > judged / 2, summary::toString);
        assertEquals(List.of("started", "ended"), floodStates());
    }

    @Test
    void twoWorkersWatchOneInterface() throws Exception {
        Files.writeString(folder.resolve("weir.yaml"), TWO_WORKERS.replace("queue", "observe"));
        String said = script(HostScript.ROUTED + SOURCES + """
                start --config weir.yaml
                flood 198.51.100.9 $sources
                sleep 0.2
                ip link delete ra0
                status=0; wait $weir || status=$?; echo "exit $status"
                """);
        assertTrue(said.contains("exit 1"), said);
        String log = Files.readString(folder.resolve("log"));
        assertTrue(log.contains("weir: can't find the interface ra0: no such device (ENODEV)"), log);
        Map<String, Object> summary = summary();
        assertEquals(0, Json.asLong(summary.get("dropped")));
        assertTrue(ofFlood(summary) > 1_000, summary::toString);
        assertEquals(List.of("started", "ended"), floodStates());
    }

    private List<Object> floodStates() throws IOException {
        return EventSchema.check(folder.resolve("events.jsonl")).stream()
                .filter(event -> "flood".equals(event.get("event_type")))
                .map(event -> Json.asObject(event.get("flood")).get("state"))
                .filter(state -> !"updated".equals(state))
                .toList();
    }

    @Test
    void recordsASessionThatReplaysToTheSameVerdicts() throws Exception {
        Files.writeString(folder.resolve("weir.yaml"), QUEUE.formatted("closed"));
        String said = script(HostScript.ROUTED + """
                start --config weir.yaml --record session.pcapng
                ping3 198.51.100.9
                flood 198.51.100.9
                ping3 198.51.100.9
                stop
                """);
        assertTrue(said.contains("exit 0"), said);
        Weir.Answer replay =
                Weir.run("replay", "--json", "--config", folder.resolve("weir.yaml"), folder.resolve("session.pcapng"));
        Map<String, Object> again = Json.object(replay.expect(ExitStatus.DONE).out());
        assertTrue(replay.err().contains("verdicts are the same"), replay.err());
        assertTrue(ofFlood(again) > 0, again::toString);
        assertEquals(summary().get("reasons"), again.get("reasons"));
    }

    /** The kernel alone drops: by signature, and until there is one what is beyond the threshold. */
    @Test
    void dropsAFloodByTheProgramOfModeXdp() throws Exception {
        Files.writeString(
                folder.resolve("weir.yaml"), QUEUE.replace("queue", "xdp").formatted("open") + "api: { socket: s }\n");
        String said = script(HostScript.ROUTED + """
                start --config weir.yaml
                ask() { "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN "$@" --socket s; }
                ping3 198.51.100.9
                seen() { at $b cat /proc/net/dev | sed -n 's/^ *eb0: *[0-9]* *\\([0-9]*\\).*/\\1/p'; }
                before=$(seen)
                flood 198.51.100.9
                after=$(seen)
                echo "arrived $((after - before))"
                ping3 198.51.100.9
                ask ban 192.0.2.99 --for 1h --reason test
                sleep 0.3
                echo "banned"; ping3 198.51.100.9
                ask observe on
                sleep 0.3
                echo "observing"; ping3 198.51.100.9
                before=$(seen)
                flood 198.51.100.9
                echo "observed $(($(seen) - before))"
                ask status
                ask observe off
                sleep 0.3
                echo "again"; ping3 198.51.100.9
                ask unban 192.0.2.99
                sed -i "s|^management.*|management: [$(for i in {0..31}; do printf "203.0.$i.%d, " {1..255..2}; done) 192.0.2.0/28]|" weir.yaml
                ask reload
                sleep 0.3
                before=$(seen)
                flood 198.51.100.9
                echo "dropping $(($(seen) - before))"
                stop
                echo "gone"; ping3 198.51.100.9
                """);
        assertEquals(4, said.lines().filter("3 received"::equals).count(), said);
        assertTrue(said.contains("banned\n0 received\n") && said.contains("again\n0 received\n"), said);
        assertTrue(said.contains("exit 0"), said);
        Map<String, Object> summary = summary();
        long arrived = Long.parseLong(said.replaceAll("(?s).*arrived (\\d+).*", "$1"));
        long dropped = Json.asLong(summary.get("dropped"));
        assertTrue(arrived < 25_000, said);
        assertTrue(Long.parseLong(said.replaceAll("(?s).*observed (\\d+).*", "$1")) >= 55_000, said);
        String log = Files.readString(folder.resolve("log"));
        assertTrue(log.contains("management stays as it was in the kernel: "), log);
        assertTrue(said.contains(", observing (drops nothing), "), said);
        assertTrue(Long.parseLong(said.replaceAll("(?s).*dropping (\\d+).*", "$1")) < 25_000, said);
        assertTrue(dropped > 60_000 && dropped == Json.asLong(summary.get("offloaded")), summary::toString);
    }

    /** Told to stop when it answers commands already and is about to take packets. */
    @Test
    void leavesNoRuleWhereItIsStoppedWhileItStarts() throws Exception {
        Files.writeString(folder.resolve("weir.yaml"), QUEUE.formatted("closed") + "api: { socket: s }\n");
        String said = script(HostScript.ROUTED + """
                "$JAVA" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN run --json --config weir.yaml > out 2> log & weir=$!
                while [ ! -S s ]; do kill -0 $weir; sleep 0.01; done
                stop
                ping3 198.51.100.9
                """);
        assertTrue(said.contains("exit 0\n3 received\n"), said);
    }

    /** By libpcap, and of what a filter lets: the pings aren't seen. */
    @Test
    void watchesByLibpcapWhatAFilterLets() throws Exception {
        Files.writeString(folder.resolve("weir.yaml"), """
                protect: [{ prefix: 192.0.2.1/32 }]
                run: { interfaces: [ra0], capture: pcap, filter: udp or arp }
                """);
        String said = script("""
                ip address add 192.0.2.1/24 dev ra0
                at $a ip address add 192.0.2.99/24 dev ea0
                start --config weir.yaml
                ping3 192.0.2.1
                flood 192.0.2.1
                sleep 0.2
                stop
                """);
        assertTrue(said.contains("3 received\nexit 0"), said);
        Map<String, Object> summary = summary();
        assertEquals(0, Json.asLong(summary.get("dropped")));
        assertEquals(0, packets(summary, "answer"), summary::toString);
        assertTrue(ofFlood(summary) > 25_000, summary::toString);
    }

    @Test
    void watchesThisHostWithoutAConfigurationAndDropsNothing() throws Exception {
        String said = script("""
                ip address add 192.0.2.1/24 dev ra0
                at $a ip address add 192.0.2.99/24 dev ea0
                start
                flood 192.0.2.1
                ping3 192.0.2.1
                sleep 0.2
                stop
                """);
        assertTrue(said.contains("3 received\nexit 0"), said);
        Map<String, Object> summary = summary();
        assertEquals(true, summary.get("observe"));
        assertEquals(0, Json.asLong(summary.get("dropped")));
        assertTrue(ofFlood(summary) > 25_000, summary::toString);
        assertTrue(Files.readString(folder.resolve("log")).contains("udp flood on 192.0.2.1"), said);
    }

    /** Commands, a signal and both ends of the API, with packets flowing. */
    @Test
    void isAskedAndSteeredWhileItRuns() throws Exception {
        Files.writeString(
                folder.resolve("weir.yaml"),
                QUEUE.formatted("closed") + "api: { socket: s }\nstate: state\nalerts: { script: notify.sh }\n");
        Path script =
                Files.writeString(folder.resolve("notify.sh"), "#!/bin/sh\necho \"$@\" >> notified; cat >> details\n");
        assertTrue(script.toFile().setExecutable(true));
        String said = script(HostScript.ROUTED + """
                start --config weir.yaml
                ask() { "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN "$@" --socket s; }
                for t in /proc/$weir/task/*; do
                  case $(cat $t/comm) in weir-clock | weir-api) sed -n "s/CapEff:/$(cat $t/comm)/p" $t/status ;; esac
                done
                ask ban 192.0.2.99 --for 1h --reason "3 a.m."
                echo "banned"; ping3 198.51.100.9
                ask observe on
                echo "observing"; ping3 198.51.100.9
                ask observe off
                ask unban 192.0.2.99
                sed -i 's/0.24 }/0\\/24, thresholds: { udp: { pps: 600k } } }/' weir.yaml
                ask reload
                flood 198.51.100.9
                ask floods
                echo 'nonsense: 1' >> weir.yaml
                ask reload || echo "refused $?"
                kill -HUP $weir
                ask status
                sed -i -e '/nonsense/d' -e 's/600k/1k/' weir.yaml
                ask reload
                ask thresholds set 198.51.100.0/24 udp.pps=2k icmp.pps=300 --dry-run
                ask thresholds set 198.51.100.0/24 udp.pps=2k
                ask thresholds set 198.51.100.0/24 icmp.pps=300 --confirm 60s
                ask confirm
                ask thresholds set 198.51.100.0/24 udp.qps=2k || echo "wrong $?"
                ask thresholds
                flood 198.51.100.9
                stop
                ask status || echo "gone $?"
                ask clean
                """);
        // CAP_NET_ADMIN alone, to put rules back.
        assertTrue(said.contains("weir-clock\t0000000000001000\n"), said);
        assertTrue(said.contains("weir-api\t0000000000001000\n"), said);
        assertTrue(said.contains("banned\n0 received\n"), said);
        assertTrue(said.contains("observing\n3 received\n"), said);
        assertTrue(said.contains("192.0.2.99/32  "), said);
        assertTrue(said.contains("changed: thresholds\nNo flood since the start.\n"), said);
        assertTrue(said.contains("nonsense: unknown key") && said.contains("refused 2"), said);
        assertTrue(said.contains(" queue on ra0, dropping, up ") && said.contains("exit 0"), said);
        assertTrue(said.contains("no daemon answers at s") && said.contains("gone 1"), said);
        assertTrue(said.contains("no rule of weir is in the kernel"), said);
        List<Object> types = EventSchema.check(folder.resolve("events.jsonl")).stream()
                .map(event -> event.get("event_type"))
                .filter(type -> !List.of("scan", "flood", "audit").contains(type))
                .toList();
        assertEquals(
                List.of("ban", "ban", "reload", "reload", "reload", "reload", "reload", "reload", "reload"),
                types,
                said);
        assertTrue(said.contains("  rolled back in 60s unless 'weir confirm' comes before\nConfirmed.\n"), said);
        List<String> audits = EventSchema.check(folder.resolve("events.jsonl")).stream()
                .filter(event -> "audit".equals(event.get("event_type")))
                .map(event -> Json.asObject(event.get("audit")))
                .map(audit -> audit.get("by") + ": " + audit.get("action") + " " + audit.get("detail") + ": "
                        + audit.get("result"))
                .toList();
        String root = "user root over the Unix socket: ";
        assertEquals(
                List.of(
                        root
                                + "ban {\"bans\":[{\"prefix\":\"192.0.2.99\",\"for\":\"1h\",\"reason\":\"3 a.m.\"}]}: done",
                        root + "observe {\"observe\":true}: done",
                        root + "observe {\"observe\":false}: done",
                        root + "unban prefix=192.0.2.99: done",
                        root + "reload {\"force\":false}: done",
                        root + "reload {\"force\":false}: refused",
                        "SIGHUP: reload : refused",
                        root + "reload {\"force\":false}: done",
                        root + "thresholds prefix=198.51.100.0/24 {\"thresholds\":{\"udp\":{\"pps\":\"2k\"}}}: done",
                        root
                                + "thresholds prefix=198.51.100.0/24 {\"thresholds\":{\"icmp\":{\"pps\":\"300\"}},\"confirm\":\"60s\"}: done",
                        root + "confirm : done",
                        root
                                + "thresholds prefix=198.51.100.0/24 {\"thresholds\":{\"udp\":{\"qps\":\"2k\"}}}: refused"),
                audits);
        assertTrue(Files.readString(folder.resolve("log")).contains("audit: user root over the Unix socket: ban {"));
        assertTrue(said.contains("Valid; nothing was done.\n  changed: thresholds\n  of the "), said);
        assertTrue(said.contains("as it is:  ") && said.contains("with this: "), said);
        assertTrue(said.contains("\nSet, until the configuration is read again.\n"), said);
        assertTrue(said.contains("thresholds.udp.qps: unknown key") && said.contains("wrong 2\n198.51.100.0/24"), said);
        assertTrue(said.contains("2k pps"), said);
        String notified = Files.readString(folder.resolve("notified"));
        assertTrue(
                notified.matches(
                        "198\\.51\\.100\\.9 incoming \\d+ ban\n(?:.* attack_details\n)*198\\.51\\.100\\.9 incoming \\d+ unban\n"),
                notified);
        assertTrue(Files.readString(folder.resolve("details")).startsWith("IP: 198.51.100.9\n"), notified);
        assertTrue(packets(summary(), "ban") >= 6, said);
    }

    /** Who bans the network that it is logged in from would not be there to lift that; who is connected may be the attacker. */
    @Test
    void bansNobodyWhoIsLoggedInUnlessForced() throws Exception {
        Files.writeString(
                folder.resolve("weir.yaml"),
                "protect: [{ prefix: 192.0.2.1/32 }]\nrun: { mode: queue, interfaces: [ra0] }\napi: { socket: s }\n");
        String said = script(HostScript.ROUTED + """
                start --config weir.yaml
                ask() { "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN "$@" --socket s || echo "status $?"; }
                "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $HELD 22 > held & server=$!
                while ! grep -q listening held; do sleep 0.05; done
                at $a "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $HELD 192.0.2.1 22 > /dev/null & client=$!
                trap 'kill -9 $a $b $weir $server $client 2>/dev/null || true' EXIT
                while ! grep -q ':0016 .* 01 ' /proc/net/tcp /proc/net/tcp6; do sleep 0.05; done
                ask ban 203.0.113.9 192.0.2.0/24
                ask bans
                SSH_CONNECTION="192.0.2.99 9 192.0.2.1 22" bash -c 'exec 2>&1; env -u SSH_CONNECTION "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN ban 192.0.2.99 --socket s; echo "status $?"'
                ask bans
                echo "attacker:"
                ask ban 192.0.2.99
                echo "forced:"
                ask ban 192.0.2.0/24 --force
                ping3 192.0.2.1
                stop
                """);
        assertTrue(
                said.contains("weir: 192.0.2.0/24 would cut off the SSH session from 192.0.2.99; ban less, or give"
                        + " --force\nstatus 1\nNobody is banned.\n"
                        + "weir: 192.0.2.99/32 is where this SSH session comes from; ban others, or give --force\n"
                        + "status 1\nNobody is banned.\nattacker:\n"),
                said);
        assertTrue(said.substring(said.indexOf("attacker:")).contains("\n192.0.2.99/32 "), said);
        assertTrue(said.substring(said.indexOf("forced:")).contains("\n192.0.2.0/24 "), said);
        assertTrue(said.endsWith("0 received\nexit 0\n"), said);
    }

    @Test
    void keepsThePacketsAroundTheStartOfAFlood() throws Exception {
        Skips.unless(Files.isExecutable(Path.of("/usr/bin/tshark")), "install tshark, to read captures of floods");
        Files.writeString(
                folder.resolve("weir.yaml"),
                QUEUE.formatted("closed").replace("run: {", "run: { offload: none,") + """
                state: state
                api: { socket: s }
                captures: { before: 3s, after: 5s, packet: 96, memory: 4M, file: 1M, folder: 2M }
                """);
        String said = script(HostScript.ROUTED + """
                mkdir -p state/captures
                head -c 1500000 /dev/zero > state/captures/20200101T000000000Z-syn.pcapng
                head -c 1500000 /dev/zero > state/captures/another.pcapng
                start --config weir.yaml
                ping3 198.51.100.9
                flood 198.51.100.9
                while ! ls state/captures/2*-udp.pcapng; do kill -0 $weir; sleep 0.05; done
                stop
                stat -c '%a %n' state/captures state/captures/*
                ask() { tshark -r state/captures/2*-udp.pcapng "$@" 2>> tshark.log; }
                echo "$(ask -Y 'icmp.type == 8 || icmp.type == 0' | wc -l) pings"
                echo "$(ask -Y 'udp && frame.cap_len <= 96 && frame.len >= 60' | wc -l) of the flood"
                echo "first: $(ask -Y ip -T fields -e frame.protocols | sed -n 1p)"
                grep -v "Running as user" tshark.log || echo "no complaint"
                """);
        List<Map<String, Object>> floods = EventSchema.check(folder.resolve("events.jsonl")).stream()
                .filter(event -> "flood".equals(event.get("event_type")))
                .map(event -> Json.asObject(event.get("flood")))
                .toList();
        String name = Json.asText(floods.getFirst().get("capture"));
        assertEquals(name, floods.getLast().get("capture"));
        // The oldest made room; what isn't ours stays.
        assertEquals(
                List.of("700 state/captures", "600 state/captures/" + name, "644 state/captures/another.pcapng"),
                said.lines().filter(line -> line.matches("[67].. state.*")).toList(),
                said);
        assertTrue(said.contains("\n6 pings\n") && said.contains("first: raw:ip:icmp:data\nno complaint"), said);
        long bytes = Files.size(folder.resolve("state/captures").resolve(name));
        assertTrue(bytes <= 1_000_000 && bytes > 990_000, () -> bytes + " bytes");
        long packets = Long.parseLong(said.lines()
                .filter(line -> line.endsWith(" of the flood"))
                .findFirst()
                .orElseThrow()
                .split(" ")[0]);
        assertTrue(packets >= 8_000, said);
    }

    @Test
    void cleansAwayNoFileThatIsNoSocket() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertEquals(
                List.of("weir: " + file + " is no socket; nothing is removed"),
                Weir.run("clean", "--socket", file)
                        .expect(ExitStatus.WRONG_USAGE)
                        .problems());
        assertTrue(Files.exists(file));
    }

    @Test
    void saysWhatItWouldPutIntoTheKernel() throws IOException {
        Path config = Files.writeString(folder.resolve("weir.yaml"), QUEUE.formatted("closed"));
        Weir.Answer answer = Weir.run("run", "--config", config, "--plan").expect(ExitStatus.DONE);
        assertTrue(answer.out().startsWith("Mode queue on ra0, protecting 198.51.100.0/24\n"), answer::toString);
        assertTrue(answer.out().contains("ip saddr 192.0.2.0/28 tcp dport 22 accept"), answer::toString);
        assertTrue(answer.out().contains("iifname \"ra0\" counter queue to 0\n"), answer::toString);
        assertFalse(answer.out().contains("bypass"), answer::toString);
        assertTrue(answer.out().contains("weir_bans (16,384)"), answer::toString);
        Files.writeString(config, BRIDGE);
        answer = Weir.run("run", "--config", config, "--plan").expect(ExitStatus.DONE);
        assertTrue(answer.out().contains("type filter hook ingress device \"rb0\" priority 0; policy drop;"));
    }

    @Test
    void refusesWhatItCannotKeep() throws IOException {
        Path config = folder.resolve("weir.yaml");
        Files.writeString(config, BRIDGE.replace("closed", "open"));
        assertEquals(
                List.of(
                        "weir: run.failure open: nothing passes a bridge whose program is gone; write 'failure: closed' to"
                                + " say that this is known"),
                Weir.run("run", "--plan", "--config", config)
                        .expect(ExitStatus.WRONG_USAGE)
                        .problems());
        Files.writeString(
                config, "protect: [{ prefix: 192.0.2.1 }]\nrun: { mode: xdp, interfaces: [eth0], failure: closed }\n");
        assertEquals(
                List.of("weir: run.failure closed: mode xdp ends with its program, and packets then pass; write"
                        + " 'failure: open', or 'mode: queue'"),
                Weir.run("run", "--plan", "--config", config)
                        .expect(ExitStatus.WRONG_USAGE)
                        .problems());
        Files.writeString(config, BRIDGE.replace("failure", "workers: 2, failure"));
        assertEquals(
                List.of("weir: run.workers 2: a bridge has one worker, all other modes may have more; write 1"),
                Weir.run("run", "--plan", "--config", config)
                        .expect(ExitStatus.WRONG_USAGE)
                        .problems());
        Files.writeString(config, TWO_WORKERS);
        assertEquals(
                List.of("weir: --record needs one worker, run.workers is 2; a recording has one order of packets"),
                Weir.run("run", "--plan", "--record", folder.resolve("session.pcapng"), "--config", config)
                        .expect(ExitStatus.WRONG_USAGE)
                        .problems());
    }

    @Test
    void saysWhichInterfaceIsNotThere() throws IOException {
        Path config = folder.resolve("weir.yaml");
        Files.writeString(config, "protect: [{ prefix: 192.0.2.1 }]\nrun: { mode: observe, interfaces: [nosuch0] }\n");
        List<String> problems =
                Weir.run("run", "--config", config).expect(ExitStatus.FAILED).problems();
        assertEquals(1, problems.size(), problems::toString);
        assertTrue(
                problems.getFirst()
                        .matches(
                                "weir: can't find the interface nosuch0: no such device \\(ENODEV\\); there are .*\\blo\\b.*"),
                problems::toString);
    }
}
