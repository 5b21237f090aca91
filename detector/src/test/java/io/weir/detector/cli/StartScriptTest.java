package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Project;
import io.weir.detector.testing.Skips;
import java.io.IOException;
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

/**
 * {@code scripts/weir} in a copy of the project's folder whose Maven is a script: it notes that it was called and, after
 * a while, puts a jar in place that leads to the classes under test.
 */
class StartScriptTest {
    private static final List<String> TOOLS = List.of(
            "bash", "dirname", "readlink", "grep", "cat", "find", "mkdir", "flock", "touch", "mv", "sleep", "head");

    @TempDir
    private Path folder = Path.of("");

    private Path root = Path.of("");
    private Path tools = Path.of("");
    private Path calls = Path.of("");

    @BeforeEach
    void copyProject() throws IOException {
        Skips.unless(Files.isExecutable(Path.of("/bin/bash")), "install bash to test scripts/weir");
        root = Files.createDirectories(folder.resolve("a copy"));
        tools = Files.createDirectories(folder.resolve("tools"));
        calls = folder.resolve("calls");
        for (String script : List.of("scripts/weir", "scripts/lib/java.sh")) {
            Path copy = root.resolve(script);
            Files.createDirectories(copy.getParent());
            Files.copy(Project.root().resolve(script), copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (String module : List.of("filter-core", "capture", "detector")) {
            Files.createDirectories(root.resolve(module, "src", "main", "java"));
            Files.writeString(root.resolve(module, "pom.xml"), "<project/>");
            Files.writeString(root.resolve(module, "src", "main", "java", "A.java"), "class A {}");
        }
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        for (String tool : TOOLS) {
            Path script = tools.resolve(tool);
            Files.writeString(script, "#!/bin/bash\nexec '" + where(tool) + "' \"$@\"\n");
            assertTrue(script.toFile().setExecutable(true));
        }
        fakeMaven(0);
    }

    private static Path where(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(place -> Path.of(place, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(tool + " is missing"));
    }

    /** A build that takes a second, so that two at once would be seen. */
    private void fakeMaven(int status) throws IOException {
        Path jar = ProgramJar.write(folder.resolve("weir.jar"));
        Path maven = tools.resolve("mvn");
        Files.writeString(maven, """
                #!/bin/bash
                echo build >> '%s'
                echo '[ERROR] A.java:[1,1] the sky falls'
                sleep 1
                mkdir -p detector/target
                [ %d -ne 0 ] || cat '%s' > detector/target/weir.jar
                exit %d
                """.formatted(calls, status, jar, status));
        assertTrue(maven.toFile().setExecutable(true));
    }

    private Process start(Path from, String name, String javaHome, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(root.resolve("scripts", "weir").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(from.toFile())
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile());
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("JAVA_HOME", javaHome);
        builder.environment().put("HOME", folder.toString());
        return builder.start();
    }

    private Weir.Answer answer(Process process, String name) throws IOException, InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it didn't end");
        return Weir.checked(new Weir.Answer(
                process.exitValue(),
                Files.readString(folder.resolve(name + ".out")),
                Files.readString(folder.resolve(name + ".err"))));
    }

    private Weir.Answer run(Path from, String... arguments) throws IOException, InterruptedException {
        return answer(start(from, "run", System.getProperty("java.home"), arguments), "run");
    }

    private int builds() throws IOException {
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    @Test
    void buildsOnceAndAgainWhenASourceIsNewer() throws IOException, InterruptedException {
        Weir.Answer first = run(folder, "--version").expect(ExitStatus.DONE);
        assertTrue(first.out().startsWith("weir "), first::toString);
        assertTrue(first.err().startsWith("weir: building "), first::toString);
        assertEquals("", run(folder, "--version").expect(ExitStatus.DONE).err());
        assertEquals(1, builds());
        FileTime later = FileTime.from(Instant.now().plusSeconds(2));
        Files.setLastModifiedTime(root.resolve("capture", "src", "main", "java", "A.java"), later);
        run(folder, "--version").expect(ExitStatus.DONE);
        assertEquals(2, builds());
    }

    @Test
    void buildsAgainWhenASourceIsGone() throws IOException, InterruptedException {
        run(folder, "--version").expect(ExitStatus.DONE);
        Path sources = root.resolve("detector", "src", "main", "java");
        Files.delete(sources.resolve("A.java"));
        Files.setLastModifiedTime(sources, FileTime.from(Instant.now().plusSeconds(2)));
        run(folder, "--version").expect(ExitStatus.DONE);
        assertEquals(2, builds());
    }

    @Test
    void buildsOnceForTwoCallsAtOnce() throws IOException, InterruptedException {
        String javaHome = System.getProperty("java.home");
        Process one = start(folder, "one", javaHome, "--version");
        Process other = start(folder, "other", javaHome, "--version");
        answer(one, "one").expect(ExitStatus.DONE);
        answer(other, "other").expect(ExitStatus.DONE);
        assertEquals(1, builds());
    }

    @Test
    void aCacheThatIsDamagedOrCantBeMadeIsNotSpokenOf() throws IOException, InterruptedException {
        run(folder, "--version").expect(ExitStatus.DONE);
        Path target = root.resolve("detector", "target");
        Path cache = target.resolve("weir.aot");
        assertTrue(Files.exists(cache), "made, or marked as one that can't be had");
        Files.writeString(cache, "no cache at all");
        Weir.Answer damaged = run(folder, "--version").expect(ExitStatus.DONE);
        assertTrue(damaged.out().startsWith("weir "), damaged::toString);
        assertEquals("", damaged.err());
        Files.delete(cache);
        Files.createDirectory(target.resolve("weir.aot.lock.d"));
        Files.deleteIfExists(target.resolve("weir.aot.lock"));
        Files.move(target.resolve("weir.aot.lock.d"), target.resolve("weir.aot.lock"));
        Weir.Answer barred = run(folder, "--version").expect(ExitStatus.DONE);
        assertTrue(barred.out().startsWith("weir "), barred::toString);
        assertEquals("", barred.err());
    }

    @Test
    void saysWhyABuildFailed() throws IOException, InterruptedException {
        fakeMaven(1);
        Weir.Answer answer = run(folder, "--version").expect(ExitStatus.FAILED);
        assertEquals("", answer.out());
        assertTrue(answer.err().contains("weir: the build failed:\n[ERROR] A.java:[1,1] the sky falls\n"), answer::err);
        assertTrue(answer.err().contains("build.log"), answer::err);
    }

    @Test
    void staysInTheCallersFolderAndHandsOnTheExitStatus() throws IOException, InterruptedException {
        Path elsewhere = Files.createDirectories(folder.resolve("else where"));
        run(elsewhere, "generate", "peace", "--seconds", "1", "--out", "peace.pcap")
                .expect(ExitStatus.DONE);
        assertTrue(Files.exists(elsewhere.resolve("peace.pcap")));
        assertTrue(run(elsewhere, "replay", "peace.pcap")
                .expect(ExitStatus.DONE)
                .out()
                .startsWith("Weir replayed "));
        assertEquals(
                "weir: none.pcap: no such file\n",
                run(elsewhere, "replay", "none.pcap").expect(1).err());
        run(elsewhere, "replay", "--bogus").expect(ExitStatus.WRONG_USAGE);
    }

    /** So that a signal meant for weir reaches it, and nothing is left behind. */
    @Test
    void isReplacedByTheProgram() throws IOException, InterruptedException {
        run(folder, "--version").expect(ExitStatus.DONE);
        Process process = start(folder, "waiting", System.getProperty("java.home"), "replay", "-");
        String program = "";
        while (process.isAlive() && !program.endsWith("/java")) {
            program = process.info().command().orElse("");
            Thread.sleep(20);
        }
        assertTrue(process.isAlive(), "it ended instead of waiting for its input");
        process.destroy();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it didn't end");
    }

    @Test
    void saysHowToGetAJdkWhereThereIsNone() throws IOException, InterruptedException {
        Path library = root.resolve("scripts", "lib", "java.sh");
        String text = Files.readString(library);
        // The usual folders of this machine may well have one.
        Files.writeString(library, text.replaceAll("(?m)^( *)/usr/.*\\\\$", "$1\\\\"));
        assertTrue(!Files.readString(library).contains("/usr/lib/jvm/*"), "the usual folders moved in java.sh");
        Weir.Answer answer =
                answer(start(folder, "none", "/nowhere", "--version"), "none").expect(2);
        assertTrue(answer.err().startsWith("weir: no JDK 25 found. "), answer::err);
        assertTrue(answer.err().contains("apt-get install "), answer::err);
        assertEquals(0, builds());
    }

    @Test
    void saysThatMavenIsMissing() throws IOException, InterruptedException {
        Files.delete(tools.resolve("mvn"));
        Weir.Answer answer = run(folder, "--version").expect(2);
        assertTrue(answer.err().startsWith("weir: Maven is needed to build "), answer::err);
        assertEquals(1, answer.problems().size());
    }
}
