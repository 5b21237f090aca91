package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.detector.testing.Skips;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traffic onto an interface: what is refused anywhere, and what arrives at the other end of a cable between two networks. */
class LiveGenerateTest {
    /** A cable from here to a host that owns the target's network; {@code sent} sends, {@code got} tells what arrived. */
    private static final String CABLE = """
            set -e
            unshare -n sleep 60 & there=$!
            trap 'kill -9 $there 2>/dev/null || true' EXIT
            while [ "$(readlink /proc/$there/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
            at() { nsenter -t $there -n "$@"; }
            ip link add ga0 type veth peer name gb0 netns $there
            ip address add 198.18.255.1/24 dev ga0; ip link set ga0 up; ip route add 198.51.100.0/24 via 198.18.255.2
            at ip address add 198.18.255.2/24 dev gb0; at ip link set gb0 up
            at ethtool -K gb0 gro on
            ping -q -c 1 -W 2 198.18.255.2 > /dev/null # or the first frame is the one that asks who that is
            at nft 'table netdev t { chain c { type filter hook ingress device gb0 priority 0; policy accept;
              ip daddr 198.51.100.0/24 counter drop
            }
            }'
            sent() { "$JAVA" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -cp "$CLASSES" $MAIN generate --interface ga0 --json "$@"; }
            got() { at nft list table netdev t | grep -o 'packets [0-9]*'; }
            """;

    @TempDir
    private Path folder = Path.of("");

