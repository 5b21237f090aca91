package io.weir.detector.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ports of this host that somebody may be logged in at over SSH. */
final class SshPorts {
    private static final int USUAL = 22;
    private static final int LARGEST = 65_535;
    private static final Path FOLDER = Path.of("/etc/ssh");

    /** What sshd_config(5) says of ports: {@code Port 2222}, {@code ListenAddress 192.0.2.1:2222}, {@code ListenAddress [2001:db8::1]:2222}. */
    private static final Pattern PORT = Pattern.compile(
            "\\s*(?:port[\\s=]+\"?|listenaddress[\\s=]+\"?(?:\\[[^\\]]*\\]|[^\\s:\\[\\]]+):)(\\d{1,5})\"?(?:\\s.*)?");

    private static final Pattern SPACE = Pattern.compile(" ");
    private static final int SERVER_PORT = 3;

    private SshPorts() {}

    /** The usual one, those that sshd is configured for, and the one that the caller came by. */
    static SortedSet<Integer> ofThisHost() {
        return of(FOLDER, System.getenv());
    }

    /** @param folder with {@code sshd_config} and {@code sshd_config.d}, each of which may be missing */
    static SortedSet<Integer> of(Path folder, Map<String, String> environment) {
        SortedSet<Integer> ports = new TreeSet<>();
        ports.add(USUAL);
        addConfigured(folder.resolve("sshd_config"), ports);
        try (DirectoryStream<Path> further = Files.newDirectoryStream(folder.resolve("sshd_config.d"), "*.conf")) {
            further.forEach(file -> addConfigured(file, ports));
        } catch (IOException | DirectoryIteratorException none) {
            // Older ones have no such folder.
        }
        // Client's address and port, server's address and port.
        String[] connection = SPACE.split(environment.getOrDefault("SSH_CONNECTION", ""));
        if (connection.length > SERVER_PORT && connection[SERVER_PORT].matches("\\d{1,5}")) {
            add(connection[SERVER_PORT], ports);
        }
        return ports;
    }

    private static void addConfigured(Path file, SortedSet<Integer> ports) {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                Matcher matcher = PORT.matcher(line.toLowerCase(Locale.ROOT));
                if (matcher.matches()) {
                    add(matcher.group(1), ports);
                }
            }
        } catch (IOException unreadable) {
            // No server here, or none of our business.
        }
    }

    private static void add(String digits, SortedSet<Integer> ports) {
        int port = Integer.parseInt(digits);
        if (port > 0 && port <= LARGEST) {
            ports.add(port);
        }
    }
}
