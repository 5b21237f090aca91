package io.weir.capture.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.testing.CaptureBytes;
import io.weir.capture.testing.ReadCapture;
import io.weir.capture.testing.ReadPacket;
import io.weir.filter.packet.LinkType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PcapngReaderTest {
    private static final byte[] FRAME = "odd length!".getBytes(StandardCharsets.US_ASCII);
    private static final long MICROS = 1_700_000_000_123_456L;

    private static List<Arguments> orders() {
        return List.of(Arguments.of(ByteOrder.LITTLE_ENDIAN), Arguments.of(ByteOrder.BIG_ENDIAN));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void readsEveryPacketBlock(ByteOrder order) throws IOException {
        ReadCapture read = ReadCapture.of(new CaptureBytes(order)
                .section()
                .describe(LinkType.ETHERNET)
                .enhanced(0, MICROS, FRAME)
                .obsolete(0, MICROS + 1, FRAME)
                .simple(FRAME.length, FRAME));
        assertEquals("", read.failure());
        assertEquals(
                List.of(
                        packet(MICROS * 1000, LinkType.ETHERNET, 0),
                        packet((MICROS + 1) * 1000, LinkType.ETHERNET, 0),
                        packet(0, LinkType.ETHERNET, 0)),
                read.packets());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void scalesTimeByEachInterfacesResolutionAndOffset(ByteOrder order) throws IOException {
        CaptureBytes file = new CaptureBytes(order).section();
        CaptureBytes offset = file.body().putLong(100);
        file.describe(1, 0, file.body().option(9, (byte) 9))
                .describe(1, 0, file.body().option(9, (byte) (0x80 | 10)))
                .describe(1, 0, file.body().option(14, offset.toArray()).option(9, (byte) 0))
                .enhanced(0, 1_234_567_890_123L, FRAME)
                .enhanced(1, 3 * 1024 + 512, FRAME)
                .enhanced(2, 7, FRAME);
        ReadCapture read = ReadCapture.of(file);
        assertEquals("", read.failure());
        assertEquals(
                List.of(1_234_567_890_123L, 3_500_000_000L, 107_000_000_000L),
                read.packets().stream().map(ReadPacket::timestampNanos).toList());
    }

    @Test
    void countsInterfacesOverSectionsOfEitherByteOrder() throws IOException {
        CaptureBytes file = new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
                .section()
                .describe(LinkType.ETHERNET)
                .describe(LinkType.LINUX_SLL)
                .enhanced(1, MICROS, FRAME)
                .order(ByteOrder.BIG_ENDIAN)
                .section();
        file.describe(LinkType.RAW, 96, file.body().option(2, "eth0".getBytes(StandardCharsets.UTF_8)))
                .enhanced(0, MICROS, FRAME)
                .order(ByteOrder.LITTLE_ENDIAN)
                .section()
                .describe(LinkType.NULL)
                .simple(FRAME.length, FRAME);
        ReadCapture read = ReadCapture.of(file);
        assertEquals("", read.failure());
        assertEquals(
                List.of(
                        packet(MICROS * 1000, LinkType.LINUX_SLL, 1),
                        packet(MICROS * 1000, LinkType.RAW, 2),
                        packet(0, LinkType.NULL, 3)),
                read.packets());
        assertEquals(
                List.of(
                        new CaptureInterface(0, LinkType.ETHERNET, 0, ""),
                        new CaptureInterface(1, LinkType.LINUX_SLL, 0, ""),
                        new CaptureInterface(2, LinkType.RAW, 96, "eth0"),
                        new CaptureInterface(3, LinkType.NULL, 0, "")),
                read.interfaces());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void skipsUnknownBlocksHoweverLarge(ByteOrder order) throws IOException {
        CaptureBytes file = new CaptureBytes(order).section().describe(1);
        for (int size : new int[] {0, 4, 1 << 10, 1 << 20, 20 << 20}) {
            file.block(0x0bad, file.body().put(new byte[size])).enhanced(0, MICROS, FRAME);
        }
        ReadCapture read = ReadCapture.of(file);
        assertEquals("", read.failure());
        assertEquals(5, read.packets().size());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void skipsTheOptionsOfPackets(ByteOrder order) throws IOException {
        CaptureBytes file = new CaptureBytes(order).section().describe(1);
        CaptureBytes body = file.body().putInt(0);
        CaptureBytes.packetBody(body, MICROS, FRAME.length, 1500, FRAME)
                .option(1, new byte[999])
                .putInt(0);
        ReadCapture read = ReadCapture.of(file.block(6, body).enhanced(0, MICROS, FRAME));
        assertEquals("", read.failure());
        assertEquals(1500, read.packets().getFirst().wireLength());
        assertEquals(2, read.packets().size());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void cutsSimplePacketsAtTheInterfacesSnapLength(ByteOrder order) throws IOException {
        CaptureBytes file = new CaptureBytes(order).section();
        file.describe(1, 8, file.body()).simple(1500, Arrays.copyOf(FRAME, 8));
        ReadPacket packet = ReadCapture.of(file).packets().getFirst();
        assertEquals(ByteBuffer.wrap(FRAME, 0, 8), packet.frame());
        assertEquals(1500, packet.wireLength());
    }

    @Test
    void keepsBytesBeyondTheSnapLengthThatTheInterfaceStates() throws IOException {
        CaptureBytes file = CaptureBytes.littleEndian().section();
        file.describe(1, 4, file.body()).enhanced(0, MICROS, FRAME);
        assertEquals(List.of(packet(MICROS * 1000, 1, 0)), ReadCapture.of(file).packets());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void keepsThePacketsBeforeEveryTruncation(ByteOrder order) throws IOException {
        List<Integer> ends = new ArrayList<>();
        CaptureBytes file = new CaptureBytes(order).section();
        ends.add(file.size());
        file.describe(1, 0, file.body().option(2, (byte) 'e').option(9, (byte) 9));
        ends.add(file.size());
        List<Integer> packetEnds = new ArrayList<>();
        packetEnds.add(file.enhanced(0, MICROS, FRAME).size());
        ends.add(file.block(5, file.body().putLong(1)).size());
        packetEnds.add(file.obsolete(0, MICROS, FRAME).size());
        packetEnds.add(file.simple(FRAME.length, FRAME).size());
        ends.add(file.section().size());
        ends.addAll(packetEnds);
        List<ReadPacket> whole = ReadCapture.of(file).packets();
        assertEquals(3, whole.size());
        for (int length = 0; length <= file.size(); length++) {
            int cut = length;
            ReadCapture read = ReadCapture.of(Arrays.copyOf(file.toArray(), length));
            int expected = (int) packetEnds.stream().filter(end -> end <= cut).count();
            assertEquals(whole.subList(0, expected), read.packets(), "cut to " + length);
            assertEquals(ends.contains(length), read.failure().isEmpty(), () -> cut + ": " + read.failure());
        }
    }

    @Test
    void saysWhereAndHowAFileIsDamaged() throws IOException {
        CaptureBytes good = start();
        int at = good.size();
        assertDamage(
                start().putInt(6).putInt(0),
                "the block at offset " + at
                        + " has a length of 0 bytes, allowed are multiples of 4 from 12 to 16777216");
        assertDamage(
                start().putInt(6).putInt(33),
                "the block at offset " + at
                        + " has a length of 33 bytes, allowed are multiples of 4 from 12 to 16777216");
        assertDamage(
                start().enhanced(3, 0, FRAME),
                "the packet block at offset " + at + " is of interface 3, its section describes 1");
        assertDamage(
                start().putInt(0x77).putInt(16).putInt(0).putInt(20),
                "the block at offset " + at + " starts with a length of 16 bytes and ends with one of 20");
        assertDamage(
                start().block(6, good.body().putInt(0)),
                "the block at offset " + at + " has 16 bytes, the least of its type is 32");
        assertDamage(
                start().block(6, CaptureBytes.packetBody(good.body().putInt(0), 0, 100, 100, FRAME)),
                "the packet block at offset " + at + " announces 100 bytes, allowed are up to 12");
        assertDamage(
                start().enhanced(0, 0, new byte[262_145]),
                "the packet block at offset " + at + " announces 262145 bytes, allowed are up to 262144");
        assertDamage(
                start().describe(1, 0, good.body().putShort(2).putShort(400)),
                "an option of the interface description at offset " + at + " is longer than its block");
        assertDamage(
                start().block(0x0a0d0d0a, good.body().putLong(0).putLong(0)),
                "the section header at offset " + at + " has no byte-order magic");
    }

    private static CaptureBytes start() {
        return CaptureBytes.littleEndian().section().describe(1).enhanced(0, MICROS, FRAME);
    }

    private static void assertDamage(CaptureBytes file, String expected) throws IOException {
        ReadCapture read = ReadCapture.of(file.put(new byte[64]));
        assertEquals(1, read.packets().size());
        assertEquals("test.pcap: damaged: " + expected, read.failure());
    }

    @Test
    void refusesVersionsThatNobodyWrites() throws IOException {
        CaptureBytes file = CaptureBytes.littleEndian();
        file.block(
                0x0a0d0d0a,
                file.body().putInt(0x1a2b3c4d).putShort(2).putShort(0).putLong(-1));
        assertEquals(
                "test.pcap: unsupported pcapng version 2.0 in the section at offset 0; 1.0 is read",
                ReadCapture.of(file).failure());
    }

    @Test
    void followsABoundedNumberOfInterfaces() throws IOException {
        CaptureBytes file = CaptureBytes.littleEndian().section();
        for (int i = 0; i <= NgFields.MAXIMUM_INTERFACES; i++) {
            file.describe(1);
        }
        ReadCapture read = ReadCapture.of(file);
        assertEquals(NgFields.MAXIMUM_INTERFACES, read.interfaces().size());
        assertTrue(read.failure().contains("describes one interface more than the 65536"), read.failure());
    }

    private static ReadPacket packet(long nanos, int linkType, int interfaceIndex) {
        return new ReadPacket(nanos, FRAME.length, linkType, interfaceIndex, ByteBuffer.wrap(FRAME));
    }
}
