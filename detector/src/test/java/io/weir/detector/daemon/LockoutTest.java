package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.address.IpAddress;
import io.weir.filter.rule.FiveTuple;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LockoutTest {
    /** As the kernel writes them (proc_pid_net(5)): 198.51.100.9:22 with 192.0.2.1:43210. */
    @Test
    void readsSessionsOfTheKernelsTable() {
        assertEquals(
                Optional.of(
                        new FiveTuple(0, IpAddress.mapped(0xc0000201), 0, IpAddress.mapped(0xc6336409), 43_210, 22, 6)),
                Lockout.session("   1: 096433C6:0016 010200C0:A8CA 01 00000000:00000000 00:00000000 00000000 0"));
        assertEquals(
                Optional.of(new FiveTuple(0x2001_0db8_0000_0000L, 1, 0x2001_0db8_0000_0000L, 2, 43_210, 22, 6)),
                Lockout.session(
                        "   0: B80D0120000000000000000002000000:0016 B80D0120000000000000000001000000:A8CA 01 0"));
    }

    @Test
    void passesOverOtherPortsAndStates() {
        assertEquals(Optional.empty(), Lockout.session("   1: 096433C6:0050 010200C0:A8CA 01 0"));
        assertEquals(Optional.empty(), Lockout.session("   1: 096433C6:0016 00000000:0000 0A 0"));
        assertEquals(Optional.empty(), Lockout.session(""));
    }
}
