package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.FrameBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which frames may leave: those between addresses that nobody has. */
class FrameGuardTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(2048);

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0, true",
        "10.255.255.255, true",
        "9.255.255.255, false",
        "11.0.0.0, false",
        "172.16.0.0, true",
        "172.31.255.255, true",
        "172.15.255.255, false",
        "172.32.0.0, false",
        "192.168.0.0, true",
        "192.168.255.255, true",
        "192.167.255.255, false",
        "192.169.0.0, false",
        "192.0.2.0, true",
        "192.0.2.255, true",
        "192.0.1.255, false",
        "192.0.3.0, false",
        "198.51.100.0, true",
        "198.51.100.255, true",
        "198.51.99.255, false",
        "198.51.101.0, false",
        "203.0.113.0, true",
        "203.0.113.255, true",
        "203.0.112.255, false",
        "203.0.114.0, false",
        "198.18.0.0, true",
        "198.19.255.255, true",
        "198.17.255.255, false",
        "198.20.0.0, false",
        "127.0.0.1, true",
        "127.255.255.255, true",
        "126.255.255.255, false",
        "128.0.0.0, false",
        "8.8.8.8, false",
        "1.1.1.1, false",
        "224.0.0.1, false",
        "255.255.255.255, false",
        "0.0.0.0, false",
        "169.254.0.1, false",
        "100.64.0.1, false"
    })
    void sendsToAndFromIpv4AddressesThatNobodyHas(String address, boolean isSafe) {
        check(address, "198.51.100.10", isSafe);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8::, true",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, true",
        "2001:db7:ffff::1, false",
        "2001:db9::, false",
        "fc00::, true",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true",
        "fbff::1, false",
        "fe00::, false",
        "2001:2::, true",
        "2001:2:0:ffff:ffff:ffff:ffff:ffff, true",
        "2001:1:ffff::1, false",
        "2001:2:1::, false",
        "::1, true",
        "::, false",
        "::2, false",
        "2606:4700::1111, false",
        "ff02::1, false",
        "fe80::1, false"
    })
    void sendsToAndFromIpv6AddressesThatNobodyHas(String address, boolean isSafe) {
        check(address, "2001:db8::10", isSafe);
    }

    private void check(String address, String other, boolean isSafe) {
        assertEquals(isSafe, isSafe(other, address), "to " + address);
        assertEquals(isSafe, isSafe(address, other), "from " + address);
    }

    private boolean isSafe(String source, String destination) {
        long[] from = new long[2];
        long[] to = new long[2];
        IpAddress.parse(source, from);
        IpAddress.parse(destination, to);
        int length = new FrameBuilder()
                .ethernet(1, 2)
                .addresses(from[0], from[1], to[0], to[1])
                .udp(memory, 0, 4000, 53);
        return FrameGuard.isSafe(memory, 0, length);
    }

    @Test
    void sendsNothingButWholeIpHeaders() {
        assertFalse(FrameGuard.isSafe(memory, 0, 60), "of no EtherType");
        int length =
                new FrameBuilder().ethernet(1, 2).ipv4(0x0a000001, 0x0a000002).udp(memory, 0, 1, 2);
        for (int cut = 0; cut < 34; cut++) {
            assertFalse(FrameGuard.isSafe(memory, 0, Math.min(cut, length)));
        }
        memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 12, (byte) 0x81); // A VLAN tag would hide the addresses.
        assertFalse(FrameGuard.isSafe(memory, 0, length));
    }

    @Test
    void everyFrameOfEveryProfileMayLeave() {
        for (String name : LoadProfiles.names()) {
            LoadProfile profile = LoadProfiles.named(name).orElseThrow().withSeconds(1);
            SimulatedFrames frames = new SimulatedFrames(profile, 3);
            long last = 0;
            for (int n = 0; n < 3_000; n++) {
                int length = frames.next(memory, 0);
                if (length == FrameStream.END) {
                    break;
                }
                assertEquals(true, FrameGuard.isSafe(memory, 0, length), name);
                assertFalse(frames.dueNanos() < last, name);
                last = frames.dueNanos();
            }
        }
    }

    @Test
    void aRampReachesItsRateAndAWaveKeepsIt() {
        Flood.Pulse ramp = new Flood.Pulse(0, 0, 2_000_000_000L);
        assertEquals(0, ramp.nanosAfter(0));
        assertEquals(1e9, ramp.nanosAfter(0.25e9), 1, "a quarter of the ramp's packets in its first half");
        assertEquals(2e9, ramp.nanosAfter(1e9), 1);
        assertEquals(3e9, ramp.nanosAfter(2e9), 1, "then at the full rate");
        Flood.Pulse waves = new Flood.Pulse(1_000, 500);
        assertEquals(999, waves.nanosAfter(999));
        assertEquals(1_500, waves.nanosAfter(1_000));
    }

    @Test
    void everyProfileSaysWhatItHolds() {
        for (String name : LoadProfiles.names()) {
            assertFalse(ProfileText.of(name).isEmpty(), name);
        }
    }
}
