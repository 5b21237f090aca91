package io.weir.detector.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What others wrote is what they wrote. */
class VendoredTest {
    private static final String SUMS = "SHA256SUMS";

    @Test
    void hasTheChecksumsOfItsVendoredScripts() throws Exception {
        URL sums = Objects.requireNonNull(VendoredTest.class.getResource("/console/vendor/" + SUMS));
        Path folder = Path.of(sums.toURI()).resolveSibling("");
        Map<String, String> stated = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve(SUMS))) {
            stated.put(line.substring(66), line.substring(0, 64));
        }
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals(SUMS) && !name.endsWith("-LICENSE")) {
                    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                    found.put(name, HexFormat.of().formatHex(digest));
                }
            }
        }
        assertEquals(stated, found);
    }
}