    private List<String> script(String text) throws IOException, InterruptedException {
        Skips.unless(
                "root".equals(System.getProperty("user.name")) && has("ip ping nsenter unshare nft ethtool tcpdump ss"),
                "run as root, allowed to make network namespaces, with ip, ping, nsenter, unshare, nft, ethtool and tcpdump installed, to send on an interface");
        ProcessBuilder builder = new ProcessBuilder("unshare", "-n", "bash", "-c", CABLE + text);
        builder.directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        environment.put(
                "JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        environment.put("CLASSES", System.getProperty("java.class.path"));
        environment.put("MAIN", Main.class.getName());
        Path log = folder.resolve("script.log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it didn't end");
        List<String> said = Files.readAllLines(log);
        assertEquals(0, process.exitValue(), said::toString);
        return said;
    }

    private static boolean has(String programs) throws IOException, InterruptedException {
        return new ProcessBuilder("bash", "-c", "unshare -n true && command -v " + programs + " > /dev/null")
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void whatItSaysItSentArrives() throws Exception {
        List<String> said = script("""
                sent syn --pps 20k --seconds 1 --via socket; got
                sent udp --pps 400k --packets 30000 --via xdp; got
                """);
        Map<String, Object> socket = Json.object(said.get(0));
        long bySocket = Json.asLong(socket.get("packets"));
        assertEquals("socket", socket.get("via"));
        assertEquals("packets " + bySocket, said.get(1));
        // Of a Poisson process of 20,000 in the mean all but one in 10¹⁵ lie within eight deviations.
        assertTrue(bySocket > 18_800 && bySocket < 21_200, said::toString);
        Map<String, Object> xdp = Json.object(said.get(2));
        long byXdp = Json.asLong(xdp.get("packets"));
        assertEquals("xdp", xdp.get("via"));
        assertTrue(byXdp > 0 && byXdp <= 30_000, said::toString);
        long probes = Long.parseLong(said.get(3).replace("packets ", "")) - bySocket - byXdp;
        assertTrue(probes >= 0 && probes <= 16, said::toString);
    }

    /** As much of what is handed over as the far end takes, and spread over the time as it went. */
    @Test
    void sharedByTenthsOfASecondIsWhatWasSent() throws Exception {
        List<String> said = script("""
                sent udp --pps 30k --seconds 1 --via xdp
                """);
        Map<String, Object> sent = Json.object(said.get(0));
        long packets = Json.asLong(sent.get("packets"));
        assertTrue(packets > 0 && Json.asLong(sent.get("counted")) >= packets, said::toString);
        assertTrue(Json.asLong(sent.get("least_in_100ms")) * 10 <= packets, said::toString);
        assertTrue(Json.asLong(sent.get("most_in_100ms")) * 10 >= packets * 9 / 10, said::toString);
    }

    @Test
    void aFloodThatStartsLaterGoesByXdpFramesToo() throws Exception {
        List<String> said = script("""
                sent udp --pps 400k --start 1 --seconds 3 --packets 5000 --via xdp
                """);
        Map<String, Object> sent = Json.object(said.get(0));
        assertEquals("xdp", sent.get("via"));
        assertTrue(Json.asLong(sent.get("packets")) > 0, said::toString);
    }

    @Test
    void aCaptureIsSentToTheTargetWithAddressesThatNobodyHas() throws Exception {
        Path capture = folder.resolve("peace.pcap");
        Weir.run("generate", "peace", "--seconds", 2, "--out", capture).expect(ExitStatus.DONE);
        List<String> said = script("""
                at timeout 20 tcpdump -U -Q in -i gb0 -w got.pcap --immediate-mode -Z root 'dst net 198.51.100.0/24' 2>/dev/null & tap=$!
                while ! at ss -0 -n 2>/dev/null | grep -q gb0; do sleep 0.1; done
                sent --from peace.pcap --pps 5k --seconds 5; got
                for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done
                at pkill -INT -P $tap tcpdump || true; kill $tap 2>/dev/null || true; wait $tap || true
                tcpdump -nvvr got.pcap 2>/dev/null | grep -c 'cksum.*(incorrect\\|bad cksum' || true
                """);
        Map<String, Object> sent = Json.object(said.get(0));
        long packets = Json.asLong(sent.get("packets"));
        assertTrue(packets > 100, said::toString);
        assertEquals("packets " + packets, said.get(1));
        assertEquals(0, Json.asLong(sent.get("unsafe")));
        assertEquals("0", said.get(2), "wrong checksums");
        Map<String, Object> decode = Json.asObject(
                Weir.run("replay", "--json", folder.resolve("got.pcap")).json().get("decode"));
        assertEquals(Set.of("ok"), decode.keySet());
        // Of what a busy machine's tcpdump got to see.
        assertTrue(Json.asLong(decode.get("ok")) > packets / 2, decode::toString);
    }

    @Test
    void itRefusesWhatItCantDo() {
        refused("say where the traffic goes: --out FILE or --interface NAME", "syn");
        refused("say where the traffic goes: --out FILE or --interface NAME", "syn", "--out", "x", "--interface", "lo");
        refused("say what to simulate", "--interface", "lo");
        refused("--from is for --interface, in place of a profile", "syn", "--interface", "lo", "--from", "x.pcap");
        refused("--packets '0' must be at least 1", "syn", "--interface", "lo", "--packets", "0");
        refused("--threads '0' must be 1 to 64", "syn", "--interface", "lo", "--threads", "0");
        refused("nothing is sent for longer than an hour", "syn", "--interface", "lo", "--seconds", "3601");
        refused("--pulse '2' must be seconds on and off, such as 2/3", "syn", "--out", "x", "--pulse", "2");
        refused("--pps 'fast' isn't a number", "syn", "--out", "x", "--pps", "fast");
        refused("is no hardware address", "syn", "--interface", "lo", "--mac", "1:2");
    }

    @Test
    void noPublicAddressIsATarget() {
        for (String address : List.of("8.8.8.8", "100.64.0.1", "2606:4700::1111", "224.0.0.1")) {
            refused(address, "syn", "--interface", "lo", "--target", address);
        }
    }

    @Test
    void aWrongNameIsToldTheNearestOnes() {
        refused("'sym' is no profile; did you mean syn", "sym", "--out", "x");
        refused("did you mean ntp-reflection", "ntp-reflexion", "--out", "x");
        refused("'zzzzzz' is no profile; 'weir generate --list' tells what there is", "zzzzzz", "--out", "x");
    }

    private static void refused(String why, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "generate";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Weir.Answer answer = Weir.run(all).expect(ExitStatus.WRONG_USAGE);
        assertTrue(answer.err().contains(why), answer::err);
        assertTrue(answer.err().lines().allMatch(line -> line.length() < 400), answer::err);
    }

    @Test
    void theListHasALineForEachProfile() {
        Weir.Answer answer = Weir.run("generate", "--list").expect(ExitStatus.DONE);
        for (String name : io.weir.capture.load.LoadProfiles.names()) {
            assertTrue(answer.out().lines().anyMatch(line -> line.startsWith(name + " ")), name);
        }
        assertTrue(answer.out().lines().allMatch(line -> line.length() <= 115), answer::out);
    }
}
