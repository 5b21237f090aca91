package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Project;
import io.weir.detector.testing.Skips;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/loadtest} in a copy of the project's folder that leads to the classes under test, interrupted. */
class LoadTestScriptTest {
    private static final String PROGRAMS = "ip nft iptables ethtool nginx dnsmasq wrk awk taskset pgrep";
    private static final int INTERRUPTED = 130;
    private static final int TERMINATED = 143;
    private static final int LONGEST_SECONDS = 120;

    @TempDir
    private Path folder = Path.of("");

    private Path root = Path.of("");
    private Path temporary = Path.of("");

    @BeforeEach
    void copyProject() throws IOException, InterruptedException {
        Skips.unless(
                "root".equals(System.getProperty("user.name"))
                        && status("unshare -n true && command -v " + PROGRAMS + " > /dev/null") == 0,
                "run as root, allowed to make network namespaces, after scripts/loadtest --install, to interrupt a load test");
        temporary = Files.createDirectories(folder.resolve("tmp"));
        root = Files.createDirectories(folder.resolve("copy"));
        Files.createDirectories(root.resolve("scripts", "lib"));
        for (String name : List.of("weir", "loadtest", "lib/java.sh", "lib/loadtest.sh")) {
            Files.copy(
                    Project.root().resolve("scripts", name),
                    root.resolve("scripts", name),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (String module : List.of("filter-core", "capture", "detector")) {
            Files.createDirectories(root.resolve(module, "src", "main"));
            Files.createFile(root.resolve(module, "pom.xml"));
        }
        Files.createFile(root.resolve("pom.xml"));
        Path target = Files.createDirectories(root.resolve("detector", "target"));
        ProgramJar.write(target.resolve("weir.jar"));
        // Built after any source, with a cache of classes that can't be had: nobody builds, nobody trains.
        for (String made : List.of("weir.built", "weir.aot")) {
            Files.setLastModifiedTime(
                    Files.createFile(target.resolve(made)),
                    FileTime.from(Instant.now().plusSeconds(60)));
        }
    }

    private static int status(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("bash", "-c", command).start().waitFor();
    }

    private static String output(String command) throws IOException {
        Process process = new ProcessBuilder("bash", "-c", command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void interruptedWhileItBuildsItsNetworksLeavesNothing() throws IOException, InterruptedException {
        interrupt("none", "INT", INTERRUPTED, "test -e /run/netns/weir-lt-$script-a");
    }

    @Test
    void endedWhileUsersAskLeavesNothing() throws IOException, InterruptedException {
        interrupt("none", "TERM", TERMINATED, runs("a", "load-users"));
    }

    @Test
    void interruptedInAFloodAgainstWeirLeavesNothing() throws IOException, InterruptedException {
        interrupt("weir-queue", "INT", INTERRUPTED, runs("a", "generate") + " && " + runs("f", "run"));
    }

    /** Whether a command of Weir runs in one of the script's networks. */
    private static String runs(String network, String command) {
        return "for pid in $(ip netns pids weir-lt-$script-" + network + "); do tr '\\0' ' ' < /proc/$pid/cmdline; done"
                + " | grep -q 'weir.jar " + command + " '";
    }

    private void interrupt(String defence, String signal, int status, String moment)
            throws IOException, InterruptedException {
        Path log = folder.resolve("loadtest.log");
        // A signal that was ignored at the start could not be caught.
        ProcessBuilder builder = new ProcessBuilder(
                "env",
                "--default-signal=INT,TERM",
                root.resolve("scripts", "loadtest").toString(),
                "--short",
                "--rates",
                "5k",
                "--floods",
                "syn",
                "--defences",
                defence,
                "--out",
                folder.resolve("out").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TMPDIR", temporary.toString());
        Process script =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        List<ProcessHandle> started = new ArrayList<>();
        try {
            String now = "script=" + script.pid() + "; " + moment;
            while (script.isAlive() && status(now) != 0) {
                Thread.sleep(20);
            }
            assertTrue(script.isAlive(), () -> "ended too soon: " + read(log));
            started.addAll(script.descendants().toList());
            assertEquals(0, status("kill -" + signal + " " + script.pid()));
            assertTrue(script.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), () -> "goes on: " + read(log));
            assertEquals(status, script.exitValue(), () -> read(log));
        } finally {
            script.destroyForcibly();
        }
        assertEquals("", output("ip netns list | grep weir-lt-" + script.pid() + "-"));
        for (ProcessHandle process : started) {
            String left = commandLine(process);
            assertTrue(left.isEmpty(), () -> "left: " + left);
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** Empty of one that ended, also while nobody has asked how. */
    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .replace('\0', ' ');
        } catch (IOException gone) {
            return "";
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException gone) {
            return String.valueOf(gone.getMessage());
        }
    }
}
