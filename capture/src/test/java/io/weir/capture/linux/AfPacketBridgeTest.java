package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.testing.Skips;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bridge between two networks, {@code outside} and {@code inside}, whose cards leave work to each other. */
class AfPacketBridgeTest {
    private static final int PASS = Verdict.of(Reason.ACCEPTED);
    private static final int DROP = Verdict.of(Reason.NO_RULE);

    private NetworkNamespace outside;
    private NetworkNamespace bridge;
    private NetworkNamespace inside;

    @BeforeEach
    void connect() throws IOException {
        outside = NetworkNamespace.make();
        bridge = NetworkNamespace.make();
        inside = NetworkNamespace.make();
        bridge.connect("b0", outside, "o0");
        bridge.connect("b1", inside, "i0");
        outside.run("ip address add 192.0.2.9/24 dev o0; ip address add 2001:db8::9/64 dev o0 nodad");
        inside.run("ip address add 192.0.2.1/24 dev i0; ip address add 2001:db8::1/64 dev i0 nodad");
    }

    @AfterEach
    void disconnect() {
        outside.close();
        bridge.close();
        inside.close();
    }

    private interface Judge {
        int verdict(PacketBatch batch, int i);
    }

    private interface Scenario {
        void play() throws Exception;
    }

    private void bridged(Judge judge, Scenario scenario) throws Exception {
        Wakeup wakeup = bridge.call(Wakeup::new);
        AfPacketBridge cable = bridge.call(() -> AfPacketBridge.open("b0", "b1", wakeup));
        bridge.call(() -> {
            new BridgeRules(List.of("b0", "b1")).install();
            return "";
        });
        Thread thread = bridge.call(() -> Thread.ofPlatform().start(() -> run(cable, wakeup, judge)));
        try {
            scenario.play();
            assertEquals(0, cable.counters(0).lostPackets() + cable.counters(1).lostPackets());
        } finally {
            wakeup.wake();
            thread.join();
            cable.close();
            wakeup.close();
        }
    }

