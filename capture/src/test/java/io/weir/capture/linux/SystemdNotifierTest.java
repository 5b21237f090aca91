package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.weir.capture.testing.Skips;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdNotifierTest {
    private static final String LISTENER = "import socket,sys; s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); "
            + "s.settimeout(20); n=sys.argv[1]; s.bind('\\0'+n[1:] if n[0]=='@' else n); print('listening',flush=True); "
            + "print(s.recv(4096).decode())";

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"path", "@weir-test-"})
    void saysWhatItIsToldAsSystemdReadsIt(String kind) throws Exception {
        Skips.unless(isThere("python3"), "install python3, to hear what systemd would");
        String socket = kind.startsWith("@")
                ? kind + ProcessHandle.current().pid()
                : folder.resolve("n").toString();
        Process listener = new ProcessBuilder("python3", "-c", LISTENER, socket).start();
        try (BufferedReader heard = listener.inputReader()) {
            assertEquals("listening", heard.readLine());
            SystemdNotifier.of(socket).notify("READY=1\nSTATUS=watching");
            assertEquals("READY=1", heard.readLine());
            assertEquals("STATUS=watching", heard.readLine());
        } finally {
            listener.destroyForcibly();
        }
    }

    private static boolean isThere(String tool) throws IOException, InterruptedException {
        return new ProcessBuilder("bash", "-c", "command -v " + tool).start().waitFor() == 0;
    }

    @Test
    void isSilentWithoutSystemd() throws KernelException {
        assertFalse(SystemdNotifier.of(null).isHeard());
        assertFalse(SystemdNotifier.of("relative").isHeard());
        SystemdNotifier.of(null).notify("READY=1");
    }

    @Test
    void saysWhereNobodyListens() {
        SystemdNotifier gone = SystemdNotifier.of(folder.resolve("gone").toString());
        assertThrows(KernelException.class, () -> gone.notify("READY=1"));
    }
}
