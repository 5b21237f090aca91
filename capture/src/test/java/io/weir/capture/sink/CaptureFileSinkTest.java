package io.weir.capture.sink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.weir.capture.pcap.CaptureInterface;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.capture.testing.Allocation;
import io.weir.capture.testing.CaptureBytes;
import io.weir.capture.testing.Corpus;
import io.weir.capture.testing.Libpcap;
import io.weir.capture.testing.ReadCapture;
import io.weir.capture.testing.ReadPacket;
import io.weir.capture.testing.SampleCaptures;
import io.weir.capture.testing.Skips;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureFileSinkTest {
    private static final int DROP = Verdict.of(Reason.SYN_FLOOD);
    private static final int PASS = Verdict.of(Reason.ACCEPTED);

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"out.pcap", "out.pcapng", "out.pcap.gz", "out.pcapng.gz", "out"})
    void keepsBytesLengthsAndTimes(String name) throws IOException {
        byte[] input = SampleCaptures.pcap(ByteOrder.BIG_ENDIAN, 20_000);
        Path output = folder.resolve(name);
        try (CaptureFileSink sink = CaptureFileSink.ofPassed(output.toString())) {
            copy(input, sink, _ -> PASS);
            assertEquals(20_000, sink.writtenPackets());
        }
        assertEquals(ReadCapture.of(input).packets(), ReadCapture.of(output).packets());
    }

    @Test
    void splitsPassedFromDropped() throws IOException {
        byte[] input = SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, 1000);
        Path passed = folder.resolve("passed.pcap");
        Path dropped = folder.resolve("dropped.pcapng");
        try (CaptureFileSink pass = CaptureFileSink.ofPassed(passed.toString());
                CaptureFileSink drop = CaptureFileSink.ofDropped(dropped.toString())) {
            copy(input, pass, i -> i % 3 == 0 ? DROP : PASS);
            copy(input, drop, i -> i % 3 == 0 ? DROP : PASS);
        }
        List<ReadPacket> all = ReadCapture.of(input).packets();
        assertEquals(every(all, false), ReadCapture.of(passed).packets());
        assertEquals(every(all, true), ReadCapture.of(dropped).packets());
    }

    private static List<ReadPacket> every(List<ReadPacket> all, boolean third) {
        return IntStream.range(0, all.size())
                .filter(i -> i % 3 == 0 == third)
                .mapToObj(all::get)
                .toList();
    }

    @Test
    void writesOnlyTheFirstLinkTypeToPcapAndCountsTheOthers() throws IOException {
        byte[] input = SampleCaptures.pcapng(ByteOrder.LITTLE_ENDIAN, 1000);
        List<ReadPacket> all = ReadCapture.of(input).packets();
        int first = all.getFirst().linkType();
        Path pcap = folder.resolve("out.pcap");
        try (CaptureFileSink sink = CaptureFileSink.ofPassed(pcap.toString())) {
            copy(input, sink, _ -> PASS);
            long others = all.stream().filter(p -> p.linkType() != first).count();
            assertEquals(others, sink.otherLinkTypePackets());
            assertEquals(all.size() - others, sink.writtenPackets());
        }
        List<ReadPacket> written = ReadCapture.of(pcap).packets();
        assertEquals(
                all.stream()
                        .filter(p -> p.linkType() == first)
                        .map(ReadPacket::frame)
                        .toList(),
                written.stream().map(ReadPacket::frame).toList());
        assertEquals(first, written.getFirst().linkType());
    }

    @Test
    void keepsEveryInterfaceInPcapng() throws IOException {
        byte[] input = SampleCaptures.pcapng(ByteOrder.BIG_ENDIAN, 1000);
        Path output = folder.resolve("out.pcapng");
        try (CaptureFileSink sink = CaptureFileSink.ofPassed(output.toString())) {
            copy(input, sink, _ -> PASS);
            assertEquals(0, sink.otherLinkTypePackets());
        }
        ReadCapture read = ReadCapture.of(output);
        assertEquals(2, read.interfaces().size());
        List<ReadPacket> all = ReadCapture.of(input).packets();
        assertEquals(
                all.stream().map(CaptureFileSinkTest::withoutInterface).toList(),
                read.packets().stream()
                        .map(CaptureFileSinkTest::withoutInterface)
                        .toList());
    }

    /** Interfaces are numbered in the output by their first packet. */
    private static ReadPacket withoutInterface(ReadPacket p) {
        return new ReadPacket(p.timestampNanos(), p.wireLength(), p.linkType(), 0, p.frame());
    }

    @ParameterizedTest
    @ValueSource(strings = {"out.pcap", "out.pcapng", "out.pcap.gz", "out.pcapng.gz"})
    void makesAValidCaptureOfNothing(String name) throws IOException {
        Path output = folder.resolve(name);
        CaptureFileSink.ofDropped(output.toString()).close();
        CaptureInterface ethernet = new CaptureInterface(0, LinkType.ETHERNET, 262_144, "");
        assertEquals(new ReadCapture(List.of(), List.of(ethernet), ""), ReadCapture.of(output));
    }

    @Test
    void createsTheFileAtOnceAndEmptiesAnOldOne() throws IOException {
        Path output = Files.writeString(folder.resolve("out.pcap"), "old");
        try (CaptureFileSink sink = CaptureFileSink.ofPassed(output.toString())) {
            assertEquals(0, sink.writtenPackets());
            assertEquals(0, Files.size(output));
        }
        assertEquals(24, Files.size(output));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcap", "pcapng", "pcap.gz", "pcapng.gz"})
    void givesTheSameBytesEachTime(String suffix) throws IOException {
        byte[] input = SampleCaptures.pcapng(ByteOrder.LITTLE_ENDIAN, 3000);
        Path first = folder.resolve("first." + suffix);
        Path second = folder.resolve("second." + suffix);
        for (Path output : List.of(first, second)) {
            try (CaptureFileSink sink = CaptureFileSink.ofPassed(output.toString())) {
                copy(input, sink, _ -> PASS);
            }
        }
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    }

    @Test
    void namesTheOutputThatItCannotWrite() {
        Path missing = folder.resolve("missing").resolve("out.pcap");
        IOException e = assertThrows(IOException.class, () -> CaptureFileSink.ofPassed(missing.toString()));
        assertEquals("cannot write " + missing + ": no such file or folder", e.getMessage());
        IOException directory = assertThrows(IOException.class, () -> CaptureFileSink.ofPassed(folder.toString()));
        assertEquals("cannot write " + folder + ": Is a directory", directory.getMessage());
    }

    @Test
    void tellsAFullDiskOnce() throws IOException {
        Path full = Path.of("/dev/full");
        Skips.unless(Files.isWritable(full), "run on Linux, which has /dev/full");
        IOException onClose = assertThrows(
                IOException.class,
                () -> CaptureFileSink.ofPassed(full.toString()).close());
        assertEquals("cannot write /dev/full: No space left on device", onClose.getMessage());
        byte[] input = SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, 20_000);
        CaptureFileSink sink = CaptureFileSink.ofPassed(full.toString());
        IOException onWrite = assertThrows(IOException.class, () -> copy(input, sink, _ -> PASS));
        assertEquals("cannot write /dev/full: No space left on device", onWrite.getMessage());
        sink.close();
    }

    @Test
    void writesTimesThatPcapCannotHoldAsTheNearestItCan() throws IOException {
        CaptureBytes input = CaptureBytes.littleEndian().section();
        input.describe(
                        1,
                        0,
                        input.body()
                                .option(9, (byte) 0)
                                .option(14, input.body().putLong(-10).toArray()))
                .enhanced(0, 3, new byte[1])
                .enhanced(0, 8_000_000_000L, new byte[1]);
        Path output = folder.resolve("out.pcap");
        try (CaptureFileSink sink = CaptureFileSink.ofPassed(output.toString())) {
            copy(input.toArray(), sink, _ -> PASS);
        }
        assertEquals(
                List.of(0L, 4_294_967_295_000_000_000L),
                ReadCapture.of(output).packets().stream()
                        .map(ReadPacket::timestampNanos)
                        .toList());
    }

    @Test
    void writesFramesLargerThanItsBuffer() throws IOException {
        int usb = 189;
        byte[] transfer = new byte[3_333_333];
        transfer[3_333_332] = 1;
        CaptureBytes input = CaptureBytes.littleEndian()
                .pcap(CaptureBytes.MICROSECONDS, usb)
                .record(1, 1, transfer)
                .record(1, 1, transfer);
        for (String name : List.of("out.pcap", "out.pcapng", "out.pcap.gz")) {
            Path output = folder.resolve(name);
            try (CaptureFileSink sink = CaptureFileSink.ofPassed(output.toString())) {
                copy(input.toArray(), sink, _ -> PASS);
            }
            assertEquals(ReadCapture.of(input).packets(), ReadCapture.of(output).packets());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"out.pcap", "out.pcapng", "out.pcapng.gz"})
    void writesWithoutAllocating(String name) throws Exception {
        byte[] input = SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, PacketBatch.CAPACITY);
        Path file = Files.write(folder.resolve("in.pcap"), input);
        PacketBatch batch = new PacketBatch();
        try (CaptureFileSource source = CaptureFileSource.open(List.of(file.toString()));
                CaptureFileSink sink =
                        CaptureFileSink.ofPassed(folder.resolve(name).toString())) {
            assertEquals(PacketBatch.CAPACITY, source.fill(batch));
            assertEquals(0, Allocation.bytes(20, () -> {
                for (int i = 0; i < 100; i++) {
                    sink.accept(batch);
                }
            }));
        }
    }

    private static Stream<Corpus.Entry> corpus() throws IOException {
        return Corpus.entries();
    }

    /** What we write, libpcap reads, and reads as it reads the original. */
    @ParameterizedTest
    @MethodSource("corpus")
    void keepsRealCapturesForOtherReaders(Corpus.Entry entry) throws IOException {
        Libpcap.assumeInstalled();
        List<ReadPacket> all = ReadCapture.of(entry.file()).packets();
        Path output = folder.resolve("out.pcap");
        try (CaptureFileSource source =
                        CaptureFileSource.open(List.of(entry.file().toString()));
                CaptureFileSink sink = CaptureFileSink.ofPassed(output.toString())) {
            copy(source, sink, _ -> PASS, all.size());
        }
        int first = all.isEmpty() ? LinkType.ETHERNET : all.getFirst().linkType();
        List<ReadPacket> expected =
                all.stream().filter(p -> p.linkType() == first).toList();
        Libpcap.Reading theirs = Libpcap.read(output);
        assertEquals("", theirs.failure());
        assertEquals(
                expected.stream().map(ReadPacket::frame).toList(),
                theirs.packets().stream().map(ReadPacket::frame).toList());
        assertEquals(
                expected.stream().map(ReadPacket::wireLength).toList(),
                theirs.packets().stream().map(ReadPacket::wireLength).toList());
    }

    private static void copy(byte[] input, CaptureFileSink sink, IntUnaryOperator verdicts) throws IOException {
        int packets = ReadCapture.of(input).packets().size();
        try (CaptureFileSource source =
                CaptureFileSource.open("in", Channels.newChannel(new ByteArrayInputStream(input)))) {
            copy(source, sink, verdicts, packets);
        }
    }

    /** Stops after so many packets: a damaged file ends there. */
    private static void copy(PacketSource source, CaptureFileSink sink, IntUnaryOperator verdicts, int packets)
            throws IOException {
        PacketBatch batch = new PacketBatch();
        for (int done = 0; done < packets; ) {
            int count = source.fill(batch);
            for (int i = 0; i < count; i++) {
                batch.verdict[i] = verdicts.applyAsInt(done + i);
            }
            sink.accept(batch);
            done += count;
        }
    }
}