    private static void run(AfPacketBridge cable, Wakeup wakeup, Judge judge) {
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        try {
            while (!wakeup.isAwake()) {
                cable.fill(batch);
                decoder.decode(batch);
                for (int i = 0; i < batch.size; i++) {
                    batch.verdict[i] = judge.verdict(batch, i);
                }
                cable.accept(batch);
            }
        } catch (KernelException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both cards cut segments and fill in checksums late: what crosses the bridge is whole all the same. */
    @Test
    void carriesTcpWithoutTurningOffloadsOff() throws Exception {
        int[] largest = {0};
        bridged(
                (batch, i) -> {
                    largest[0] = Math.max(largest[0], batch.wireLength[i]);
                    return PASS;
                },
                () -> {
                    for (String host : List.of("192.0.2.1", "2001:db8::1")) {
                        assertEquals(3_000_000, transfer(host, 3_000_000));
                    }
                });
        assertTrue(largest[0] > 10_000, "nothing was left to the cards: " + largest[0]);
    }

    private int transfer(String host, int bytes) throws Exception {
        byte[] content = new byte[bytes];
        new Random(7).nextBytes(content);
        try (ServerSocket server = inside.call(() -> new ServerSocket(9000))) {
            Thread sender = Thread.ofPlatform().start(() -> {
                try (Socket client = server.accept()) {
                    client.getOutputStream().write(content);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            byte[] received = outside.call(() -> {
                try (Socket socket = new Socket(host, 9000)) {
                    return socket.getInputStream().readAllBytes();
                }
            });
            sender.join();
            assertTrue(Arrays.equals(content, received), "what came isn't what was sent");
            return received.length;
        }
    }

    @Test
    void dropsWhatWasCondemnedInBothDirections() throws Exception {
        List<Integer> sides = Collections.synchronizedList(new ArrayList<>());
        bridged(
                (batch, i) -> {
                    boolean isPing = batch.protocol[i] == IpProtocol.ICMP;
                    if (isPing) {
                        sides.add(batch.interfaceIndex[i]);
                    }
                    return isPing && batch.icmpTypeCode[i] >> 8 == 0 ? DROP : PASS;
                },
                () -> {
                    String pings = outside.run("ping -c 3 -i 0.01 -W 0.2 192.0.2.1 || true");
                    assertTrue(pings.contains(" 0 received"), pings);
                });
        assertEquals(3, Collections.frequency(sides, 0));
        assertEquals(3, Collections.frequency(sides, 1));
    }

    @Test
    void carriesVlanTags() throws Exception {
        bridged((batch, i) -> PASS, () -> {
            List<String> arrived = inside.call(() -> {
                try (Wakeup wakeup = new Wakeup();
                        RingGroup rings =
                                RingGroup.open(List.of(RingSettings.of("i0").ignoringOutgoing()), wakeup)) {
                    outside.call(() -> {
                        RawSender.send("o0", RawSender.taggedUdp(0x8100, 0x2005));
                        RawSender.send("o0", RawSender.taggedUdp(0x88a8, 0x0123));
                        return "";
                    });
                    return tags(rings);
                }
            });
            assertEquals(List.of("8100 2005", "88a8 0123"), arrived);
        });
    }

    private static List<String> tags(RingGroup rings) throws KernelException {
        List<String> tags = new ArrayList<>();
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        long until = System.nanoTime() + 2_000_000_000L;
        while (tags.size() < 2 && System.nanoTime() < until) {
            rings.fill(batch);
            decoder.decode(batch);
            for (int i = 0; i < batch.size; i++) {
                if (batch.protocol[i] == IpProtocol.UDP && batch.destinationPort[i] == 4242) {
                    long at = batch.frameOffset[i] + 12;
                    tags.add("%04x %04x"
                            .formatted(Native.netU16(batch.frames, at), Native.netU16(batch.frames, at + 2)));
                }
            }
        }
        return tags;
    }

    @Test
    void carriesOnAfterTheCableWasPulled() throws Exception {
        bridged((batch, i) -> PASS, () -> {
            outside.run("ping -c 2 -i 0.01 192.0.2.1");
            bridge.run("ip link set b1 down; sleep 0.05; ip link set b1 up");
            inside.run("ip link set i0 down; ip link set i0 up");
            outside.run("ping -c 2 -i 0.01 -W 2 192.0.2.1");
        });
    }

    @Test
    void leavesTheInterfacesAsTheyWere() throws Exception {
        String before = bridge.run("ip -d -o link | grep -o 'promiscuity [0-9]*'");
        bridged((batch, i) -> PASS, () -> {
            String during = bridge.run("ip -d -o link | grep -o 'promiscuity [0-9]*'");
            assertTrue(during.contains("promiscuity 1"), during);
        });
        assertEquals(before, bridge.run("ip -d -o link | grep -o 'promiscuity [0-9]*'"));
    }

    @Test
    void refusesAnInterfaceThatTheHostUses() throws Exception {
        bridge.run("ip address add 203.0.113.1/24 dev b1");
        KernelException refused = assertThrows(
                KernelException.class, () -> bridge.call(() -> AfPacketBridge.open("b0", "b1", new Wakeup())));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("it has the address 203.0.113.1, which would be cut off"),
                refused::toString);
    }

    @Test
    void keepsTheHostOutAsThePlanSays() throws Exception {
        Skips.unless(NetworkNamespace.has("nft"), "install nftables, which lists what the kernel has");
        BridgeRules rules = new BridgeRules(List.of("b0", "b1"));
        String listed = bridge.call(() -> {
            rules.install();
            String text = bridge.run("nft list table netdev weir");
            BridgeRules.remove();
            return text;
        });
        assertEquals(words(rules.plan()), words(listed));
        assertEquals("", bridge.run("nft list ruleset"));
    }

    private static List<String> words(String listing) {
        return List.of(listing.replace("priority filter", "priority 0").strip().split("\\s+"));
    }

    /** The flag of another offload: no interface that a test can make has LRO. */
    @Test
    void turnsAnOffloadOffAndOnAgain() throws Exception {
        Skips.unless(
                NetworkNamespace.has("ethtool"), "install ethtool, which shows what an interface leaves to its card");
        int receivesTags = 1 << 8;
        bridge.call(() -> {
            assertEquals(receivesTags, Offloads.flags("b0") & (receivesTags | Offloads.LRO));
            assertTrue(bridge.run("ethtool -k b0").contains("rx-vlan-offload: on"));
            Offloads turnedOff = Offloads.turnOff("b0", receivesTags | Offloads.LRO);
            assertTrue(bridge.run("ethtool -k b0").contains("rx-vlan-offload: off"));
            turnedOff.restore();
            assertTrue(bridge.run("ethtool -k b0").contains("rx-vlan-offload: on"));
            return "";
        });
    }
}
