package io.weir.detector.walls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import io.weir.detector.testing.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** The measures of the source files: what is too long for a reader, and what every package says of itself. */
class SourcesTest {
    private static final int MOST_LINES = 500;
    private static final int WISHED_LINES = 300;
    private static final int MOST_METHOD_LINES = 70;

    @Test
    void keepsFilesShort(TestReporter reporter) throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path source : sources("main")) {
            long lines = Files.readAllLines(source).size();
            String found = Project.root().relativize(source) + " has " + lines + " lines";
            if (lines > MOST_LINES) {
                tooLong.add(found);
            } else if (lines > WISHED_LINES) {
                reporter.publishEntry("longer than " + WISHED_LINES + " lines", found);
            }
        }
        assertEquals(List.of(), tooLong);
    }

    @Test
    void keepsMethodsShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        try (StandardJavaFileManager files =
                ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = files.getJavaFileObjectsFromPaths(sources("main"));
            JavacTask parser = (JavacTask)
                    ToolProvider.getSystemJavaCompiler().getTask(null, files, null, List.of(), null, sources);
            SourcePositions positions = Trees.instance(parser).getSourcePositions();
            for (CompilationUnitTree unit : parser.parse()) {
                new Methods(unit, positions, tooLong).scan(unit, null);
            }
        }
        assertEquals(List.of(), tooLong);
    }

    /** Tests beside the package that they test need no words of their own. */
    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        for (String kind : List.of("main", "test")) {
            List<Path> folders =
                    sources(kind).stream().map(Path::getParent).distinct().toList();
            assertTrue(folders.size() > 5, kind + " has only " + folders);
            for (Path folder : folders) {
                String tested = folder.toString().replace("/src/test/", "/src/main/");
                if (kind.equals("test") && Files.isDirectory(Path.of(tested))) {
                    continue;
                }
                Path info = folder.resolve("package-info.java");
                assertTrue(Files.exists(info), () -> Project.root().relativize(info) + " is missing");
                String text = Files.readString(info);
                assertTrue(text.startsWith("/**"), () -> Project.root().relativize(info) + " says nothing");
                assertTrue(
                        text.contains("\n@NullMarked\n"), () -> Project.root().relativize(info) + " allows nulls");
            }
        }
    }

    private static List<Path> sources(String kind) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String module : List.of("filter-core", "capture", "detector")) {
            try (Stream<Path> files = Files.walk(Project.root().resolve(module, "src", kind, "java"))) {
                files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(found::add);
            }
        }
        return found;
    }

    private static final class Methods extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> tooLong;

        Methods(CompilationUnitTree unit, SourcePositions positions, List<String> tooLong) {
            this.unit = unit;
            this.positions = positions;
            this.tooLong = tooLong;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            LineMap lines = unit.getLineMap();
            long first = lines.getLineNumber(positions.getStartPosition(unit, method));
            long length = lines.getLineNumber(positions.getEndPosition(unit, method)) - first + 1;
            if (length > MOST_METHOD_LINES) {
                tooLong.add(unit.getSourceFile().getName() + ":" + first + " " + method.getName() + " has " + length
                        + " lines");
            }
            return super.visitMethod(method, null);
        }
    }
}
