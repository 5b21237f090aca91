package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameBuilderTest {
    private static final int CLIENT = 0xcb00_7109; // 203.0.113.9
    private static final int SERVER = 0xc633_640a; // 198.51.100.10
    private static final long V6_HIGH = 0x2001_0db8_0000_0000L;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment out = arena.allocate(70_000);
    private final FrameBuilder builder = new FrameBuilder().ethernet(0x0200_5e00_0001L, 0x0200_5e00_0002L);

    @Test
    void writesTheIpv4HeaderOfAWellKnownExample() {
        // The header with checksum b861 that textbooks compute by hand: 192.168.0.1 to 192.168.0.199, UDP, 115 bytes.
        builder.ipv4(0xc0a8_0001, 0xc0a8_00c7).timeToLive(64).dontFragment(true);
        int length = builder.payload(arena.allocate(87), 0, 87).udp(out, 0, 1, 2);
        assertEquals(14 + 115, length);
        assertEquals("4500007300004000" + "4011b861" + "c0a80001c0a800c7", hex(14, 20));
    }

    @Test
    void writesASynWithOptionsByteForByte() {
        builder.ipv4(CLIENT, SERVER).timeToLive(57).identification(0x1234).dontFragment(true);
        int length = builder.maximumSegmentSize(1460)
                .sackPermitted()
                .timestamps(0x01020304, 0)
                .noOperation()
                .windowScale(7)
                .tcp(out, 0, 40_000, 80, 0x11223344, 0, TcpFlags.SYN, 64_240);
        assertEquals(74, length);
        assertEquals("02005e000002" + "02005e000001" + "0800", hex(0, 14));
        // Sum of the words without the checksum: 4500+003c+1234+4000+3906+cb00+7109+c633+640a = 336bc, folded 36bf,
        // complement c940.
        assertEquals("4500003c12344000" + "3906c940" + "cb007109" + "c633640a", hex(14, 20));
        // Pseudo-header (addresses, 0006, 0028) and segment sum to 4fe30, folded fe34, complement 1cb.
        assertEquals(
                "9c40" + "0050" + "11223344" + "00000000" + "a002" + "faf0" + "01cb" + "0000" + "020405b4" + "0402"
                        + "080a0102030400000000" + "01" + "030307",
                hex(34, 40));
    }

    @Test
    void writesAnEchoRequestByteForByte() {
        byte[] text = "abcd".getBytes(StandardCharsets.US_ASCII);
        builder.ipv4(CLIENT, SERVER);
        int length = builder.payload(nativeBytes(text), 0, 4).icmp(out, 0, 8, 0, 0x0001_0002);
        assertEquals(46, length);
        // 0800 + 0001 + 0002 + 6162 + 6364 = ccc9, complement 3336.
        assertEquals("08003336" + "00010002" + "61626364", hex(34, 12));
    }

    @Test
    void sendsAUdpChecksumOfZeroAsAllOnes() {
        builder.ipv4(0, 0);
        // Protocol 17 + length 10 twice + ports + payload must sum to ffff: ffff - 0011 - 000a - 000a = ffda.
        int length = builder.payload(nativeBytes(new byte[] {(byte) 0xff, (byte) 0xda}), 0, 2)
                .udp(out, 0, 0, 0);
        assertEquals(44, length);
        assertEquals("ffff", hex(40, 2));
    }

    @Test
    void padsToTheMinimumWithZerosWhateverStoodThere() {
        out.fill((byte) 0xee);
        builder.ipv4(CLIENT, SERVER).minimumLength(FrameBuilder.MINIMUM_ON_WIRE);
        assertEquals(60, builder.udp(out, 0, 1, 2));
        assertEquals("00".repeat(18) + "ee", hex(42, 19));
    }

    @Test
    void forgetsOptionsAndPayloadAfterEachFrame() {
        builder.ipv4(CLIENT, SERVER).maximumSegmentSize(1460).payload(arena.allocate(9), 0, 9);
        assertEquals(14 + 20 + 24 + 9, builder.tcp(out, 0, 1, 2, 3, 4, TcpFlags.ACK, 5));
        assertEquals(14 + 20 + 20, builder.tcp(out, 0, 1, 2, 3, 4, TcpFlags.ACK, 5));
    }

    @Test
    void refusesMoreOptionsThanAHeaderHolds() {
        builder.timestamps(1, 2).timestamps(1, 2).timestamps(1, 2).timestamps(1, 2);
        assertThrows(IllegalArgumentException.class, builder::noOperation);
    }

    @Test
    void refusesAPacketLongerThanItsLengthField() {
        builder.ipv4(CLIENT, SERVER).payload(arena.allocate(65_535), 0, 65_535);
        assertThrows(IllegalArgumentException.class, () -> builder.udp(out, 0, 1, 2));
    }

    @Test
    void tsharkFindsEveryChecksumGood(@TempDir Path folder) {
        List<byte[]> frames = new ArrayList<>();
        Random random = new Random(7);
        for (int i = 0; i < 400; i++) {
            frames.add(randomFrame(random, i));
        }
        List<String> lines = TsharkFrames.fields(
                folder,
                frames,
                "ip.checksum.status",
                "tcp.checksum.status",
                "udp.checksum.status",
                "icmp.checksum.status",
                "icmpv6.checksum.status",
                "_ws.malformed");
        assertEquals(frames.size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            String[] status = lines.get(i).split("\t", -1);
            assertEquals(i % 2 == 0 ? "1" : "", status[0], "IPv4 header of frame " + i);
            assertEquals("1", status[1] + status[2] + status[3] + status[4], "transport of frame " + i);
            assertEquals("", status[5], "frame " + i);
        }
    }

    @Test
    void allocatesNothingPerFrame() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MemorySegment payload = arena.allocate(1000);
        buildMany(20_000, payload);
        long before = threads.getCurrentThreadAllocatedBytes();
        buildMany(20_000, payload);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 20_000, () -> allocated + " bytes for 20000 frames");
    }

    private void buildMany(int count, MemorySegment payload) {
        for (int i = 0; i < count; i++) {
            builder.ipv4(CLIENT + i, SERVER).identification(i);
            builder.maximumSegmentSize(1460).windowScale(7).payload(payload, 0, 1000);
            builder.tcp(out, 0, i, 80, i, 0, TcpFlags.SYN, 512);
            builder.payload(payload, 0, 100).udp(out, 0, i, 53);
        }
    }

    private byte[] randomFrame(Random random, int index) {
        if (index % 2 == 0) {
            builder.ipv4(random.nextInt(), random.nextInt());
        } else {
            builder.addresses(V6_HIGH, random.nextLong(), V6_HIGH | 1, random.nextLong());
        }
        builder.timeToLive(1 + random.nextInt(255)).identification(random.nextInt(65_536));
        // Every port pair is of no known protocol, so that tshark doesn't look for one in random bytes.
        byte[] bytes = new byte[random.nextInt(1400)];
        random.nextBytes(bytes);
        builder.payload(nativeBytes(bytes), 0, bytes.length);
        int length = switch (index / 2 % 3) {
            case 0 -> {
                builder.maximumSegmentSize(1440).timestamps(random.nextInt(), random.nextInt());
                yield builder.tcp(out, 3, 61_001, 61_002, random.nextInt(), random.nextInt(), 0x18, 1000);
            }
            case 1 -> builder.udp(out, 3, 61_001, 61_002);
            default -> builder.icmp(out, 3, index % 2 == 0 ? 8 : 128, 0, random.nextInt());
        };
        return out.asSlice(3, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private MemorySegment nativeBytes(byte[] bytes) {
        MemorySegment segment = arena.allocate(Math.max(1, bytes.length));
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    private String hex(int offset, int length) {
        return HexFormat.of().formatHex(out.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }
}
