package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.address.IpAddress;
import io.weir.filter.rule.FiveTuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockoutTest {
    private static final Set<Integer> SSH = Set.of(22);

    @TempDir
    private Path folder = Path.of("");

    /** As the kernel writes them (proc_pid_net(5)): 198.51.100.9:22 with 192.0.2.1:43210. */
    @Test
    void readsSessionsOfTheKernelsTable() {
        assertEquals(
                Optional.of(
                        new FiveTuple(0, IpAddress.mapped(0xc0000201), 0, IpAddress.mapped(0xc6336409), 43_210, 22, 6)),
                Lockout.session("   1: 096433C6:0016 010200C0:A8CA 01 00000000:00000000 00:00000000 00000000 0", SSH));
        assertEquals(
                Optional.of(new FiveTuple(0x2001_0db8_0000_0000L, 1, 0x2001_0db8_0000_0000L, 2, 43_210, 22, 6)),
                Lockout.session(
                        "   0: B80D0120000000000000000002000000:0016 B80D0120000000000000000001000000:A8CA 01 0", SSH));
    }

    @Test
    void findsThePortsThatTheServerListensAt() throws Exception {
        assertEquals(Set.of(22), SshPorts.of(folder.resolve("none"), Map.of()));
        Files.writeString(folder.resolve("sshd_config"), """
                # Port 1
                Port 2222
                ListenAddress 192.0.2.1:2201
                listenaddress [2001:db8::1]:2202 rdomain x
                ListenAddress 2001:db8::2203
                ListenAddress 192.0.2.2
                Port=2204
                Port 99999
                PermitRootLogin no
                """);
        Files.writeString(Files.createDirectory(folder.resolve("sshd_config.d")).resolve("own.conf"), "\tPort\t2205\n");
        assertEquals(
                List.of(22, 2201, 2202, 2204, 2205, 2206, 2222),
                List.copyOf(SshPorts.of(folder, Map.of("SSH_CONNECTION", "192.0.2.9 50000 192.0.2.1 2206"))));
    }

    @Test
    void takesASessionAtAnotherPort() {
        assertEquals(
                2_222,
                Lockout.session("   1: 096433C6:08AE 010200C0:A8CA 01 0", Set.of(22, 2_222))
                        .orElseThrow()
                        .destinationPort());
    }

    @Test
    void passesOverOtherPortsAndStates() {
        assertEquals(Optional.empty(), Lockout.session("   1: 096433C6:0050 010200C0:A8CA 01 0", SSH));
        assertEquals(Optional.empty(), Lockout.session("   1: 096433C6:0016 00000000:0000 0A 0", SSH));
        assertEquals(Optional.empty(), Lockout.session("", SSH));
    }
}
