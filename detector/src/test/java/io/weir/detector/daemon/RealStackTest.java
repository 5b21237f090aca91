package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Skips;
import io.weir.detector.testing.StackExercise;
import io.weir.detector.testing.TrackedCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Connections between two hosts of their own (network namespaces), captured on the router between them: every segment
 * fits what is tracked. With losses on both sides of the router, so that it sees all kinds of retransmission.
 */
class RealStackTest {
    /**
     * Ends with the shell, whatever happens: a namespace lives as long as a process in it. Loss and reordering where the
     * kernel has netem, else the losses of a queue that is too short.
     */
    private static final String SCRIPT = """
            set -e
            unshare -n sleep 120 & a=$!
            unshare -n sleep 120 & b=$!
            trap 'kill $a $b $dump $server 2>/dev/null || true' EXIT
            while [ "$(readlink /proc/$a/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
            while [ "$(readlink /proc/$b/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
            ip link add ra0 type veth peer name ea0; ip link set ea0 netns $a
            ip link add rb0 type veth peer name eb0; ip link set eb0 netns $b
            ip address add 192.0.2.1/24 dev ra0; ip link set ra0 up
            ip address add 198.51.100.1/24 dev rb0; ip link set rb0 up
            echo 1 > /proc/sys/net/ipv4/ip_forward
            nsenter -t $a -n ip address add 192.0.2.9/24 dev ea0; nsenter -t $a -n ip link set ea0 up
            nsenter -t $a -n ip route add default via 192.0.2.1
            nsenter -t $b -n ip address add 198.51.100.9/24 dev eb0; nsenter -t $b -n ip link set eb0 up
            nsenter -t $b -n ip route add default via 198.51.100.1
            impair() {
              $1 tc qdisc add dev $2 root netem delay 3ms 1ms loss 2% reorder 5% 2>/dev/null \\
                || $1 tc qdisc add dev $2 root tbf rate 60mbit burst 20kb limit 30kb
            }
            if [ "$IMPAIRED" = true ]; then
              impair "" ra0; impair "" rb0; impair "nsenter -t $a -n" ea0; impair "nsenter -t $b -n" eb0
            fi
            tcpdump -i ra0 -w "$CAPTURE" -B 32768 -s 200 -U tcp 2> "$CAPTURE.log" & dump=$!
            while ! grep -q listening "$CAPTURE.log"; do sleep 0.05; done
            nsenter -t $b -n "$JAVA" -cp "$CLASSES" $EXERCISE server > "$CAPTURE.server" & server=$!
            while ! grep -q listening "$CAPTURE.server"; do sleep 0.05; done
            nsenter -t $a -n "$JAVA" -cp "$CLASSES" $EXERCISE client 198.51.100.9
            sleep 1
            kill -INT $dump; wait $dump || true
            """;

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void everySegmentFits(boolean isImpaired, TestReporter reporter) throws IOException, InterruptedException {
        Skips.unless(
                isRoot() && has("ip") && has("tcpdump") && has("nsenter") && canUnshare(),
                "run as root, allowed to make network namespaces, with ip, nsenter, unshare and tcpdump installed, to track connections of real TCP stacks");
        Path capture = capture(isImpaired);
        for (boolean isBothWays : new boolean[] {true, false}) {
            TrackedCapture seen = TrackedCapture.of(capture, isBothWays);
            reporter.publishEntry(
                    "impaired " + isImpaired + ", both ways " + isBothWays,
                    seen.segments() + " segments, " + seen.misfits().size() + " that don't fit, " + seen.strangers()
                            + " strangers");
            assertTrue(seen.segments() > 2_000, () -> seen.segments() + " segments");
            assertEquals(List.of(), seen.misfits());
        }
    }

    private Path capture(boolean isImpaired) throws IOException, InterruptedException {
        Path capture = folder.resolve("stack.pcap");
        ProcessBuilder builder = new ProcessBuilder("unshare", "-n", "bash", "-c", SCRIPT);
        builder.environment().put("IMPAIRED", Boolean.toString(isImpaired));
        builder.environment().put("CAPTURE", capture.toString());
        builder.environment()
                .put(
                        "JAVA",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().put("CLASSES", System.getProperty("java.class.path"));
        builder.environment().put("EXERCISE", StackExercise.class.getName());
        Path log = folder.resolve("script.log");
        Process script =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertTrue(script.waitFor(100, TimeUnit.SECONDS), "it didn't end");
        } finally {
            // Nothing of it outlives the test.
            script.descendants().forEach(ProcessHandle::destroyForcibly);
            script.destroyForcibly();
        }
        assertEquals(0, script.exitValue(), () -> text(log));
        return capture;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean canUnshare() throws IOException, InterruptedException {
        return has("unshare")
                && new ProcessBuilder("unshare", "-n", "true")
                                .inheritIO()
                                .start()
                                .waitFor()
                        == 0;
    }

    private static boolean has(String tool) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, tool))) {
                return true;
            }
        }
        return false;
    }
}
