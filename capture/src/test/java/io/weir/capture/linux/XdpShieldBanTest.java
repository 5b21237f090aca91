package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpPrefix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bans on a real interface: {@code here} drops what {@code there} sends. */
class XdpShieldBanTest {
    private static final int LINK_DETACH = 34;

    private NetworkNamespace here;
    private NetworkNamespace there;

    @BeforeEach
    void connect() throws IOException {
        here = NetworkNamespace.make();
        there = NetworkNamespace.make();
        here.connect("v0", there, "v1");
        here.run("ip address add 192.0.2.1/24 dev v0; ip address add 2001:db8::1/64 dev v0 nodad");
        there.run("ip address add 192.0.2.2/24 dev v1; ip address add 192.0.2.77/24 dev v1;"
                + "ip address add 2001:db8::2/64 dev v1 nodad");
    }

    @AfterEach
    void disconnect() {
        here.close();
        there.close();
    }

    private static IpPrefix prefix(String text) {
        return switch (IpPrefix.parse(text)) {
            case IpPrefix.Parsed.Valid valid -> valid.prefix();
            case IpPrefix.Parsed.Invalid invalid -> throw new IllegalArgumentException(invalid.problem());
        };
    }

    private static XdpShield attach() throws KernelException {
        return XdpShield.attach(List.of("v0"), List.of(prefix("0.0.0.0/0"), prefix("::/0")), List.of());
    }

    private boolean isAnswered(String options) throws IOException {
        return there.run("ping -q -c 1 -W 0.2 " + options + " || true").contains(" 1 received");
    }

    @Test
    void dropsBannedHostsAndPrefixesUntilUnbanned() throws Exception {
        here.call(() -> {
            try (XdpShield shield = attach()) {
                assertTrue(isAnswered("-I 192.0.2.2 192.0.2.1"));
                assertTrue(shield.ban(prefix("192.0.2.2")));
                assertFalse(isAnswered("-I 192.0.2.2 192.0.2.1"));
                assertTrue(isAnswered("-I 192.0.2.77 192.0.2.1"));
                assertEquals(new XdpShield.Tally(1, 98), shield.banned());
                assertTrue(shield.ban(prefix("192.0.2.64/26")));
                assertFalse(isAnswered("-I 192.0.2.77 192.0.2.1"));
                assertEquals(new XdpShield.Tally(2, 196), shield.banned());
                assertTrue(shield.unban(prefix("192.0.2.2")));
                assertFalse(shield.unban(prefix("192.0.2.2")));
                assertTrue(shield.unban(prefix("192.0.2.64/26")));
                assertTrue(isAnswered("-I 192.0.2.2 192.0.2.1") && isAnswered("-I 192.0.2.77 192.0.2.1"));
            }
            return "";
        });
    }

    @Test
    void dropsIpv6() throws Exception {
        here.call(() -> {
            try (XdpShield shield = attach()) {
                assertTrue(isAnswered("2001:db8::1"));
                assertTrue(shield.ban(prefix("2001:db8::2")));
                assertFalse(isAnswered("2001:db8::1"));
                assertTrue(shield.unban(prefix("2001:db8::2")));
                assertTrue(isAnswered("2001:db8::1"));
                assertTrue(shield.ban(prefix("2001:db8::/33")));
                assertFalse(isAnswered("2001:db8::1"));
                assertTrue(shield.banned().packets() >= 2);
            }
            return "";
        });
    }

    @Test
    void looksBehindVlanTagsAndPassesWhatItCannotRead() throws Exception {
        here.call(() -> {
            try (XdpShield shield = attach()) {
                assertTrue(shield.ban(prefix("192.0.2.2")));
                there.call(() -> {
                    RawSender.send("v1", RawSender.taggedUdp(0x8100, 5));
                    RawSender.send("v1", RawSender.taggedUdp(0x88a8, 5));
                    RawSender.send("v1", new byte[14]);
                    RawSender.send("v1", Arrays.copyOf(RawSender.udp(0), 33));
                    return "";
                });
                assertEquals(2, shield.banned().packets());
            }
            return "";
        });
    }

    @Test
    void leavesTheInterfaceWhenClosed() throws Exception {
        here.call(() -> {
            try (XdpShield shield = attach()) {
                assertTrue(shield.ban(prefix("192.0.2.0/24")));
                assertFalse(isAnswered("192.0.2.1"));
                assertTrue(here.run("ip link show v0").contains("xdp"));
                KernelException refused = assertThrows(KernelException.class, XdpShieldBanTest::attach);
                assertEquals(
                        "can't attach an XDP program to v0: in use (EBUSY); another program is attached there",
                        refused.getMessage());
            }
            assertFalse(here.run("ip link show v0").contains("xdp"));
            assertTrue(isAnswered("192.0.2.1"));
            return "";
        });
    }

    /** A tunnel that is set up again, a card whose driver is loaded again: the same name, another number. */
    @Test
    void comesBackToAnInterfaceThatWasRemoved() throws Exception {
        here.call(() -> {
            try (XdpShield shield = attach()) {
                assertTrue(shield.ban(prefix("192.0.2.0/24")));
                here.run("ip link delete v0");
                shield.rule(List.of(), List.of());
                assertEquals(List.of(), shield.heal(0));
                here.connect("v0", there, "v1");
                here.run("ip address add 192.0.2.1/24 dev v0");
                there.run("ip address add 192.0.2.2/24 dev v1");
                assertTrue(isAnswered("192.0.2.1"));
                assertEquals(List.of("v0 is back: the kernel drops for weir there again"), shield.heal(0));
                assertEquals(List.of(), shield.heal(0));
                assertFalse(isAnswered("192.0.2.1"));
                shield.rule(List.of(), List.of());
            }
            return "";
        });
    }

