package io.weir.detector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A jar that leads to the classes under test, for scripts that start one. */
final class ProgramJar {
    private ProgramJar() {}

    /** Writes it. */
    static Path write(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.putValue("Manifest-Version", "1.0");
        main.putValue("Main-Class", Main.class.getName());
        main.putValue("Enable-Native-Access", "ALL-UNNAMED");
        main.putValue(
                "Class-Path",
                Stream.of(System.getProperty("java.class.path").split(":"))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
    }
}
