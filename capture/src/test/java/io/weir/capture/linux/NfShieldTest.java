package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.linux.ShieldRule.Kind;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nftables drops on a real interface: {@code here} drops what {@code there} sends. */
class NfShieldTest {
    private static final IpPrefix HERE = prefix("192.0.2.1");
    private static final List<IpPrefix> ALL = List.of(prefix("0.0.0.0/0"), prefix("::/0"), prefix("192.0.2.0/24"));

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

    private static Signature signature(String text) {
        return switch (Signature.parse(text)) {
            case Signature.Parsed.Valid valid -> valid.signature();
            case Signature.Parsed.Invalid invalid -> throw new IllegalArgumentException(invalid.toString());
        };
    }

    private boolean isAnswered(String options) throws IOException {
        return there.run("ping -q -c 1 -W 0.2 " + options + " || true").contains(" 1 received");
    }

    private static NfShield install() throws KernelException {
        return NfShield.install(List.of("v0"), ALL, List.of());
    }

    private static boolean ban(NfShield shield, String... prefixes) throws KernelException {
        boolean isRoom = true;
        for (String one : prefixes) {
            isRoom &= shield.ban(prefix(one));
        }
        shield.settle();
        return isRoom;
    }

    private static boolean unban(NfShield shield, String text) throws KernelException {
        boolean wasBanned = shield.unban(prefix(text));
        shield.settle();
        return wasBanned;
    }

    @Test
    void dropsBannedHostsAndPrefixesUntilUnbanned() throws Exception {
        here.call(() -> {
            try (NfShield shield = install()) {
                assertTrue(isAnswered("-I 192.0.2.2 192.0.2.1") && isAnswered("2001:db8::1"));
                assertTrue(ban(shield, "192.0.2.2", "2001:db8::2"));
                assertFalse(isAnswered("-I 192.0.2.2 192.0.2.1") || isAnswered("2001:db8::1"));
                assertTrue(isAnswered("-I 192.0.2.77 192.0.2.1"));
                assertEquals(new XdpShield.Tally(2, 84 + 104), shield.banned());
                // One inside the other, and what remains of it.
                assertTrue(ban(shield, "192.0.2.64/26", "192.0.2.76/31"));
                assertFalse(isAnswered("-I 192.0.2.77 192.0.2.1"));
                assertTrue(unban(shield, "192.0.2.64/26"));
                assertFalse(isAnswered("-I 192.0.2.77 192.0.2.1"));
                assertEquals(4, shield.banned().packets());
                assertTrue(unban(shield, "192.0.2.76/31") && unban(shield, "192.0.2.2"));
                assertFalse(unban(shield, "192.0.2.2"));
                assertTrue(isAnswered("-I 192.0.2.2 192.0.2.1") && isAnswered("-I 192.0.2.77 192.0.2.1"));
                assertFalse(isAnswered("2001:db8::1"));
            }
            assertTrue(isAnswered("2001:db8::1"));
            assertFalse(NfShield.isInstalled());
            return "";
        });
    }

    @Test
    void holdsTwentyThousandBansAndTellsWhereThereIsNoRoom() throws Exception {
        here.call(() -> {
            try (NfShield shield = install()) {
                String[] hosts = IntStream.range(0, 20_000)
                        .mapToObj(i -> "10." + (i >> 8) + "." + (i & 0xff) + ".1")
                        .toArray(String[]::new);
                assertTrue(ban(shield, hosts));
                assertTrue(ban(shield, "192.0.2.2"));
                assertFalse(isAnswered("-I 192.0.2.2 192.0.2.1"));
                String[] networks = IntStream.range(0, XdpShield.PREFIXES)
                        .mapToObj(i -> "10." + (i >> 8) + "." + (i & 0xff) + ".0/24")
                        .toArray(String[]::new);
                assertTrue(ban(shield, networks));
                assertFalse(ban(shield, "11.0.0.0/24"));
                assertTrue(ban(shield, "10.0.0.0/24"), "one that is there may be set again");
                for (String host : hosts) {
                    assertTrue(shield.unban(prefix(host)));
                }
                shield.settle();
                assertFalse(isAnswered("-I 192.0.2.2 192.0.2.1"));
            }
            return "";
        });
    }

