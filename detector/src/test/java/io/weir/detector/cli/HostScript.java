package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.HeldConnection;
import io.weir.detector.testing.LiveVictim;
import io.weir.detector.testing.Skips;
import io.weir.detector.testing.UdpFlood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A shell script between three hosts of its own (network namespaces): outside, the daemon's, inside; what it mounts is its own, too. */
final class HostScript {
    /**
     * A host {@code a} outside and a host {@code b} inside; ends with the shell. {@code start} runs a daemon until it
     * watches, {@code stop} ends it and writes its exit status.
     */
    private static final String HOSTS = """
            set -e
            unshare -n sleep 240 & a=$!
            unshare -n sleep 240 & b=$!
            trap 'kill -9 $a $b $weir 2>/dev/null || true' EXIT
            while [ "$(readlink /proc/$a/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
            while [ "$(readlink /proc/$b/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
            ip link set lo up
            ip link add ra0 type veth peer name ea0 netns $a; ip link set ra0 up
            ip link add rb0 type veth peer name eb0 netns $b; ip link set rb0 up
            at() { nsenter -t $1 -n "${@:2}"; }
            at $a ip link set ea0 up
            at $b ip link set eb0 up
            start() {
              : > log
              "$JAVA" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN run --json "$@" > out 2> log & weir=$!
              while ! grep -q '^weir: [a-z]* on ' log; do kill -0 $weir || { cat log; exit 1; }; sleep 0.05; done
            }
            stop() { kill $weir; status=0; wait $weir || status=$?; echo "exit $status"; }
            flood() { at $a "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" $FLOOD $1 60000 30000 "${@:2}"; }
            ping3() { at $a ping -q -c 3 -i 0.05 -W 1 $1 | grep -o '[0-9]* received' || true; }
            """;

    static final String ROUTED = """
            ip address add 192.0.2.1/24 dev ra0; ip address add 198.51.100.1/24 dev rb0
            echo 1 > /proc/sys/net/ipv4/ip_forward
            at $a ip address add 192.0.2.99/24 dev ea0; at $a ip route add default via 192.0.2.1
            at $b ip address add 198.51.100.9/24 dev eb0; at $b ip route add default via 198.51.100.1
            """;

    private HostScript() {}

    /** Runs a script in a folder, where the daemon leaves {@code out} and {@code log}; returns what it said. */
    static String run(Path folder, String text) throws IOException, InterruptedException {
        Skips.unless(
                "root".equals(System.getProperty("user.name")) && canUnshare(),
                "run as root, allowed to make network namespaces, with ip, ping, nsenter and unshare installed, to run the daemon");
        ProcessBuilder builder = new ProcessBuilder("unshare", "-n", "-m", "bash", "-c", HOSTS + text);
        builder.directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        environment.put(
                "JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        environment.put("CLASSES", System.getProperty("java.class.path"));
        environment.put("MAIN", Main.class.getName());
        environment.put("FLOOD", UdpFlood.class.getName());
        environment.put("VICTIM", LiveVictim.class.getName());
        environment.put("ATTACK", LiveAttack.class.getName());
        environment.put("HELD", HeldConnection.class.getName());
        environment.put("EXERCISE", ConsoleExercise.class.getName());
        Path log = folder.resolve("script.log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertTrue(process.waitFor(240, TimeUnit.SECONDS), () -> "it didn't end");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = Files.readString(log);
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    private static boolean canUnshare() throws IOException, InterruptedException {
        return new ProcessBuilder(
                                "bash",
                                "-c",
                                "unshare -n -m true && for tool in ip ping nsenter; do command -v $tool || exit 1; done > /dev/null")
                        .start()
                        .waitFor()
                == 0;
    }
}