    /** {@code ip link set xdp off} and tc can't, but bpftool can. */
    @Test
    void comesBackWhereAnotherProgramTookOneOfItsOff() throws Exception {
        here.call(() -> {
            try (XdpShield shield = attach()) {
                assertTrue(shield.ban(prefix("192.0.2.2")));
                String said = here.run(
                        "ip link set v0 xdp off 2>&1 || true; tc qdisc add dev v0 clsact && tc qdisc del dev v0 clsact");
                assertEquals(List.of(), shield.heal(0), said);
                for (int program = 0; program < 2; program++) {
                    detach(shield.links().descriptors().get(program));
                    assertEquals(program == 0, isAnswered("-I 192.0.2.2 192.0.2.1"));
                    // Its rules are exchanged meanwhile, and hold when it is back.
                    assertTrue(shield.ban(prefix("192.0.2.77")));
                    assertEquals(
                            List.of(
                                    "another program took weir's off v0: attached again, after at most half a second in which the kernel dropped nothing there"),
                            shield.heal(0));
                    assertEquals(List.of(), shield.heal(0));
                    assertFalse(isAnswered("-I 192.0.2.2 192.0.2.1") || isAnswered("-I 192.0.2.77 192.0.2.1"));
                }
            }
            return "";
        });
    }

    private static void detach(Descriptor link) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Bpf.ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(Native.INT, 0, link.number());
            assertEquals(0, Bpf.call(LINK_DETACH, attributes));
        }
    }

    /** Where another's program took its place, that is said once. */
    @Test
    void tellsOnceThatAnotherProgramHasItsPlace() throws Exception {
        here.call(() -> {
            try (XdpShield shield = attach()) {
                detach(shield.links().descriptors().getFirst());
                try (XdpShield other = attach()) {
                    String said = String.join("", shield.heal(0));
                    assertTrue(said.startsWith("the kernel drops nothing for weir on v0 until this ends: "), said);
                    assertEquals(List.of(), shield.heal(0));
                    assertEquals(2, other.links().descriptors().size());
                }
                assertEquals(List.of("v0 is back: the kernel drops for weir there again"), shield.heal(0));
            }
            return "";
        });
    }

    /** A page holds 4,096 bytes: frames come in several pieces. */
    @Test
    void attachesInTheDriverAlsoWhereFramesAreJumbo() throws Exception {
        there.run("ip link set v1 mtu 9000");
        here.call(() -> {
            here.run("ip link set v0 mtu 9000");
            try (XdpShield shield = attach()) {
                assertTrue(here.run("ip link show v0").contains(" xdp "));
                assertTrue(isAnswered("-M do -s 8972 192.0.2.1"));
                assertTrue(shield.ban(prefix("192.0.2.2")));
                assertFalse(isAnswered("-M do -s 8972 192.0.2.1"));
                assertEquals(new XdpShield.Tally(1, 9014), shield.banned());
            }
            return "";
        });
    }

    @Test
    void aFullMapRefusesAloud() throws Exception {
        here.call(() -> {
            try (XdpShield shield = attach()) {
                for (int i = 0; i < XdpShield.PREFIXES; i++) {
                    assertTrue(shield.ban(prefix("10." + (i >> 8) + "." + (i & 0xff) + ".0/24")));
                }
                assertFalse(shield.ban(prefix("11.0.0.0/24")));
                assertTrue(shield.ban(prefix("10.0.0.0/24")), "one that is there may be set again");
            }
            return "";
        });
    }

    @Test
    void refusalTellsWhatTheVerifierSays() throws Exception {
        here.call(() -> {
            List<Long> unset = new BpfAssembler()
                    .load(BpfAssembler.Size.WORD, BpfAssembler.Register.R0, BpfAssembler.Register.R3, 0)
                    .exit()
                    .assemble();
            KernelException refused = assertThrows(KernelException.class, () -> Bpf.loadXdp(unset));
            assertTrue(String.valueOf(refused.getMessage()).contains("R3 !read_ok"), refused::toString);
            return "";
        });
    }

    @Test
    void assemblerRefusesALabelThatIsNotThere() {
        BpfAssembler code = new BpfAssembler().jump("nowhere").exit();
        assertEquals(
                "label nowhere is missing",
                assertThrows(IllegalArgumentException.class, code::assemble).getMessage());
        assertThrows(IllegalArgumentException.class, () -> code.label("here").label("here"));
    }

    /** As what a kernel refuses for its length: who asked for so many rules asks for fewer. */
    @Test
    void assemblerRefusesAJumpThatDoesNotReach() {
        BpfAssembler code = new BpfAssembler().jump("end");
        for (int i = 0; i <= Short.MAX_VALUE; i++) {
            code.move(BpfAssembler.Register.R0, 0);
        }
        KernelException refused =
                assertThrows(KernelException.class, code.label("end").exit()::assemble);
        assertEquals(
                "can't write an XDP program: too long (E2BIG); a jump of 32768 instructions, 32767 are the most",
                refused.getMessage());
    }
}
