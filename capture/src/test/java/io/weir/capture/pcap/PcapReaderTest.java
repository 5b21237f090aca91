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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PcapReaderTest {
    private static final byte[] FRAME = "twenty-one bytes here".getBytes(StandardCharsets.US_ASCII);

    private static List<Arguments> orders() {
        return List.of(Arguments.of(ByteOrder.LITTLE_ENDIAN), Arguments.of(ByteOrder.BIG_ENDIAN));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void readsMicroseconds(ByteOrder order) throws IOException {
        ReadCapture read = ReadCapture.of(new CaptureBytes(order)
                .pcap(CaptureBytes.MICROSECONDS, LinkType.RAW)
                .record(1_700_000_000, 123_456, FRAME)
                .record(1_700_000_001, 999_999, 4, 1500)
                .put(FRAME[0], FRAME[1], FRAME[2], FRAME[3]));
        assertEquals("", read.failure());
        assertEquals(
                List.of(
                        packet(1_700_000_000_123_456_000L, FRAME.length, LinkType.RAW, FRAME),
                        packet(1_700_000_001_999_999_000L, 1500, LinkType.RAW, Arrays.copyOf(FRAME, 4))),
                read.packets());
        assertEquals(List.of(new CaptureInterface(0, LinkType.RAW, 65_535, "")), read.interfaces());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void readsNanoseconds(ByteOrder order) throws IOException {
        ReadCapture read = ReadCapture.of(
                new CaptureBytes(order).pcap(CaptureBytes.NANOSECONDS, 1).record(5, 123_456_789, FRAME));
        assertEquals(List.of(packet(5_123_456_789L, FRAME.length, 1, FRAME)), read.packets());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void readsTheLongerRecordsOfModifiedFiles(ByteOrder order) throws IOException {
        ReadCapture read = ReadCapture.of(new CaptureBytes(order)
                .pcap(0xa1b2cd34, 1)
                .record(5, 6, FRAME.length, FRAME.length)
                .putLong(0)
                .put(FRAME)
                .record(7, 8, FRAME.length, FRAME.length)
                .putLong(0)
                .put(FRAME));
        assertEquals("", read.failure());
        assertEquals(
                List.of(packet(5_000_006_000L, FRAME.length, 1, FRAME), packet(7_000_008_000L, FRAME.length, 1, FRAME)),
                read.packets());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void countsSecondsBeyond2038AndFractionsBeyondASecond(ByteOrder order) throws IOException {
        ReadCapture read = ReadCapture.of(new CaptureBytes(order)
                .pcap(CaptureBytes.MICROSECONDS, 1)
                .record(-1, 0, FRAME)
                .record(1, 5_000_000, FRAME));
        assertEquals(4_294_967_295_000_000_000L, read.packets().get(0).timestampNanos());
        assertEquals(6_000_000_000L, read.packets().get(1).timestampNanos());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void takesTheLengthsOfOldVersionsTheOtherWayRound(ByteOrder order) throws IOException {
        for (int[] version : new int[][] {{2, 2}, {543, 0}}) {
            ReadCapture read = ReadCapture.of(new CaptureBytes(order)
                    .pcap(CaptureBytes.MICROSECONDS, version[0], version[1], 65_535, 1)
                    .record(1, 2, 1500, FRAME.length)
                    .put(FRAME));
            assertEquals(List.of(packet(1_000_002_000L, 1500, 1, FRAME)), read.packets());
        }
        ReadCapture either = ReadCapture.of(new CaptureBytes(order)
                .pcap(CaptureBytes.MICROSECONDS, 2, 3, 65_535, 1)
                .record(1, 2, 1500, FRAME.length)
                .put(FRAME)
                .record(1, 2, FRAME.length, 1500)
                .put(FRAME));
        ReadPacket expected = packet(1_000_002_000L, 1500, 1, FRAME);
        assertEquals(List.of(expected, expected), either.packets());
    }

    @Test
    void neverTellsAWireLengthBelowWhatWasCaptured() throws IOException {
        ReadCapture read = ReadCapture.of(CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROSECONDS, 1)
                .record(1, 2, FRAME.length, 3)
                .put(FRAME)
                .record(1, 2, FRAME.length, -1)
                .put(FRAME));
        assertEquals(FRAME.length, read.packets().get(0).wireLength());
        assertEquals(Integer.MAX_VALUE, read.packets().get(1).wireLength());
    }

    @Test
    void ignoresWhatTheLinkTypeFieldTellsOfFrameCheckSequences() throws IOException {
        ReadCapture read = ReadCapture.of(CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROSECONDS, 0x4400_0001)
                .record(1, 2, FRAME));
        assertEquals(LinkType.ETHERNET, read.packets().getFirst().linkType());
    }

    @Test
    void refusesAHeaderThatNoProgramWrites() throws IOException {
        assertEquals(
                "test.pcap: damaged: the pcap header at offset 0 has the link type field 0x10001,"
                        + " in which reserved bits are set",
                failure(CaptureBytes.littleEndian().pcap(CaptureBytes.MICROSECONDS, 0x1_0001)));
        assertEquals(
                "test.pcap: unsupported pcap version 3.0; 2.0 to 2.4 are read",
                failure(CaptureBytes.littleEndian().pcap(CaptureBytes.MICROSECONDS, 3, 0, 0, 1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {262_144, 262_143, 100_000, 0})
    void readsFramesUpToTheLargestLegalOne(int length) throws IOException {
        byte[] frame = new byte[length];
        Arrays.fill(frame, (byte) 7);
        CaptureBytes file = CaptureBytes.littleEndian().pcap(CaptureBytes.MICROSECONDS, 1);
        for (int i = 0; i < 9; i++) {
            file.record(i, 0, frame).record(i, 1, FRAME);
        }
        ReadCapture read = ReadCapture.of(file);
        assertEquals("", read.failure());
        assertEquals(18, read.packets().size());
        assertEquals(ByteBuffer.wrap(frame), read.packets().get(16).frame());
    }

    @ParameterizedTest
    @ValueSource(ints = {262_145, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void stopsAtALengthThatNoFrameHas(int length) throws IOException {
        CaptureBytes file = CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROSECONDS, 1)
                .record(1, 2, FRAME)
                .record(1, 2, length, length)
                .put(new byte[300_000]);
        ReadCapture read = ReadCapture.of(file);
        assertEquals(1, read.packets().size());
        assertEquals(
                "test.pcap: damaged: the packet record at offset 61 announces " + Integer.toUnsignedString(length)
                        + " bytes, allowed are up to 262144",
                read.failure());
    }

    @Test
    void readsTransfersOfABusThatAreLargerThanItsBuffer() throws IOException {
        int usb = 189;
        byte[] transfer = new byte[5_000_000];
        transfer[4_999_999] = 9;
        ReadCapture read = ReadCapture.of(CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROSECONDS, usb)
                .record(1, 2, FRAME)
                .record(1, 2, transfer)
                .record(1, 2, FRAME));
        assertEquals("", read.failure());
        assertEquals(ByteBuffer.wrap(transfer), read.packets().get(1).frame());
        assertEquals(3, read.packets().size());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void keepsThePacketsBeforeEveryTruncation(ByteOrder order) throws IOException {
        int header = 24;
        int record = 16 + FRAME.length;
        byte[] file = new CaptureBytes(order)
                .pcap(CaptureBytes.MICROSECONDS, 1)
                .record(1, 2, FRAME)
                .record(3, 4, FRAME)
                .record(5, 6, FRAME)
                .toArray();
        List<ReadPacket> whole = ReadCapture.of(file).packets();
        for (int length = 0; length <= file.length; length++) {
            ReadCapture read = ReadCapture.of(Arrays.copyOf(file, length));
            int expected = Math.max(length - header, 0) / record;
            assertEquals(whole.subList(0, expected), read.packets(), "cut to " + length);
            boolean clean = length >= header && (length - header) % record == 0;
            assertEquals(clean, read.failure().isEmpty(), () -> "failure: " + read.failure());
            assertTrue(clean || read.failure().startsWith("test.pcap: "), read.failure());
        }
    }

    @Test
    void saysWhereAndHowAFileIsCut() throws IOException {
        byte[] file = CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROSECONDS, 1)
                .record(1, 2, FRAME)
                .record(3, 4, FRAME)
                .toArray();
        assertEquals(
                "test.pcap: truncated: the packet record at offset 61 announces 21 bytes, the file ends after 5",
                ReadCapture.of(Arrays.copyOf(file, 61 + 16 + 5)).failure());
        assertEquals(
                "test.pcap: truncated: the record header at offset 61 has 16 bytes, the file ends after 7",
                ReadCapture.of(Arrays.copyOf(file, 61 + 7)).failure());
        assertEquals(
                "test.pcap: truncated: a pcap file starts with a header of 24 bytes, the file ends after 10",
                ReadCapture.of(Arrays.copyOf(file, 10)).failure());
    }

    private static String failure(CaptureBytes file) throws IOException {
        return ReadCapture.of(file).failure();
    }

    private static ReadPacket packet(long nanos, int wire, int linkType, byte[] frame) {
        return new ReadPacket(nanos, wire, linkType, 0, ByteBuffer.wrap(frame));
    }
}
