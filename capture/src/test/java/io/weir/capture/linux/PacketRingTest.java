package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rings on real interfaces, in networks of their own: {@code here} captures on {@code v0} what {@code there} sends. */
class PacketRingTest {
    private NetworkNamespace here;
    private NetworkNamespace there;

    @BeforeEach
    void connect() throws IOException {
        here = NetworkNamespace.make();
        there = NetworkNamespace.make();
        here.connect("v0", there, "v1");
        here.run("ip address add 192.0.2.1/24 dev v0; ip address add 2001:db8::1/64 dev v0 nodad");
        there.run("ip address add 192.0.2.2/24 dev v1; ip address add 2001:db8::2/64 dev v1 nodad");
    }

    @AfterEach
    void disconnect() {
        here.close();
        there.close();
    }

    @Test
    void seesBothDirectionsWithTheirTimes() throws Exception {
        long before = System.currentTimeMillis();
        List<Seen> seen = capture(RingSettings.of("v0"), () -> there.run("ping -c 5 -i 0.01 -s 1000 192.0.2.1"));
        long after = System.currentTimeMillis();
        List<Seen> pings =
                seen.stream().filter(one -> one.protocol == IpProtocol.ICMP).toList();
        assertEquals(10, pings.size(), seen::toString);
        for (Seen ping : pings) {
            assertEquals(14 + 20 + 8 + 1000, ping.wireLength);
            assertEquals(ping.wireLength, ping.captured);
            assertTrue(ping.timestampNanos / 1_000_000 >= before - 1 && ping.timestampNanos / 1_000_000 <= after + 1);
        }
    }

    @Test
    void takesSeveralInterfacesInTurn() throws Exception {
        here.call(() -> {
            try (Wakeup wakeup = new Wakeup();
                    RingGroup rings = RingGroup.open(List.of(RingSettings.of("v0"), RingSettings.of("lo")), wakeup)) {
                there.run("ping -c 3 -i 0.01 192.0.2.1");
                here.run("ping -c 2 -i 0.01 127.0.0.1");
                List<Seen> seen = drain(rings).stream()
                        .filter(one -> one.protocol == IpProtocol.ICMP)
                        .toList();
                assertEquals(
                        6, seen.stream().filter(one -> one.interfaceIndex == 0).count());
                assertEquals(
                        4, seen.stream().filter(one -> one.interfaceIndex == 1).count());
            }
            return "";
        });
    }

    @Test
    void leavesOutWhatTheHostSends() throws Exception {
        List<Seen> seen =
                capture(RingSettings.of("v0").ignoringOutgoing(), () -> there.run("ping -c 5 -i 0.01 192.0.2.1"));
        assertEquals(
                5, seen.stream().filter(one -> one.protocol == IpProtocol.ICMP).count());
    }

    /** Frames as long as a card's segments and longer than any slot, in the order they came. */
    @Test
    void takesWholeFramesThatNoSlotHolds() throws Exception {
        List<Seen> seen = capture(RingSettings.bridging("v0"), () -> {
            there.run("ip link set v1 mtu 9000");
            here.run("ip link set v0 mtu 9000");
            for (int size : new int[] {100, 8_900, 100, 8_000, 1_472}) {
                there.run("ping -c 1 -s " + size + " 192.0.2.1");
            }
            return "";
        });
        List<Seen> pings =
                seen.stream().filter(one -> one.protocol == IpProtocol.ICMP).toList();
        assertEquals(
                List.of(142, 8_942, 142, 8_042, 1_514),
                pings.stream().map(one -> one.wireLength).toList());
        assertTrue(pings.stream().allMatch(one -> one.captured == one.wireLength && one.outcome == DecodeOutcome.OK));
    }

