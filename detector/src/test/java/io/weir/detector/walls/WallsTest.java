package io.weir.detector.walls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.EvaluationResult;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every class of all three modules keeps to the walls; every wall can be seen to fall. */
class WallsTest {
    /** Libraries that aren't there yet. */
    private static final List<Source> STUBS =
            List.of(new Source("io.netty", "Stub", ""), new Source("io.micrometer", "Stub", ""));

    @TempDir
    private static Path folder = Path.of("");

    private static JavaClasses ours = new ClassFileImporter().importClasses(List.of());
    private static JavaClasses oursAndBroken = ours;

    @BeforeAll
    static void importClasses() throws IOException {
        List<Location> places = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (isOfModule(path)) {
                places.add(Files.isDirectory(path) ? Location.of(path) : Location.of(new JarFile(path.toFile())));
            }
        }
        ClassFileImporter importer = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests());
        ours = importer.importLocations(places);
        compileViolations();
        oursAndBroken = new ClassFileImporter()
                .importLocations(Stream.concat(places.stream(), Stream.of(Location.of(folder)))
                        .toList());
    }

    /** A module's classes, be they in a folder or, once packaged, in a jar. */
    private static boolean isOfModule(Path entry) {
        Path target = entry.getParent();
        return Files.exists(entry)
                && target != null
                && target.endsWith("target")
                && !entry.endsWith("test-classes")
                && !entry.toString().endsWith("-tests.jar");
    }

    private static List<Walls.Wall> walls() {
        return Walls.ALL;
    }

    @ParameterizedTest
    @MethodSource("walls")
    void stands(Walls.Wall wall) {
        EvaluationResult result = wall.rule().evaluate(ours);
        assertTrue(!result.hasViolation(), () -> result.getFailureReport().toString());
    }

    @ParameterizedTest
    @MethodSource("walls")
    void fallsWhereCodeBreaksIt(Walls.Wall wall) {
        String report = wall.rule().evaluate(oursAndBroken).getFailureReport().toString();
        assertTrue(
                report.contains(brokenName(wall)), () -> "nothing was found in: " + wall.violation() + "\n" + report);
    }

    /** A wall around nothing would always stand. */
    @Test
    void seesEveryModule() {
        Set<String> packages =
                ours.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        List<String> expected = List.of(
                "io.weir.filter.packet", "io.weir.capture.pcap", "io.weir.detector.cli", "io.weir.detector.window");
        assertTrue(packages.containsAll(expected), () -> expected + " aren't all among " + packages);
        assertTrue(packages.stream().noneMatch(name -> name.endsWith(".walls")), () -> "tests are among " + packages);
    }

    @Test
    void everyPackageRefusesNulls() {
        List<String> open = ours.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(part -> part.tryGetPackageInfo()
                        .filter(info -> info.isAnnotatedWith(NullMarked.class))
                        .isEmpty())
                .map(part -> part.getName() + " needs a package-info.java with @NullMarked")
                .toList();
        assertEquals(List.of(), open);
    }

    private static void compileViolations() {
        List<Source> sources = new ArrayList<>(STUBS);
        for (Walls.Wall wall : Walls.ALL) {
            sources.add(new Source(wall.violator(), brokenName(wall), wall.violation()));
        }
        StringWriter problems = new StringWriter();
        boolean isCompiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        problems,
                        null,
                        null,
                        List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        sources)
                .call();
        assertTrue(isCompiled, problems.toString());
    }

    private static String brokenName(Walls.Wall wall) {
        // Closed by a letter, so that no name begins with another.
        return "Broken" + Walls.ALL.indexOf(wall) + "X";
    }

    /** A class as text. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String packageName, String type, String body) {
            super(URI.create("string:///" + packageName.replace('.', '/') + "/" + type + ".java"), Kind.SOURCE);
            text = "package " + packageName + "; public class " + type + " { " + body + " }";
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