    /** As the restart of another firewall does. */
    @Test
    void putsBackWhatAnotherProgramTookOutAndCountsOn() throws Exception {
        here.call(() -> {
            try (NfShield shield = install()) {
                Signature echo = signature("icmp type 8 or 0, ttl 64");
                shield.rule(List.of(new ShieldRule(3, HERE, Kind.MESSAGE, echo)), List.of());
                shield.trust(List.of(prefix("192.0.2.76/31")));
                assertTrue(ban(shield, "192.0.2.77", "2001:db8::/64"));
                there.run("ping -q -c 100 -i 0.002 -W 0.1 -I 192.0.2.2 192.0.2.1 || true");
                long dropped = shield.dropped(3).packets();
                assertTrue(dropped >= 80);
                for (String way : List.of(
                        "nft flush ruleset",
                        "nft flush table inet weir_offload",
                        "nft flush chain inet weir_offload leaving",
                        "nft flush chain inet weir_offload note",
                        "nft flush chain inet weir_offload gate",
                        "nft flush chain inet weir_offload s3",
                        "nft -a list chain inet weir_offload s3 | sed -n 's/.*drop.*handle //p' | xargs nft delete rule inet weir_offload s3 handle",
                        "nft delete table inet weir_offload")) {
                    assertEquals(List.of(), shield.heal(0));
                    here.run(way);
                    boolean isGone = !way.contains("leaving") && !way.contains("note") && !way.contains("s3");
                    assertEquals(isGone, isAnswered("-I 192.0.2.77 192.0.2.1"), way);
                    assertEquals(1, shield.heal(1).size());
                    assertFalse(isAnswered("-I 192.0.2.77 192.0.2.1") || isAnswered("2001:db8::1"), way);
                    assertTrue(shield.banned().packets() >= 2);
                    assertTrue(shield.dropped(3).packets() >= dropped);
                    there.run("ping -q -c 100 -i 0.002 -W 0.1 -I 192.0.2.2 192.0.2.1 || true");
                    assertTrue(shield.dropped(3).packets() >= dropped + 80, way);
                    dropped = shield.dropped(3).packets();
                    assertTrue(
                            here.run("nft list set inet weir_offload trusted4").contains("192.0.2.76/31"));
                }
                // Two each time, of those that didn't wait for an address.
                assertTrue(shield.banned().packets() >= 5);
                here.run("nft flush ruleset");
                for (KernelException lost : List.of(
                        assertThrows(KernelException.class, shield::settle),
                        assertThrows(KernelException.class, () -> shield.rule(List.of(), List.of())),
                        assertThrows(KernelException.class, () -> shield.dropped(3)))) {
                    assertTrue(lost.isLost(), lost::toString);
                }
                shield.heal(2);
                shield.rule(List.of(), List.of());
                assertTrue(isAnswered("-I 192.0.2.2 192.0.2.1"));
            }
            assertFalse(NfShield.isInstalled());
            return "";
        });
    }

    @Test
    void plansWhatTheKernelThenHas() throws Exception {
        here.call(() -> {
            List<QueueRules.Management> management = List.of(new QueueRules.Management(prefix("192.0.2.0/28"), 22));
            List<IpPrefix> protect = List.of(prefix("198.51.100.0/24"), HERE, prefix("2001:db8:1::/48"));
            String plan = NfShield.plan(List.of("v0", "lo"), protect, management);
            NfShield shield = NfShield.install(List.of("v0", "lo"), protect, management);
            try (shield) {
                String there = here.run("nft list table inet weir_offload").replaceAll("packets \\d+ bytes \\d+", "");
                assertEquals(words(there), words(plan.replaceAll("(?m)^\t#.*$", "")));
                assertTrue(plan.contains("passes TCP from 192.0.2.0/28 to port 22; "), plan);
            }
            return "";
        });
    }

    /** Without line ends, and what stands for them. */
    private static String words(String nft) {
        return nft.replaceAll("[;\\s]+", " ").strip();
    }