    /** Each slot goes with its own frame, also where an error was told between. */
    @Test
    void keepsWholeFramesInStepThoughTheInterfaceWasDown() throws Exception {
        List<Seen> seen = capture(RingSettings.bridging("v0"), () -> {
            there.run("ip link set v1 mtu 9000");
            here.run("ip link set v0 mtu 9000");
            there.run("ping -c 1 -s 8900 192.0.2.1; ping -c 1 -s 8800 192.0.2.1");
            here.run("ip link set v0 down; ip link set v0 up");
            there.run("ping -c 1 -s 8700 192.0.2.1; ping -c 1 -s 100 192.0.2.1");
            return "";
        });
        List<Seen> pings =
                seen.stream().filter(one -> one.protocol == IpProtocol.ICMP).toList();
        assertEquals(
                List.of(8_942, 8_842, 8_742, 142),
                pings.stream().map(one -> one.wireLength).toList());
        assertTrue(pings.stream().allMatch(one -> one.captured == one.wireLength && one.outcome == DecodeOutcome.OK));
    }

    @Test
    void saysHowLongACutPacketWas() throws Exception {
        List<Seen> seen = capture(
                RingSettings.of("v0").withSnapLength(200), () -> there.run("ping -c 3 -i 0.01 -s 1000 2001:db8::1"));
        List<Seen> pings = seen.stream()
                .filter(one -> one.wireLength == 14 + 40 + 8 + 1000)
                .toList();
        assertEquals(6, pings.size(), seen::toString);
        assertTrue(pings.stream().allMatch(ping -> ping.captured == 200 && ping.outcome == DecodeOutcome.OK));
    }

    /** A raw frame with a tag that the kernel takes out on arrival. */
    @Test
    void putsVlanTagsBack() throws Exception {
        List<Seen> seen = capture(
                RingSettings.of("v0"),
                () -> there.call(() -> {
                    RawSender.send("v1", RawSender.taggedUdp(0x8100, 0x2005));
                    RawSender.send("v1", RawSender.taggedUdp(0x88a8, 0x0123));
                    return "";
                }));
        List<Seen> tagged =
                seen.stream().filter(one -> one.protocol == IpProtocol.UDP).toList();
        assertEquals(2, tagged.size(), seen::toString);
        assertEquals("8100 2005", tagged.get(0).typeAndTag);
        assertEquals("88a8 0123", tagged.get(1).typeAndTag);
        assertEquals(18 + 20 + 8 + 10, tagged.get(0).wireLength);
        assertEquals(4242, tagged.get(1).destinationPort);
    }

    @Test
    void countsSegmentsThatTheHostLeavesToItsCard() throws Exception {
        int sentBytes = 3_000_000;
        here.call(() -> {
            try (Wakeup wakeup = new Wakeup();
                    RingGroup ring = RingGroup.open(List.of(RingSettings.of("v0")), wakeup);
                    ServerSocket server = new ServerSocket(9000)) {
                Thread reader = Thread.ofPlatform().start(() -> readAll(server));
                there.run("head -c " + sentBytes + " /dev/zero > /dev/tcp/192.0.2.1/9000");
                reader.join();
                List<Seen> data = drain(ring).stream()
                        .filter(one -> one.destinationPort == 9000 && one.wireLength > 66)
                        .toList();
                assertTrue(data.stream().anyMatch(one -> one.wireLength > 1514), "every frame was one segment");
                assertTrue(data.stream().allMatch(one -> one.outcome == DecodeOutcome.OK));
                long segments = data.size() + ring.counters(0).moreSegments();
                // 1,448 bytes a segment; one may be short at the end of each frame.
                assertTrue(
                        segments >= sentBytes / 1_448 && segments <= sentBytes / 1_448 + data.size(),
                        segments + " segments in " + data.size() + " frames");
            }
            return "";
        });
    }

