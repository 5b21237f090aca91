package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.linux.ShieldRule.Kind;
import io.weir.capture.testing.SampleSignatures;
import io.weir.capture.testing.Skips;
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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Signatures as expressions of nftables, against what user space's matcher says of the same frames. */
class NfShieldRuleTest {
    private static final int RULES = 30;
    private static final int FRAMES = 10;
    private static final long HERE_MAC = 0x0200_0000_0001L;

    private final Random random = new Random(7);
    private final PacketBatch batch = new PacketBatch();
    private final FrameDecoder decoder = new FrameDecoder();

    private MemorySegment frame(Arena arena) {
        MemorySegment plain = arena.allocate(512);
        MemorySegment payload = arena.allocate(64);
        for (int i = 0; i < 64; i++) {
            payload.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(3));
        }
        FrameBuilder builder = new FrameBuilder()
                .ethernet(0x0200_0000_0002L, HERE_MAC)
                .timeToLive(60 + random.nextInt(8))
                .identification(random.nextInt(4))
                .minimumLength(FrameBuilder.MINIMUM_ON_WIRE)
                .payload(payload, 0, random.nextInt(40));
        boolean isIpv4 = random.nextBoolean();
        if (isIpv4) {
            builder.ipv4(0xc000_0204 | random.nextInt(4), 0xc000_0201);
        } else {
            builder.addresses(0x2001_0db8_0000_0000L, 4 + random.nextInt(4), 0x2001_0db8_0000_0000L, 1);
        }
        int length = switch (random.nextInt(5)) {
            case 0 -> builder.udp(plain, 0, 1000 + random.nextInt(3), 7 + random.nextInt(2));
            case 1 -> builder.icmp(plain, 0, isIpv4 ? 8 : 128, 0, random.nextInt(3) << 16);
            case 2 -> builder.payload(payload, 0, question(payload)).udp(plain, 0, 1000 + random.nextInt(3), 53);
            default -> {
                options(builder);
                int flags = random.nextInt(3) > 0 ? TcpFlags.SYN : random.nextInt(64);
                yield builder.tcp(
                        plain, 0, 1000 + random.nextInt(3), 80, random.nextInt(3), 0, flags, 512 << random.nextInt(8));
            }
        };
        return plain.asSlice(0, length);
    }

    private void options(FrameBuilder builder) {
        // Of a kind that comes twice the kernel takes the first, the matcher the last.
        int first = random.nextInt(5);
        for (int n = random.nextInt(4); n > 0; n--) {
            switch ((first + n) % 5) {
                case 0 -> builder.maximumSegmentSize(random.nextBoolean() ? 1460 : 1400);
                case 1 -> builder.windowScale(random.nextInt(16));
                case 2 -> builder.sackPermitted();
                case 3 -> builder.timestamps(random.nextInt(), 0);
                default -> builder.noOperation();
            }
        }
    }

    private int question(MemorySegment to) {
        byte[] message = {
            0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 'a', 'b', 0, 0, (byte) (random.nextBoolean() ? 1 : 28), 0, 1
        };
        MemorySegment.copy(message, 0, to, ValueLayout.JAVA_BYTE, 0, message.length);
        return message.length;
    }

    private void decode(MemorySegment frame) {
        batch.frames = frame;
        batch.size = 1;
        batch.frameOffset[0] = 0;
        batch.capturedLength[0] = (int) frame.byteSize();
        batch.wireLength[0] = (int) frame.byteSize();
        batch.linkType[0] = LinkType.ETHERNET;
        decoder.decode(batch);
        assertEquals(DecodeOutcome.OK.ordinal(), batch.outcome[0]);
    }

    private Kind kind() {
        return switch (batch.protocol[0]) {
            case IpProtocol.TCP -> (batch.tcpFlags[0] & 0x17) == TcpFlags.SYN ? Kind.SYN : Kind.SEGMENT;
            case IpProtocol.UDP ->
                batch.application[0] == Application.DNS_QUERY.ordinal() ? Kind.QUESTION : Kind.DATAGRAM;
            default -> Kind.MESSAGE;
        };
    }

    /** Sent several times, as one of 64 is shown. */
    private static boolean isDropped(NetworkNamespace there, NfShield shield, MemorySegment frame) throws Exception {
        long before = shield.dropped(1).packets();
        byte[] bytes = frame.toArray(ValueLayout.JAVA_BYTE);
        there.call(() -> {
            RawSender.send("v1", bytes, 6);
            return "";
        });
        long counted = shield.dropped(1).packets() - before;
        assertTrue(counted == 0 || counted >= 3, counted + " of 6");
        return counted > 0;
    }

    @Test
    void droppedIsWhatTheMatcherMatchesAndNothingElse() throws Exception {
        int possible = 0;
        int dropped = 0;
        try (NetworkNamespace here = NetworkNamespace.make();
                NetworkNamespace there = NetworkNamespace.make()) {
            here.connect("v0", there, "v1");
            here.run("ip link set v0 address 02:00:00:00:00:01; sysctl -qw net.ipv4.conf.all.rp_filter=0");
            try (NfShield shield =
                    here.call(() -> NfShield.install(List.of("v0"), List.of(IpPrefix.ANY_IPV4), List.of()))) {
                for (int n = 0; n < RULES; n++) {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment model = frame(arena);
                        decode(model);
                        Signature signature = SampleSignatures.of(batch, 0, random);
                        Kind kind = kind();
                        if (!shield.isPossible(kind, signature)) {
                            continue;
                        }
                        possible++;
                        IpPrefix destination = batch.ipVersion[0] == 4 ? IpPrefix.ANY_IPV4 : IpPrefix.ANY_IPV6;
                        shield.rule(List.of(new ShieldRule(1, destination, kind, signature)), List.of());
                        assertTrue(isDropped(there, shield, model), signature::toString);
                        SignatureMatcher matcher = SignatureMatcher.of(signature);
                        for (int k = 0; k < FRAMES; k++) {
                            MemorySegment frame = frame(arena);
                            decode(frame);
                            boolean isMeant = (batch.ipVersion[0] == 4) == (destination.version() == 4)
                                    && kind() == kind
                                    && matcher.matches(batch, 0);
                            dropped += isMeant ? 1 : 0;
                            assertEquals(isMeant, isDropped(there, shield, frame), signature::toString);
                        }
                    }
                }
            }
        }
        assertTrue(possible > 10 && dropped > 5, possible + " rules, " + dropped + " frames");
    }

    /** Whoever lists the kernel's rules sees what is dropped in nft's own words. */
    @Test
    void nftListsTheTable() throws Exception {
        Skips.unless(NetworkNamespace.has("nft"), "install nftables, which lists what the kernel has");
        try (NetworkNamespace here = NetworkNamespace.make()) {
            String listed = here.call(() -> {
                try (NfShield shield = NfShield.install(List.of("v0"), List.of(IpPrefix.ANY_IPV4), List.of())) {
                    Signature syn = signature("tcp flags syn, window 512 or 1024, options none");
                    shield.rule(List.of(new ShieldRule(2, IpPrefix.ANY_IPV4, Kind.SYN, syn)), List.of());
                    return here.run("nft list table inet weir_offload");
                }
            });
            assertTrue(listed.contains("tcp window { 512, 1024 } tcp doff 5 goto s2"), listed);
            assertTrue(
                    listed.contains("type ipv4_addr . ipv4_addr . inet_proto . inet_service . inet_service"), listed);
            assertFalse(here.run("nft list tables").contains("weir"));
        }
    }

    private static Signature signature(String text) {
        return switch (Signature.parse(text)) {
            case Signature.Parsed.Valid valid -> valid.signature();
            case Signature.Parsed.Invalid invalid -> throw new IllegalArgumentException(invalid.toString());
        };
    }
}
