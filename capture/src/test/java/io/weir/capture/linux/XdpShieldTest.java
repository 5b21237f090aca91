package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.linux.ShieldRule.Kind;
import io.weir.capture.testing.SampleSignatures;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.SignatureMatcher;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel's program decides of a frame, against what user space does. */
class XdpShieldTest {
    private static final int RULES = 400;
    private static final int FRAMES = 40;
    private static final int GET_INFO = 15;
    private static final int INFO_BYTES = 232;
    private static final int VERIFIED_AT = 216;
    private static final int DROP = 1;
    private static final int PASS = 2;
    private static final IpPrefix ANY4 = prefix("0.0.0.0/0");
    private static final IpPrefix ANY6 = prefix("::/0");

    private final Random random = new Random(5);
    private final PacketBatch batch = new PacketBatch();
    private final FrameDecoder decoder = new FrameDecoder();

    private static IpPrefix prefix(String text) {
        return switch (IpPrefix.parse(text)) {
            case IpPrefix.Parsed.Valid valid -> valid.prefix();
            case IpPrefix.Parsed.Invalid invalid -> throw new IllegalArgumentException(invalid.problem());
        };
    }

    /** A frame of any protocol and version, with tags before it or not. */
    private MemorySegment frame(Arena arena) {
        MemorySegment plain = arena.allocate(512);
        MemorySegment payload = arena.allocate(64);
        for (int i = 0; i < 64; i++) {
            payload.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(4));
        }
        FrameBuilder builder = new FrameBuilder()
                .timeToLive(60 + random.nextInt(8))
                .identification(random.nextInt(4))
                .minimumLength(random.nextBoolean() ? FrameBuilder.MINIMUM_ON_WIRE : 0)
                .payload(payload, 0, random.nextInt(40));
        boolean isIpv4 = random.nextBoolean();
        if (isIpv4) {
            builder.ipv4(0xc000_0200 | random.nextInt(4), 0xc633_640a);
        } else {
            builder.addresses(0x2001_0db8_0000_0000L, random.nextInt(4), 0x2001_0db8_0000_0001L, 10);
        }
        int length = switch (random.nextInt(6)) {
            case 4, 5 -> {
                boolean isAnswer = random.nextInt(3) == 0;
                builder.payload(payload, 0, message(payload, isAnswer));
                yield builder.udp(plain, 0, isAnswer ? 53 : 1000 + random.nextInt(3), isAnswer ? 1000 : 53);
            }
            case 0 -> builder.udp(plain, 0, 1000 + random.nextInt(3), 7 + random.nextInt(2));
            case 1 -> builder.icmp(plain, 0, isIpv4 ? 8 : 128, 0, random.nextInt(3) << 16);
            default -> {
                options(builder);
                int flags = random.nextInt(3) > 0 ? TcpFlags.SYN : random.nextInt(64);
                int sequence = random.nextBoolean() ? 0xc633_640a : random.nextInt();
                yield builder.tcp(plain, 0, 1000 + random.nextInt(3), 80, sequence, 0, flags, 512 << random.nextInt(8));
            }
        };
        return tagged(arena, plain.asSlice(0, length));
    }

    /** Some of those that stacks send, in any order. */
    private void options(FrameBuilder builder) {
        for (int n = random.nextInt(5); n > 0; n--) {
            switch (random.nextInt(5)) {
                case 0 -> builder.maximumSegmentSize(random.nextBoolean() ? 1460 : 1400);
                case 1 -> builder.windowScale(random.nextInt(16));
                case 2 -> builder.sackPermitted();
                case 3 -> builder.timestamps(random.nextInt(), 0);
                default -> builder.noOperation();
            }
        }
    }

    /** A DNS message with one question, mostly. */
    private int message(MemorySegment to, boolean isAnswer) {
        byte[][] names = {
            {3, 'w', 'w', 'w', 2, 'a', 'b', 0},
            {2, 'W', 'x', 2, 'A', 'b', 0},
            {2, 'a', 'b', 0},
            {4, 'a', 2, 'a', 'b', 0},
            {0}
        };
        byte[] name = names[random.nextInt(names.length)];
        byte[] header = {0, 7, (byte) (isAnswer ? 0x81 : 1), 0, 0, 1, 0, 0, 0, 0, 0, 0};
        header[5] = (byte) (random.nextInt(10) == 0 ? 2 : 1);
        MemorySegment.copy(header, 0, to, ValueLayout.JAVA_BYTE, 0, header.length);
        MemorySegment.copy(name, 0, to, ValueLayout.JAVA_BYTE, header.length, name.length);
        byte[] tail = {0, (byte) (random.nextBoolean() ? 1 : 28), 0, 1};
        MemorySegment.copy(tail, 0, to, ValueLayout.JAVA_BYTE, header.length + name.length, tail.length);
        return header.length + name.length + tail.length;
    }

    private MemorySegment tagged(Arena arena, MemorySegment plain) {
        int tags = Math.max(0, random.nextInt(6) - 3);
        MemorySegment frame = arena.allocate(plain.byteSize() + 4L * tags);
        MemorySegment.copy(plain, 0, frame, 0, 12);
        for (int i = 0; i < tags; i++) {
            frame.set(ValueLayout.JAVA_BYTE, 12 + 4L * i, (byte) 0x81);
            frame.set(ValueLayout.JAVA_BYTE, 15 + 4L * i, (byte) 7);
        }
        MemorySegment.copy(plain, 12, frame, 12 + 4L * tags, plain.byteSize() - 12);
        return frame;
    }

    private void decode(MemorySegment frame) {
        batch.frames = frame;
        batch.size = 1;
        batch.frameOffset[0] = 0;
        batch.capturedLength[0] = (int) frame.byteSize();
        batch.wireLength[0] = (int) frame.byteSize();
        batch.linkType[0] = LinkType.ETHERNET;
        decoder.decode(batch);
    }

    private boolean isOk() {
        return batch.outcome[0] == DecodeOutcome.OK.ordinal();
    }

    private Kind kind() {
        return switch (batch.protocol[0]) {
            case IpProtocol.TCP -> (batch.tcpFlags[0] & 0x17) == TcpFlags.SYN ? Kind.SYN : Kind.SEGMENT;
            case IpProtocol.UDP ->
                batch.application[0] == Application.DNS_QUERY.ordinal()
                        ? Kind.QUESTION
                        : batch.application[0] == Application.DNS_RESPONSE.ordinal() ? Kind.ANSWER : Kind.DATAGRAM;
            default -> Kind.MESSAGE;
        };
    }

    private static long run(XdpShield shield, MemorySegment frame) {
        long answer = PASS;
        // One packet of 64 is shown: ten of those in a row won't be.
        for (int i = 0; i < 10 && answer == PASS; i++) {
            answer = Bpf.testRun(shield.program(), frame);
        }
        return answer;
    }

    @Test
    void aCompiledSignatureDropsWhatItsMatcherMatchesAndNothingElse() throws IOException {
        NetworkNamespace.make().close();
        int possible = 0;
        int dropped = 0;
        int mutants = 0;
        try (XdpShield shield = XdpShield.load(List.of(ANY4, ANY6), List.of(), false)) {
            for (int n = 0; n < RULES; n++) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment model = frame(arena);
                    decode(model);
                    if (!isOk()) {
                        continue;
                    }
                    Signature signature = SampleSignatures.of(batch, 0, random);
                    Kind kind = kind();
                    if (!ShieldRule.isPossible(kind, signature) || isSpared()) {
                        continue;
                    }
                    possible++;
                    IpPrefix destination = batch.ipVersion[0] == 4 ? ANY4 : ANY6;
                    shield.rule(List.of(new ShieldRule(1, destination, kind, signature)), List.of());
                    assertEquals(DROP, run(shield, model), signature::toString);
                    SignatureMatcher matcher = SignatureMatcher.of(signature);
                    for (int k = 0; k < FRAMES; k++) {
                        MemorySegment frame = k % 2 == 0 ? frame(arena) : mutant(arena, model);
                        decode(frame);
                        boolean isMeant = isOk()
                                && (batch.ipVersion[0] == 4) == destination.equals(ANY4)
                                && batch.fragment[0] == 0
                                && kind() == kind
                                && matcher.matches(batch, 0);
                        boolean isDropped = run(shield, frame) == DROP;
                        dropped += isDropped ? 1 : 0;
                        mutants += isDropped && k % 2 == 1 ? 1 : 0;
                        if (isDropped && !isOk()) {
                            // What is malformed beyond what the program reads is dropped either way.
                            assertTrue(DecodeOutcome.of(batch.outcome[0]).isMalformed(), signature::toString);
                        } else if (isSimple()) {
                            assertEquals(isMeant, isDropped, () -> signature + " of " + text(frame));
                        } else {
                            assertTrue(isMeant || !isDropped, signature::toString);
                        }
                    }
                }
            }
        }
        assertTrue(possible > 100 && dropped > 500 && mutants > 100, possible + " rules, " + dropped + ", " + mutants);
    }

    /** As many as floods of several tools at once have; the verifier's work is bounded, whatever they ask for. */
    @Test
    void manyRulesOfAllKindsLoadInBoundedTime() throws IOException {
        NetworkNamespace.make().close();
        List<ShieldRule> rules = new ArrayList<>();
        for (int n = 0; rules.size() < 32; n++) {
            try (Arena arena = Arena.ofConfined()) {
                decode(frame(arena));
                Signature signature = SampleSignatures.of(batch, 0, random);
                if (isOk() && !isSpared() && ShieldRule.isPossible(kind(), signature)) {
                    rules.add(new ShieldRule(n % 128 + 1, batch.ipVersion[0] == 4 ? ANY4 : ANY6, kind(), signature));
                }
            }
        }
        try (XdpShield shield = XdpShield.load(List.of(ANY4, ANY6), List.of(), false)) {
            shield.rule(rules, List.of(new ShieldLimit(1, ANY4, Kind.QUESTION, 1000)));
            // A million is what the kernel allows.
            int verified = verifiedInstructions(shield.program());
            assertTrue(verified < 400_000, verified + " instructions verified");
        }
    }

    /** What the verifier takes with the rules it takes with the first ban, too: a flood is no time to find out. */
    @Test
    void bansAndRefusalsNeedNoOtherProgram() throws IOException {
        NetworkNamespace.make().close();
        try (XdpShield shield = XdpShield.load(List.of(ANY4, ANY6), List.of(), false)) {
            Descriptor program = shield.program();
            assertTrue(shield.ban(prefix("192.0.2.2")) && shield.refuse(prefix("192.0.2.3")));
            shield.refuse(connection(true, 1000), System.nanoTime());
            shield.hearConnections();
            shield.hear(prefix("192.0.2.3"));
            assertTrue(shield.unban(prefix("192.0.2.2")));
            assertSame(program, shield.program());
        }
    }

    /** How many steps the verifier took (struct bpf_prog_info of include/uapi/linux/bpf.h). */
    private static int verifiedInstructions(Descriptor program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
            MemorySegment attributes = arena.allocate(Bpf.ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(Native.INT, 0, program.number());
            attributes.set(Native.INT, 4, INFO_BYTES);
            attributes.set(Native.LONG, 8, info.address());
            assertEquals(0, Bpf.call(GET_INFO, attributes));
            return Native.i32(info, VERIFIED_AT);
        }
    }

    private static String text(MemorySegment frame) {
        return HexFormat.of().formatHex(frame.toArray(ValueLayout.JAVA_BYTE));
    }

    /** Whether the program reads such frames: others pass. */
    private boolean isSimple() {
        return isOk()
                && batch.transportOffset[0] - batch.ipOffset[0] >= 20
                && batch.ipOffset[0] <= 22
                && (batch.ipVersion[0] == 4 || batch.transportOffset[0] - batch.ipOffset[0] == 40)
                && isOwnVersion()
                && statesLength()
                && !isSpared();
    }

    /** Where the IP length is 0, as the kernel's own offloads leave it, user space takes the frame's. */
    private boolean statesLength() {
        long at = batch.ipOffset[0] + (batch.ipVersion[0] == 4 ? 2L : 4L);
        return batch.frames.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) != 0;
    }

    private boolean isOwnVersion() {
        return switch (batch.protocol[0]) {
            case IpProtocol.TCP, IpProtocol.UDP -> true;
            case IpProtocol.ICMP -> batch.ipVersion[0] == 4;
            case IpProtocol.ICMPV6 -> batch.ipVersion[0] == 6;
            default -> false;
        };
    }

    /** What is never dropped by a signature here. */
    private boolean isSpared() {
        int type = batch.icmpTypeCode[0] >>> 8;
        return switch (batch.protocol[0]) {
            case IpProtocol.UDP ->
                kind() == Kind.DATAGRAM && (batch.sourcePort[0] == 53 || batch.destinationPort[0] == 53)
                        || kind() == Kind.QUESTION && batch.destinationPort[0] != 53
                        || kind() == Kind.ANSWER && batch.sourcePort[0] != 53
                        || kind() != Kind.DATAGRAM && batch.dnsNameLength[0] == 0
                        || batch.destinationPort[0] == 68
                        || batch.destinationPort[0] == 546;
            case IpProtocol.ICMP -> type == 3;
            case IpProtocol.ICMPV6 -> type < 128 || type > 129 && type <= 143;
            default -> false;
        };
    }

    private MemorySegment mutant(Arena arena, MemorySegment model) {
        MemorySegment frame = arena.allocate(model.byteSize()).copyFrom(model);
        for (int n = random.nextInt(3); n >= 0; n--) {
            long at = random.nextLong(frame.byteSize());
            frame.set(
                    ValueLayout.JAVA_BYTE, at, (byte) (frame.get(ValueLayout.JAVA_BYTE, at) ^ 1 << random.nextInt(8)));
        }
        return frame;
    }

    @Test
    void dropsBannedAndMatchingPacketsAndPassesManagementAndConversations() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make();
                NetworkNamespace there = NetworkNamespace.make()) {
            here.connect("v0", there, "v1");
            here.run("ip address add 192.0.2.1/24 dev v0; ip address add 2001:db8::1/64 dev v0 nodad");
            there.run("ip address add 192.0.2.2/24 dev v1; ip address add 2001:db8::2/64 dev v1 nodad");
            here.call(() -> {
                List<QueueRules.Management> management = List.of(new QueueRules.Management(prefix("192.0.2.0/28"), 22));
                try (XdpShield shield =
                        XdpShield.attach(List.of("v0"), List.of(prefix("192.0.2.1"), ANY6), management)) {
                    assertTrue(isAnswered(there, "192.0.2.1") && isAnswered(there, "2001:db8::1"));
                    assertTrue(shield.ban(prefix("192.0.2.2")));
                    assertTrue(shield.ban(prefix("2001:db8::/64")));
                    assertFalse(isAnswered(there, "192.0.2.1") || isAnswered(there, "2001:db8::1"));
                    assertTrue(shield.banned().packets() >= 2);
                    // Nobody listens, but that is said to whoever manages.
                    String refused = there.run("timeout 2 bash -c '</dev/tcp/192.0.2.1/22' 2>&1 || true");
                    assertTrue(refused.contains("refused"), refused);
                    assertTrue(shield.unban(prefix("192.0.2.2")) && shield.unban(prefix("2001:db8::/64")));
                    assertTrue(isAnswered(there, "192.0.2.1"));
                    Signature echo = signature("icmp type 8 or 0, ttl 64");
                    shield.rule(List.of(new ShieldRule(3, prefix("192.0.2.1"), Kind.MESSAGE, echo)), List.of());
                    String pings = there.run("ping -q -c 100 -i 0.002 -W 0.1 192.0.2.1 || true");
                    assertTrue(shield.dropped(3).packets() >= 80, pings);
                    // What this side asked for is answered.
                    assertTrue(here.run("ping -q -c 20 -i 0.01 -W 0.2 192.0.2.2 || true")
                            .contains(" 20 received"));
                }
                return "";
            });
        }
    }

    /** Of a hundred pings in a fifth of a second, and of connections of whoever was served before. */
    @Test
    void letsNoMoreThanALimitThroughButWhoWasServedBefore() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make();
                NetworkNamespace there = NetworkNamespace.make()) {
            here.connect("v0", there, "v1");
            here.run("ip address add 192.0.2.1/24 dev v0");
            there.run("ip address add 192.0.2.2/24 dev v1");
            here.call(() -> {
                try (XdpShield shield = XdpShield.attach(List.of("v0"), List.of(prefix("192.0.2.1")), List.of())) {
                    List<ShieldLimit> limits = List.of(new ShieldLimit(5, prefix("192.0.2.1"), Kind.MESSAGE, 120));
                    shield.rule(List.of(), limits);
                    String pings = there.run("ping -q -c 100 -i 0.002 -W 0.1 192.0.2.1 || true");
                    long dropped = shield.dropped(5).packets();
                    assertTrue(dropped >= 5 && dropped <= 99, () -> dropped + " " + pings);
                    // The longest destination decides, for its own version alone; a limit is exchanged by itself.
                    shield.rule(
                            List.of(),
                            List.of(
                                    new ShieldLimit(6, prefix("192.0.2.0/24"), Kind.MESSAGE, 120),
                                    new ShieldLimit(7, prefix("192.0.2.1"), Kind.MESSAGE, 1_000_000),
                                    new ShieldLimit(8, ANY6, Kind.MESSAGE, 1)));
                    assertEquals(0, lost(there));
                    shield.rule(List.of(), List.of(new ShieldLimit(6, prefix("192.0.2.0/24"), Kind.MESSAGE, 120)));
                    assertTrue(lost(there) > 0 && shield.dropped(6).packets() > 0);
                    shield.rule(List.of(), limits);
                    // What this side asked for is answered, and whoever it served over a connection is known.
                    assertTrue(here.run("ping -q -c 20 -i 0.01 -W 0.2 192.0.2.2 || true")
                            .contains(" 20 received"));
                    serve(here, there);
                    assertTrue(there.run("ping -q -c 100 -i 0.002 -W 0.1 192.0.2.1 || true")
                            .contains(" 100 received"));
                }
                return "";
            });
        }
    }

    /** Its connections alone, and those of whoever shares an IPv6 network with it; whom the operator trusts is spared. */
    @Test
    void refusesConnectionsOfASourceUntilItIsHeardAgain() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make();
                NetworkNamespace there = NetworkNamespace.make()) {
            here.connect("v0", there, "v1");
            here.run("ip address add 192.0.2.1/24 dev v0");
            here.run("ip address add 2001:db8::1/64 dev v0 nodad");
            there.run("ip address add 192.0.2.2/24 dev v1");
            there.run("ip address add 2001:db8::2/64 dev v1 nodad");
            here.call(() -> {
                try (XdpShield shield = XdpShield.attach(List.of("v0"), List.of(ANY4, ANY6), List.of())) {
                    assertEquals("refused", connect(there, "192.0.2.1"));
                    assertTrue(shield.refuse(prefix("192.0.2.2")) && shield.refuse(prefix("2001:db8::/64")));
                    assertEquals("silent", connect(there, "192.0.2.1"));
                    assertEquals("silent", connect(there, "2001:db8::1"));
                    assertTrue(isAnswered(there, "192.0.2.1"));
                    assertTrue(
                            shield.refused().packets() >= 2 && shield.banned().packets() == 0);
                    shield.trust(List.of(prefix("192.0.2.0/24")));
                    assertEquals("refused", connect(there, "192.0.2.1"));
                    assertEquals("silent", connect(there, "2001:db8::1"));
                    shield.hear(prefix("192.0.2.2"));
                    shield.hear(prefix("2001:db8::/64"));
                    assertEquals("refused", connect(there, "2001:db8::1"));
                }
                return "";
            });
        }
    }

    /** Data of one client's port, 1000, or another segment of it. */
    private static MemorySegment segment(Arena arena, boolean isIpv4, int port, int flags, int bytes) {
        MemorySegment frame = arena.allocate(512);
        FrameBuilder builder = new FrameBuilder();
        if (isIpv4) {
            builder.ipv4(0xc000_0202, 0xc633_640a);
        } else {
            builder.addresses(0x2001_0db8_0000_0000L, 2, 0x2001_0db8_0000_0001L, 10);
        }
        builder.payload(arena.allocate(64), 0, bytes);
        return frame.asSlice(0, builder.tcp(frame, 0, port, 80, 1, 1, flags, 512));
    }

    private static ShieldConnection connection(boolean isIpv4, int port) {
        IpPrefix client = prefix(isIpv4 ? "192.0.2.2" : "2001:db8::2");
        IpPrefix server = prefix(isIpv4 ? "198.51.100.10" : "2001:db8:0:1::a");
        return new ShieldConnection(client.high(), client.low(), port, server.high(), server.low(), 80);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesTheDataOfAConnectionUntilASynOfItsEndsOrAllAreHeardAgain(boolean isIpv4) throws Exception {
        NetworkNamespace.make().close();
        try (Arena arena = Arena.ofConfined();
                XdpShield shield = XdpShield.load(List.of(ANY4, ANY6), List.of(), false)) {
            MemorySegment data = segment(arena, isIpv4, 1000, TcpFlags.ACK, 9);
            MemorySegment others = segment(arena, isIpv4, 1001, TcpFlags.ACK, 9);
            MemorySegment syn = segment(arena, isIpv4, 1000, TcpFlags.SYN, 0);
            assertEquals(PASS, Bpf.testRun(shield.program(), data));
            shield.refuse(connection(isIpv4, 1000), System.nanoTime());
            assertEquals(DROP, Bpf.testRun(shield.program(), data));
            assertEquals(PASS, Bpf.testRun(shield.program(), others));
            for (int flags : new int[] {TcpFlags.ACK, TcpFlags.ACK | TcpFlags.FIN, TcpFlags.RST}) {
                assertEquals(PASS, Bpf.testRun(shield.program(), segment(arena, isIpv4, 1000, flags, 0)));
            }
            assertEquals(DROP, Bpf.testRun(shield.program(), data));
            assertEquals(2, shield.refused().packets());
            // Nothing is said of it any more, and it drops nothing of the next.
            assertEquals(PASS, Bpf.testRun(shield.program(), syn));
            assertEquals(PASS, Bpf.testRun(shield.program(), data));

            shield.refuse(connection(isIpv4, 1000), System.nanoTime());
            assertEquals(DROP, Bpf.testRun(shield.program(), data));
            shield.hearConnections();
            assertEquals(PASS, Bpf.testRun(shield.program(), data));
            shield.refuse(connection(isIpv4, 1001), System.nanoTime());
            assertEquals(PASS, Bpf.testRun(shield.program(), data), "heard again with all the others");
            assertEquals(DROP, Bpf.testRun(shield.program(), others));
        }
    }

    /** A server that served it before would hold what it opened for minutes. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesSynsAndDataOfASourceAndNothingElse(boolean isIpv4) throws Exception {
        NetworkNamespace.make().close();
        try (Arena arena = Arena.ofConfined();
                XdpShield shield = XdpShield.load(List.of(ANY4, ANY6), List.of(), false)) {
            assertTrue(shield.refuse(prefix(isIpv4 ? "192.0.2.2" : "2001:db8::/64")));
            assertEquals(DROP, Bpf.testRun(shield.program(), segment(arena, isIpv4, 9, TcpFlags.SYN, 0)));
            assertEquals(DROP, Bpf.testRun(shield.program(), segment(arena, isIpv4, 9, TcpFlags.ACK, 1)));
            assertEquals(PASS, Bpf.testRun(shield.program(), segment(arena, isIpv4, 9, TcpFlags.ACK, 0)));
            assertEquals(PASS, Bpf.testRun(shield.program(), segment(arena, isIpv4, 9, TcpFlags.RST, 0)));
            assertEquals(PASS, Bpf.testRun(shield.program(), segment(arena, !isIpv4, 9, TcpFlags.SYN, 0)));
        }
    }

    /** A bot's connection; the one beside it goes on. */
    @Test
    void refusesAConnectionAloneAndLeavesTheServerNothingToSendAgain() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make();
                NetworkNamespace there = NetworkNamespace.make()) {
            here.connect("v0", there, "v1");
            here.run("ip address add 192.0.2.1/24 dev v0");
            there.run("ip address add 192.0.2.2/24 dev v1");
            here.call(() -> {
                try (XdpShield shield = XdpShield.attach(List.of("v0"), List.of(ANY4, ANY6), List.of());
                        ServerSocket server = new ServerSocket(8080, 2, InetAddress.getByName("192.0.2.1"));
                        Socket bot = there.call(() -> new Socket("192.0.2.1", 8080));
                        Socket botsServed = server.accept();
                        Socket user = there.call(() -> new Socket("192.0.2.1", 8080));
                        Socket usersServed = server.accept()) {
                    assertTrue(isHeard(bot, botsServed) && isHeard(user, usersServed));
                    ShieldConnection refused = new ShieldConnection(
                            prefix("192.0.2.2").high(),
                            prefix("192.0.2.2").low(),
                            bot.getLocalPort(),
                            prefix("192.0.2.1").high(),
                            prefix("192.0.2.1").low(),
                            8080);
                    shield.refuse(refused, System.nanoTime());
                    assertFalse(isHeard(bot, botsServed));
                    assertTrue(isHeard(user, usersServed));
                    assertTrue(shield.refused().packets() >= 1);
                    shield.trust(List.of(prefix("192.0.2.2")));
                    assertTrue(isHeard(bot, botsServed));
                    shield.trust(List.of());
                    assertFalse(isHeard(bot, botsServed));
                    // What the server sends is acknowledged, also its end: it isn't left with sockets that it sends it
                    // by.
                    botsServed.getOutputStream().write(new byte[1000]);
                    botsServed.shutdownOutput();
                    String state = "";
                    for (int i = 0; i < 100 && !state.contains("FIN-WAIT-2 0 0"); i++) {
                        state = here.run("sleep 0.02; ss -Htn sport = :8080 dport = :" + bot.getLocalPort())
                                .replaceAll(" +", " ");
                    }
                    assertTrue(state.contains("FIN-WAIT-2 0 0"), state);
                    shield.hearConnections();
                    assertTrue(isHeard(user, usersServed));
                    assertEquals(0, shield.banned().packets());
                }
                return "";
            });
        }
    }

    /** TCP sends it again after 0.2 s and more. */
    private static boolean isHeard(Socket from, Socket to) throws IOException {
        from.getOutputStream().write(1);
        to.setSoTimeout(700);
        try {
            int heard = to.getInputStream().read();
            while (to.getInputStream().available() > 0) {
                to.getInputStream().read();
            }
            return heard == 1;
        } catch (SocketTimeoutException lost) {
            return false;
        }
    }

    /** Nobody listens: what comes through is refused by the host itself. */
    private static String connect(NetworkNamespace from, String address) throws IOException {
        String attempt = "timeout 0.3 bash -c 'exec 3<>/dev/tcp/" + address + "/8080' 2>/dev/null";
        return from.run("status=0; " + attempt + " || status=$?; [ $status = 124 ] && echo silent || echo refused")
                .strip();
    }

    /** Of a hundred pings in a fifth of a second. */
    private static int lost(NetworkNamespace from) throws IOException {
        String said = from.run("ping -q -c 100 -i 0.002 -W 0.1 192.0.2.1 || true");
        Matcher received = Pattern.compile(" (\\d+) received").matcher(said);
        assertTrue(received.find(), said);
        return 100 - Integer.parseInt(received.group(1));
    }

    /** A connection over which the host here sends something. */
    private static void serve(NetworkNamespace here, NetworkNamespace there) throws Exception {
        try (ServerSocket server = here.call(() -> new ServerSocket(8080, 1, InetAddress.getByName("192.0.2.1")))) {
            Thread teller = Thread.ofPlatform().daemon().start(() -> {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(1);
                    socket.getInputStream().read();
                } catch (IOException ended) {
                    // The other side has what it wanted.
                }
            });
            there.run("timeout 2 bash -c 'exec 3<>/dev/tcp/192.0.2.1/8080; head -c 1 <&3; sleep 0.1'");
            teller.join();
        }
    }

    private static Signature signature(String text) {
        return switch (Signature.parse(text)) {
            case Signature.Parsed.Valid valid -> valid.signature();
            case Signature.Parsed.Invalid invalid -> throw new IllegalArgumentException(invalid.toString());
        };
    }

    private static boolean isAnswered(NetworkNamespace from, String address) throws IOException {
        return from.run("ping -q -c 1 -W 0.2 " + address + " || true").contains(" 1 received");
    }
}