    @Test
    void tellsOnceThatASetHasNoRoom() throws Exception {
        here.call(() -> {
            try (NfShield shield = install()) {
                String served = IntStream.range(0, 65_536)
                        .mapToObj(i -> "10.0." + (i >> 8) + "." + (i & 0xff))
                        .collect(Collectors.joining(", "));
                Path file = Files.createTempFile("served", ".nft");
                Files.writeString(file, "add element inet weir_offload known4 { " + served + " }");
                here.run("nft -f " + file);
                Files.delete(file);
                assertEquals(List.of(), shield.heal(1));
                serve();
                assertEquals(
                        List.of(
                                "table inet weir_offload has no room for more: 131,072 conversations or 65,536 sources that"
                                        + " were served, of one IP version. The kernel takes more of them for strangers, which"
                                        + " limits and signatures hold for"),
                        shield.heal(2));
                serve();
                assertEquals(List.of(), shield.heal(3));
            }
            return "";
        });
    }

    @Test
    void dropsMatchingPacketsAndPassesManagementAndConversations() throws Exception {
        here.call(() -> {
            List<QueueRules.Management> management = List.of(new QueueRules.Management(prefix("192.0.2.0/28"), 22));
            try (NfShield shield = NfShield.install(List.of("v0"), ALL, management)) {
                assertTrue(ban(shield, "192.0.2.2"));
                assertFalse(isAnswered("-I 192.0.2.2 192.0.2.1"));
                // Nobody listens, but that is said to whoever manages.
                String refused = there.run("timeout 2 bash -c '</dev/tcp/192.0.2.1/22' 2>&1 || true");
                assertTrue(refused.contains("refused"), refused);
                assertTrue(unban(shield, "192.0.2.2"));
                Signature echo = signature("icmp type 8 or 0, ttl 64");
                shield.rule(List.of(new ShieldRule(3, HERE, Kind.MESSAGE, echo)), List.of());
                String pings = there.run("ping -q -c 100 -i 0.002 -W 0.1 192.0.2.1 || true");
                assertTrue(shield.dropped(3).packets() >= 80, pings);
                // What this side asked for is answered.
                assertTrue(here.run("ping -q -c 20 -i 0.01 -W 0.2 192.0.2.2 || true")
                        .contains(" 20 received"));
                shield.rule(List.of(), List.of());
                assertTrue(isAnswered("192.0.2.1"));
            }
            return "";
        });
    }

    /** Of a hundred pings in a fifth of a second, and of connections of whoever was served before. */
    @Test
    void letsNoMoreThanALimitThroughButWhoWasServedBefore() throws Exception {
        here.call(() -> {
            try (NfShield shield = install()) {
                shield.rule(List.of(), List.of(new ShieldLimit(5, HERE, Kind.MESSAGE, 120)));
                String pings = there.run("ping -q -c 100 -i 0.002 -W 0.1 192.0.2.1 || true");
                long dropped = shield.dropped(5).packets();
                assertTrue(dropped >= 5 && dropped <= 99, () -> dropped + " " + pings);
                assertTrue(here.run("ping -q -c 20 -i 0.01 -W 0.2 192.0.2.2 || true")
                        .contains(" 20 received"));
                shield.trust(List.of(prefix("192.0.2.76/31")));
                assertTrue(there.run("ping -q -c 100 -i 0.002 -W 0.1 -I 192.0.2.77 192.0.2.1 || true")
                        .contains(" 100 received"));
                serve();
                assertTrue(there.run("ping -q -c 100 -i 0.002 -W 0.1 192.0.2.1 || true")
                        .contains(" 100 received"));
            }
            return "";
        });
    }

    /** A connection over which the host here sends more than a little. */
    private void serve() throws Exception {
        try (ServerSocket server = here.call(() -> new ServerSocket(8080, 1, InetAddress.getByName("192.0.2.1")))) {
            Thread teller = Thread.ofPlatform().daemon().start(() -> {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(new byte[200]);
                    socket.getInputStream().read();
                } catch (IOException ended) {
                    // The other side has what it wanted.
                }
            });
            there.run("timeout 2 bash -c 'exec 3<>/dev/tcp/192.0.2.1/8080; head -c 200 <&3; sleep 0.1'");
            teller.join();
        }
    }
}
