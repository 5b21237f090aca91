package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.testing.Skips;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues and their rules between three networks: {@code outside} and {@code inside} with the {@code filter} between. */
class NfQueueTest {
    private static final List<String> OUTSIDE_ONLY = List.of("f0");
    private static final int PASS = Verdict.of(Reason.ACCEPTED);
    private static final int DROP = Verdict.of(Reason.NO_RULE);

    private NetworkNamespace outside;
    private NetworkNamespace filter;
    private NetworkNamespace inside;

    @BeforeEach
    void connect() throws IOException {
        outside = NetworkNamespace.make();
        filter = NetworkNamespace.make();
        inside = NetworkNamespace.make();
        filter.connect("f0", outside, "o0");
        filter.connect("f1", inside, "i0");
        filter.run("ip address add 192.0.2.1/24 dev f0; ip address add 198.51.100.1/24 dev f1;"
                + "ip address add 2001:db8::1/64 dev f0 nodad; ip address add 2001:db8:1::1/64 dev f1 nodad;"
                + "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        outside.run("ip address add 192.0.2.9/24 dev o0; ip route add default via 192.0.2.1;"
                + "ip address add 2001:db8::9/64 dev o0 nodad; ip route add default via 2001:db8::1");
        inside.run("ip address add 198.51.100.9/24 dev i0; ip route add default via 198.51.100.1;"
                + "ip address add 2001:db8:1::9/64 dev i0 nodad; ip route add default via 2001:db8:1::1");
    }

    @AfterEach
    void disconnect() {
        outside.close();
        filter.close();
        inside.close();
    }

    /** The kernel's own listing, by nft, is what the plan said. */
    @Test
    void installsWhatThePlanSays() throws Exception {
        Skips.unless(NetworkNamespace.has("nft"), "install nftables, which lists what the kernel has");
        QueueRules rules = new QueueRules(List.of("f0", "f1"), 7, 2, true, management());
        String listed = filter.call(() -> {
            rules.install();
            rules.install();
            assertTrue(QueueRules.isInstalled());
            String text = filter.run("nft list table inet weir 2> /dev/null");
            QueueRules.remove();
            assertEquals(false, QueueRules.isInstalled());
            QueueRules.remove();
            return text;
        });
        assertEquals(plain(rules.plan()), plain(listed));
        assertEquals("", filter.run("nft list ruleset"));
    }

