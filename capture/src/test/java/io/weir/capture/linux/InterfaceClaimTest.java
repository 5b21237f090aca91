package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterfaceClaimTest {
    @Test
    void oneProcessHasAnInterfaceInOneNetwork() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make();
                NetworkNamespace there = NetworkNamespace.make()) {
            here.call(() -> {
                try (InterfaceClaim _ = InterfaceClaim.of(List.of("v0", "v1"));
                        InterfaceClaim _ = there.call(() -> InterfaceClaim.of(List.of("v0")))) {
                    KernelException refused =
                            assertThrows(KernelException.class, () -> InterfaceClaim.of(List.of("v2", "v1")));
                    assertEquals(
                            "can't take the interface v1: in use (EBUSY); process "
                                    + ProcessHandle.current().pid() + " drops packets of it already",
                            refused.getMessage());
                    assertTrue(assertThrows(KernelException.class, InterfaceClaim::ofAll)
                            .isBusy());
                }
                InterfaceClaim.of(List.of("v1", "v2")).close();
                InterfaceClaim.ofAll().close();
                return "";
            });
        }
    }

    /** They would put their own table in place of each other's, twice a second. */
    @Test
    void oneProcessIsABridgeInOneNetwork() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make();
                NetworkNamespace there = NetworkNamespace.make()) {
            here.call(() -> {
                BridgeRules one = new BridgeRules(List.of("v0", "v1"));
                BridgeRules other = new BridgeRules(List.of("v2", "v3"));
                try (InterfaceClaim _ = InterfaceClaim.of(List.of("v0", "v1"));
                        InterfaceClaim _ = one.claim();
                        InterfaceClaim _ = there.call(other::claim)) {
                    KernelException refused = assertThrows(KernelException.class, other::claim);
                    assertEquals(
                            "can't bridge v2 and v3: in use (EBUSY); process "
                                    + ProcessHandle.current().pid()
                                    + " is a bridge on this host already, and table netdev weir can be one's alone:"
                                    + " bridge these in a network namespace of their own",
                            refused.getMessage());
                }
                other.claim().close();
                return "";
            });
        }
    }

    /** It has the name and doesn't listen yet. */
    @Test
    void isNotKeptOutByWhoOnlyTookTheName() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make()) {
            here.call(() -> {
                try (Arena arena = Arena.ofConfined();
                        Descriptor other = Descriptor.socket(Sockets.AF_UNIX, Sockets.SOCK_SEQPACKET, 0, "test")) {
                    byte[] name = "@weir-interface-v0".getBytes(StandardCharsets.UTF_8);
                    other.bind(UnixDatagram.address(arena, name), "test");
                    InterfaceClaim.of(List.of("v0")).close();
                }
                return "";
            });
        }
    }

    /** Anybody may have any name, such as no interface has. */
    @Test
    void passesOverNamesOfNoInterface() throws Exception {
        byte[] name = Arrays.copyOf("@weir-interface-".getBytes(StandardCharsets.UTF_8), 100);
        Arrays.fill(name, 16, name.length, (byte) 0xff);
        try (NetworkNamespace here = NetworkNamespace.make()) {
            here.call(() -> {
                try (Arena arena = Arena.ofConfined();
                        Descriptor other = Descriptor.socket(Sockets.AF_UNIX, Sockets.SOCK_SEQPACKET, 0, "test")) {
                    other.bind(UnixDatagram.address(arena, name), "test");
                    KernelException.check(Kernel.call(SystemCall.LISTEN, other.number(), 1, 0), "test");
                    InterfaceClaim.ofAll().close();
                }
                return "";
            });
        }
    }

    @Test
    void refusesHoweverOftenItIsTried() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make()) {
            here.call(() -> {
                try (InterfaceClaim _ = InterfaceClaim.of(List.of("v0"))) {
                    for (int i = 0; i < 10; i++) {
                        assertThrows(KernelException.class, () -> InterfaceClaim.of(List.of("v0")));
                    }
                }
                return "";
            });
        }
    }
}