    private static void readAll(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void stopsWaitingWhenWoken() throws Exception {
        here.call(() -> {
            try (Wakeup wakeup = new Wakeup();
                    RingGroup ring =
                            RingGroup.open(List.of(RingSettings.of("v0").withFilter(nothing())), wakeup)) {
                wakeup.wake();
                assertEquals(0, ring.fill(new PacketBatch()));
                assertTrue(wakeup.isAwake());
            }
            return "";
        });
    }

    private static SocketFilter nothing() {
        return SocketFilter.snap(0);
    }

    @Test
    void goesOnAfterTheCableWasPulled() throws Exception {
        List<Seen> seen = capture(RingSettings.of("v0").ignoringOutgoing(), () -> {
            there.run("ping -c 2 -i 0.01 192.0.2.1; ip link set v1 down; sleep 0.05; ip link set v1 up");
            return there.run("ping -c 2 -i 0.01 192.0.2.1");
        });
        assertEquals(
                4, seen.stream().filter(one -> one.protocol == IpProtocol.ICMP).count());
    }

    @Test
    void goesOnAfterTheInterfaceWasDown() throws Exception {
        List<Seen> seen = capture(RingSettings.of("v0").ignoringOutgoing(), () -> {
            there.run("ping -c 2 -i 0.01 192.0.2.1");
            here.run("ip link set v0 down; sleep 0.05; ip link set v0 up");
            return there.run("ping -c 2 -i 0.01 192.0.2.1");
        });
        assertEquals(
                4, seen.stream().filter(one -> one.protocol == IpProtocol.ICMP).count());
    }

    @Test
    void failsWhenTheInterfaceIsGone() throws Exception {
        KernelException gone = assertThrows(
                KernelException.class,
                () -> capture(RingSettings.of("v0"), () -> there.run("ip link del v1; sleep 0.1")));
        assertEquals(Errno.ENODEV, gone.errorNumber());
        assertTrue(String.valueOf(gone.getMessage()).contains("v0"), gone.getMessage());
    }

    @Test
    void refusesAnInterfaceThatIsNotThere() throws Exception {
        KernelException missing =
                assertThrows(KernelException.class, () -> capture(RingSettings.of("nosuch0"), () -> ""));
        assertTrue(
                String.valueOf(missing.getMessage())
                        .startsWith("can't find the interface nosuch0: no such device (ENODEV); there are "),
                missing::toString);
    }

    @Test
    void takesPacketsOfAnInterfaceWithoutLinkHeaders() throws Exception {
        here.call(() -> {
            try (TunDevice tun = new TunDevice("tun7")) {
                here.run("ip address add 198.51.100.1/24 dev tun7; ip link set tun7 up");
                List<Seen> seen = capture(RingSettings.of("tun7").ignoringOutgoing(), () -> {
                    byte[] frame = RawSender.udp(10);
                    tun.send(Arrays.copyOfRange(frame, 14, frame.length));
                    return "";
                });
                assertEquals(1, seen.size(), seen::toString);
                assertEquals(4242, seen.getFirst().destinationPort);
                assertEquals(20 + 8 + 10, seen.getFirst().wireLength);
            }
            return "";
        });
    }

    @Test
    void seesEachPacketOfTheLoopbackOnce() throws Exception {
        List<Seen> seen = capture(RingSettings.of("lo"), () -> here.run("ping -c 2 -i 0.01 127.0.0.1"));
        assertEquals(
                4, seen.stream().filter(one -> one.protocol == IpProtocol.ICMP).count(), seen::toString);
    }

    @Test
    void flowsKeepToTheirWorkerInBothDirections() throws Exception {
        here.call(() -> {
            try (Wakeup wakeup = new Wakeup();
                    RingGroup first = RingGroup.open(List.of(RingSettings.of("v0")), wakeup);
                    RingGroup second = RingGroup.open(List.of(RingSettings.of("v0")), wakeup)) {
                int group = first.share(0, RingGroup.NEW_GROUP);
                assertEquals(group, second.share(0, group));
                there.run(
                        "for p in $(seq 1 40); do (echo > /dev/udp/192.0.2.1/$((20000+p))) 2>/dev/null; done; "
                                + "for p in $(seq 1 40); do (echo > /dev/tcp/192.0.2.1/$((30000+p))) 2>/dev/null || true; done");
                List<Seen> ofFirst = drain(first);
                List<Seen> ofSecond = drain(second);
                List<Integer> portsOfFirst = tcpPorts(ofFirst);
                List<Integer> portsOfSecond = tcpPorts(ofSecond);
                assertEquals(40, portsOfFirst.size() + portsOfSecond.size(), portsOfFirst + " " + portsOfSecond);
                assertTrue(portsOfFirst.size() > 5 && portsOfSecond.size() > 5, portsOfFirst + " " + portsOfSecond);
                // SYN out, RST back: 80 segments, each flow's pair in one ring.
                assertEquals(80, tcpSegments(ofFirst) + tcpSegments(ofSecond));
                assertEquals(2L * portsOfFirst.size(), tcpSegments(ofFirst));
            }
            return "";
        });
    }

    private static long tcpSegments(List<Seen> seen) {
        return seen.stream().filter(one -> one.protocol == IpProtocol.TCP).count();
    }

    private static List<Integer> tcpPorts(List<Seen> seen) {
        return seen.stream()
                .filter(one -> one.protocol == IpProtocol.TCP)
                .map(one -> Math.min(one.sourcePort, one.destinationPort))
                .distinct()
                .toList();
    }

    /** Far more than the smallest ring holds: what is lost is counted, what is there is whole. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void accountsForEveryPacketOfAFullRing(boolean isPrompt) throws Exception {
        RingSettings settings =
                isPrompt ? RingSettings.bridging("v0") : RingSettings.of("v0").ignoringOutgoing();
        here.call(() -> {
            try (Wakeup wakeup = new Wakeup();
                    RingGroup ring = RingGroup.open(List.of(settings.withBlocks(4)), wakeup)) {
                there.call(() -> {
                    RawSender.send("v1", RawSender.udp(1_400), 20_000);
                    return "";
                });
                List<Seen> seen = drain(ring);
                long lost = ring.counters(0).lostPackets();
                assertTrue(lost > 10_000, lost + " lost");
                assertEquals(ring.counters(0).offeredPackets(), seen.size() + lost);
                long whole = seen.stream()
                        .filter(one -> one.protocol == IpProtocol.UDP)
                        .count();
                assertTrue(whole >= seen.size() - 10, whole + " whole of " + seen.size());
            }
            return "";
        });
    }

    private List<Seen> capture(RingSettings settings, Callable<String> traffic) throws Exception {
        return here.call(() -> {
            try (Wakeup wakeup = new Wakeup();
                    RingGroup ring = RingGroup.open(List.of(settings), wakeup)) {
                traffic.call();
                return drain(ring);
            }
        });
    }

    /** Everything until it has been quiet for a while. */
    private static List<Seen> drain(RingGroup ring) throws KernelException {
        List<Seen> seen = new ArrayList<>();
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        long quietUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(40);
        while (System.nanoTime() < quietUntil) {
            if (ring.fill(batch) > 0) {
                decoder.decode(batch);
                for (int i = 0; i < batch.size; i++) {
                    seen.add(Seen.of(batch, i));
                }
                quietUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(40);
            }
        }
        return seen;
    }

    /** What of a packet a test asks for. */
    private record Seen(
            int protocol,
            int captured,
            int wireLength,
            long timestampNanos,
            DecodeOutcome outcome,
            int sourcePort,
            int destinationPort,
            int interfaceIndex,
            String typeAndTag) {
        static Seen of(PacketBatch batch, int i) {
            boolean isEthernet = batch.linkType[i] == LinkType.ETHERNET;
            long at = batch.frameOffset[i] + 12;
            return new Seen(
                    batch.protocol[i],
                    batch.capturedLength[i],
                    batch.wireLength[i],
                    batch.timestampNanos[i],
                    DecodeOutcome.of(batch.outcome[i]),
                    batch.sourcePort[i],
                    batch.destinationPort[i],
                    batch.interfaceIndex[i],
                    isEthernet
                            ? "%04x %04x"
                                    .formatted(Native.netU16(batch.frames, at), Native.netU16(batch.frames, at + 2))
                            : "");
        }
    }
}
