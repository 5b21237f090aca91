package io.weir.detector.alert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who tells. */
final class LocalHost {
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");
    /** RFC 5424 section 6.2.4: at most 255 printable ASCII characters. */
    private static final int MOST_LETTERS = 255;

    private LocalHost() {}

    /** From the kernel, without asking the network; {@code -} where it has none. */
    static String name() {
        try {
            String name = Files.readString(NAME).strip().replaceAll("[^!-~]", "");
            return name.isEmpty() ? "-" : name.substring(0, Math.min(name.length(), MOST_LETTERS));
        } catch (IOException unknown) {
            return "-";
        }
    }
}