    /** Without counts, and without the queue, which nft can't always show; that it works, the other tests see. */
    private static String plain(String listing) {
        return listing.replaceAll("counter .*", "counter")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("# Warning"))
                .reduce("", (all, line) -> all + line + "\n");
    }

    private static List<QueueRules.Management> management() {
        return List.of(
                new QueueRules.Management(prefix("192.0.2.0/28"), 22),
                new QueueRules.Management(prefix("192.0.2.77/32"), 2222),
                new QueueRules.Management(prefix("2001:db8::/61"), 22));
    }

    private static IpPrefix prefix(String text) {
        return switch (IpPrefix.parse(text)) {
            case IpPrefix.Parsed.Valid valid -> valid.prefix();
            case IpPrefix.Parsed.Invalid invalid -> throw new IllegalArgumentException(invalid.problem());
        };
    }

    @Test
    void dropsWhatWasCondemnedAndPassesTheRest() throws Exception {
        AtomicInteger pings = new AtomicInteger();
        judged(
                1,
                QueueSettings.of(0, OUTSIDE_ONLY),
                (batch, i) -> {
                    assertEquals(DecodeOutcome.OK, DecodeOutcome.of(batch.outcome[i]));
                    if (batch.protocol[i] == IpProtocol.ICMP && batch.icmpTypeCode[i] >> 8 == 8) {
                        return pings.incrementAndGet() % 4 == 0 ? PASS : DROP;
                    }
                    return PASS;
                },
                judging -> {
                    assertEquals(5, answered(outside.run("ping -c 20 -i 0.01 -W 0.3 192.0.2.1 || true")));
                    assertEquals(20, pings.get());
                    assertEquals(5, answered(outside.run("ping -c 20 -i 0.01 -W 0.3 198.51.100.9 || true")));
                    judging.end();
                    assertEquals(0, judging.queues.getFirst().counters().lateVerdicts());
                    // Questions, and the answers of those that passed: through the host as well as to it.
                    assertEquals(50, judging.icmp.get());
                });
    }

    @Test
    void seesIpv6AndWhatTheHostItselfSends() throws Exception {
        AtomicInteger echoes = new AtomicInteger();
        AtomicInteger discoveries = new AtomicInteger();
        judged(
                1,
                QueueSettings.of(0, OUTSIDE_ONLY),
                (batch, i) -> {
                    int type = batch.protocol[i] == IpProtocol.ICMPV6 ? batch.icmpTypeCode[i] >> 8 : 0;
                    echoes.addAndGet(type == 128 || type == 129 ? 1 : 0);
                    discoveries.addAndGet(type >= 133 && type <= 137 ? 1 : 0);
                    return PASS;
                },
                judging -> {
                    assertEquals(4, answered(outside.run("ping -c 4 -i 0.01 2001:db8:1::9")));
                    assertEquals(3, answered(filter.start("ping -c 3 -i 0.01 2001:db8::9")));
                    assertEquals(14, echoes.get());
                    assertEquals(0, discoveries.get());
                });
    }

    @Test
    void packetCutByTheCopyRangeIsWhole() throws Exception {
        AtomicInteger cut = new AtomicInteger();
        judged(
                1,
                QueueSettings.of(0, OUTSIDE_ONLY).withCopy(200),
                (batch, i) -> {
                    assertEquals(DecodeOutcome.OK, DecodeOutcome.of(batch.outcome[i]));
                    if (batch.protocol[i] != IpProtocol.ICMP) {
                        return PASS;
                    }
                    assertEquals(1028, batch.wireLength[i]);
                    assertEquals(200, batch.capturedLength[i]);
                    assertTrue(Math.abs(batch.timestampNanos[i] / 1_000_000 - System.currentTimeMillis()) < 2_000);
                    cut.incrementAndGet();
                    return PASS;
                },
                judging -> {
                    assertEquals(5, answered(outside.run("ping -c 5 -i 0.01 -s 1000 192.0.2.1")));
                    assertEquals(10, cut.get());
                });
    }

    @Test
    void tcpComesInSegmentsUnlessKeptJoined() throws Exception {
        for (boolean isKept : new boolean[] {false, true}) {
            AtomicInteger largest = new AtomicInteger();
            AtomicInteger fromInside = new AtomicInteger();
            QueueSettings settings = QueueSettings.of(0, OUTSIDE_ONLY);
            judged(
                    1,
                    isKept ? settings.keepingSegments() : settings,
                    (batch, i) -> {
                        largest.accumulateAndGet(batch.wireLength[i], Math::max);
                        fromInside.addAndGet(
                                batch.protocol[i] == IpProtocol.TCP && batch.sourcePort[i] == 9000 ? 1 : 0);
                        return PASS;
                    },
                    judging -> {
                        int before = tcpSegmentsSent();
                        transfer(2_000_000);
                        assertEquals(isKept, largest.get() > 1500, largest + " bytes");
                        // As many as its kernel says that it sent, cards' work counted by what it makes.
                        for (int n = 0; n < 100 && !isKept && fromInside.get() != tcpSegmentsSent() - before; n++) {
                            Thread.sleep(10);
                        }
                        assertEquals(isKept, fromInside.get() < tcpSegmentsSent() - before);
                    });
        }
    }

    private int tcpSegmentsSent() throws IOException {
        return Integer.parseInt(inside.run("awk '/^Tcp:/ { sent = $12 } END { print sent }' /proc/net/snmp")
                .strip());
    }

    /** A tunnel that is set up again: rules go by names, and packets by the number that the interface has then. */
    @Test
    void knowsAnInterfaceThatWasMadeAnew() throws Exception {
        filter.call(() -> {
            List<String> both = List.of("f0", "f1");
            try (Wakeup wakeup = new Wakeup();
                    NfQueue queue = NfQueue.bind(QueueSettings.of(0, both), wakeup)) {
                new QueueRules(both, 0, 1, true, List.of()).install();
                filter.run("ip link delete f1");
                filter.connect("f1", inside, "i0");
                filter.run("ip address add 198.51.100.1/24 dev f1");
                inside.run("ip address add 198.51.100.9/24 dev i0");
                for (String[] from : new String[][] {{"0", "192.0.2.1"}, {"1", "198.51.100.1"}}) {
                    Process ping =
                            (from[0].equals("0") ? outside : inside).start("ping -c 1 -W 1 " + from[1] + " || true");
                    assertEquals(from[0], Integer.toString(firstPing(queue)));
                    assertEquals(0, answered(ping));
                }
                QueueRules.remove();
            }
            return "";
        });
    }

    /** The interface that the first echo request came by; all is dropped. */
    private static int firstPing(NfQueue queue) throws KernelException {
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        for (int n = 0; n < 500; n++) {
            queue.fill(batch);
            decoder.decode(batch);
            Arrays.fill(batch.verdict, 0, batch.size, DROP);
            queue.accept(batch);
            for (int i = 0; i < batch.size; i++) {
                if (batch.protocol[i] == IpProtocol.ICMP) {
                    return batch.interfaceIndex[i];
                }
            }
        }
        return -1;
    }

    /** Sends so many bytes by TCP from inside to outside, through the filter. */
    private void transfer(int bytes) throws Exception {
        try (ServerSocket server = inside.call(() -> new ServerSocket(9000))) {
            Thread sender = Thread.ofPlatform().start(() -> {
                try (Socket client = server.accept()) {
                    client.getOutputStream().write(new byte[bytes]);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            String received = outside.run("cat < /dev/tcp/198.51.100.9/9000 | wc -c");
            sender.join();
            assertEquals(Integer.toString(bytes), received.strip());
        }
    }

    @Test
    void withoutWeirFailureDecides() throws Exception {
        filter.call(() -> {
            new QueueRules(OUTSIDE_ONLY, 0, 1, true, List.of()).install();
            return "";
        });
        assertEquals(2, answered(outside.run("ping -c 2 -i 0.01 192.0.2.1")));
        filter.call(() -> {
            new QueueRules(OUTSIDE_ONLY, 0, 1, false, management()).install();
            return "";
        });
        assertEquals(0, answered(outside.run("ping -c 2 -i 0.01 -W 0.2 192.0.2.1 || true")));
        assertEquals(0, answered(outside.run("ping -c 2 -i 0.01 -W 0.2 2001:db8::1 || true")));
        try (ServerSocket first = filter.call(() -> new ServerSocket(22));
                ServerSocket second = inside.call(() -> new ServerSocket(22))) {
            assertTrue(first.isBound() && second.isBound());
            outside.run("timeout 2 bash -c 'echo > /dev/tcp/192.0.2.1/22'");
            outside.run("timeout 2 bash -c 'echo > /dev/tcp/198.51.100.9/22'");
            outside.run("ip -6 neigh flush dev o0; timeout 2 bash -c 'echo > /dev/tcp/2001:db8::1/22'");
        }
        // From an address outside of the prefixes nothing passes.
        outside.run("ip address add 192.0.2.200/24 dev o0");
        assertThrows(
                IOException.class,
                () -> outside.run(
                        "ip address del 192.0.2.9/24 dev o0; timeout 0.3 bash -c 'echo > /dev/tcp/192.0.2.1/22'"));
    }

    @Test
    void twoProcessesDoNotShareAQueue() throws Exception {
        filter.call(() -> {
            try (Wakeup wakeup = new Wakeup();
                    NfQueue first = NfQueue.bind(QueueSettings.of(3, OUTSIDE_ONLY), wakeup)) {
                assertEquals(0, first.counters().packets());
                KernelException refused = assertThrows(
                        KernelException.class, () -> NfQueue.bind(QueueSettings.of(3, OUTSIDE_ONLY), wakeup));
                assertEquals(
                        "can't take queue 3: in use (EBUSY); another process has it: is Weir running already?",
                        refused.getMessage());
            }
            return "";
        });
    }

    @Test
    void flowsKeepToTheirQueueInBothDirections() throws Exception {
        Set<String> queueAndHost = ConcurrentHashMap.newKeySet();
        judged(
                4,
                QueueSettings.of(0, OUTSIDE_ONLY),
                (batch, i) -> {
                    if (batch.protocol[i] != IpProtocol.ICMP) {
                        return PASS;
                    }
                    int other = (int) Math.max(batch.sourceLow[i] & 0xff, batch.destinationLow[i] & 0xff);
                    queueAndHost.add(Thread.currentThread().getName() + " " + other);
                    return PASS;
                },
                judging -> {
                    outside.run("for n in $(seq 40 71); do ip address add 192.0.2.$n/24 dev o0;"
                            + " ping -c 1 -W 1 -I 192.0.2.$n 192.0.2.1 > /dev/null; done");
                    assertEquals(64, judging.icmp.get());
                });
        assertEquals(32, queueAndHost.size(), queueAndHost::toString);
        assertTrue(
                queueAndHost.stream().map(text -> text.split(" ")[0]).distinct().count() >= 3, queueAndHost::toString);
    }

    /** Nobody judges meanwhile: what the queue doesn't hold is dropped and counted, or passes. */
    @Test
    void fullQueueDropsOrLetsPass() throws Exception {
        byte[] frame = addressed(RawSender.udp(10));
        // No packet but ours: IPv6 has some of its own.
        filter.run("sysctl -qw net.ipv6.conf.f0.disable_ipv6=1");
        outside.run("sysctl -qw net.ipv6.conf.o0.disable_ipv6=1");
        for (boolean isOpen : new boolean[] {false, true}) {
            filter.call(() -> {
                QueueSettings settings =
                        QueueSettings.of(0, OUTSIDE_ONLY).withCapacity(100).withOverloadOpen(isOpen);
                try (Wakeup wakeup = new Wakeup();
                        NfQueue queue = NfQueue.bind(settings, wakeup)) {
                    new QueueRules(OUTSIDE_ONLY, 0, 1, true, List.of()).install();
                    long before = udpReceived();
                    outside.call(() -> {
                        RawSender.send("o0", frame, 300);
                        return "";
                    });
                    assertEquals(isOpen ? 0 : 200, queue.counters().refusedPackets());
                    assertEquals(isOpen ? 200 : 0, udpReceived() - before);
                    wakeup.wake();
                    PacketBatch batch = new PacketBatch();
                    assertEquals(100, queue.fill(batch));
                    Arrays.fill(batch.verdict, 0, 100, PASS);
                    queue.accept(batch);
                    assertEquals(isOpen ? 300 : 100, udpReceived() - before);
                    QueueRules.remove();
                }
                return "";
            });
        }
    }

    /** To the station on the other side of the cable. */
    private byte[] addressed(byte[] frame) throws IOException {
        String link = filter.run("ip link show f0");
        Matcher found = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}").matcher(link);
        assertTrue(found.find(), link);
        String[] parts = found.group().split(":");
        for (int i = 0; i < parts.length; i++) {
            frame[i] = (byte) Integer.parseInt(parts[i], 16);
        }
        return frame;
    }

    /** UDP that reached the host, listened to or not. */
    private static long udpReceived() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/snmp")).stream()
                .filter(line -> line.startsWith("Udp:"))
                .toList();
        String[] values = lines.get(1).split(" ");
        return Long.parseLong(values[1]) + Long.parseLong(values[2]) + Long.parseLong(values[3]);
    }

    private static int answered(Process ping) throws IOException {
        return answered(new String(ping.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static int answered(String ping) {
        Matcher received = Pattern.compile("(\\d+) received").matcher(ping);
        assertTrue(received.find(), ping);
        return Integer.parseInt(received.group(1));
    }

    private void judged(int count, QueueSettings settings, Judge judge, Scenario scenario) throws Exception {
        Judging judging = new Judging(count, settings, judge);
        try {
            scenario.play(judging);
        } finally {
            judging.close();
        }
    }

    private interface Scenario {
        void play(Judging judging) throws Exception;
    }

    private interface Judge {
        int verdict(PacketBatch batch, int i);
    }

    /** Queues with a thread each, and rules that send packets to them, until closed. */
    private final class Judging {
        private final Wakeup wakeup;
        private final List<NfQueue> queues = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();
        private final AtomicInteger icmp = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Judging(int count, QueueSettings settings, Judge judge) throws Exception {
            wakeup = filter.call(Wakeup::new);
            for (int n = 0; n < count; n++) {
                QueueSettings own = new QueueSettings(
                        n,
                        settings.copyBytes(),
                        settings.capacityPackets(),
                        settings.isOverloadOpen(),
                        settings.isKeepingSegments(),
                        settings.interfaces());
                NfQueue queue = filter.call(() -> NfQueue.bind(own, wakeup));
                queues.add(queue);
                threads.add(Thread.ofPlatform().name("queue" + n).start(() -> run(queue, judge)));
            }
            filter.call(() -> {
                new QueueRules(settings.interfaces(), 0, count, false, List.of()).install();
                return "";
            });
        }

        private void run(NfQueue queue, Judge judge) {
            PacketBatch batch = new PacketBatch();
            FrameDecoder decoder = new FrameDecoder();
            try {
                while (queue.fill(batch) > 0 || !wakeup.isAwake()) {
                    decoder.decode(batch);
                    for (int i = 0; i < batch.size; i++) {
                        batch.verdict[i] = judge.verdict(batch, i);
                        icmp.addAndGet(batch.protocol[i] == IpProtocol.ICMP ? 1 : 0);
                    }
                    queue.accept(batch);
                }
            } catch (KernelException | AssertionError e) {
                failure.set(e);
            }
        }

        void end() throws Exception {
            filter.call(() -> {
                QueueRules.remove();
                return "";
            });
            wakeup.wake();
            for (Thread thread : threads) {
                thread.join();
            }
            Throwable cause = failure.get();
            if (cause != null) {
                throw new AssertionError(cause);
            }
        }

        void close() throws Exception {
            end();
            queues.forEach(NfQueue::close);
            wakeup.close();
        }
    }
}
