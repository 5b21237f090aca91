package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.testing.CaptureBytes;
import io.weir.capture.testing.Corpus;
import io.weir.capture.testing.Libpcap;
import io.weir.capture.testing.ReadCapture;
import io.weir.capture.testing.ReadPacket;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** libpcap, through pcap4j, reads what we read: frames, lengths, times, and the damage. */
class LibpcapAgreementTest {
    /**
     * What libpcap stops at and we don't, because its handle has one link type and one snap length (all in pcapng); and
     * pcap4j's own limit. The packets before must agree all the same.
     */
    private static final List<String> LIMITS_OF_LIBPCAP = List.of(
            Libpcap.FRACTION_TOO_LARGE,
            "different from the type of the first interface",
            "different from the snapshot length of the first interface",
            "has no Interface Description Blocks",
            "bigger than snaplen of");

    private static final long SECONDS_OF_PCAP = 1L << 32;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void needsLibpcap() {
        Libpcap.assumeInstalled();
    }

    @Test
    void agreesOnGeneratedFiles() throws IOException {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            for (int magic : new int[] {CaptureBytes.MICROSECONDS, CaptureBytes.NANOSECONDS}) {
                assertAgreement(write(generated(new CaptureBytes(order).pcap(magic, 1), false)));
            }
            CaptureBytes pcapng = new CaptureBytes(order).section();
            for (int resolution : new int[] {0, 3, 6, 9, 12, 0x80, 0x80 | 10, 0x80 | 32}) {
                CaptureBytes file = new CaptureBytes(order).section();
                file.describe(1, 262_144, pcapng.body().option(9, (byte) resolution));
                assertAgreement(write(generated(file, true)));
            }
        }
    }

    private static CaptureBytes generated(CaptureBytes file, boolean pcapng) {
        Random random = new Random(9);
        for (int i = 0; i < 500; i++) {
            byte[] frame = new byte[random.nextInt(1600)];
            random.nextBytes(frame);
            if (!pcapng) {
                file.record(random.nextInt() >>> 1, random.nextInt(1_000_000), frame);
            } else if (i % 7 == 0) {
                file.block(random.nextInt(100) + 7, file.body().put(frame).put(new byte[-frame.length & 3]));
            } else {
                file.enhanced(0, random.nextInt() >>> 1, frame);
            }
        }
        return file;
    }

    private Path write(CaptureBytes file) throws IOException {
        return Files.write(folder.resolve("generated"), file.toArray());
    }

    private static Stream<Corpus.Entry> corpus() throws IOException {
        return Corpus.entries();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void agreesOnRealCaptures(Corpus.Entry entry) throws IOException {
        assertAgreement(entry.file());
    }

    /** Where capinfos doesn't know the link type, the index has no count, and libpcap's is the one to meet. */
    @ParameterizedTest
    @MethodSource("corpus")
    void countsThePacketsThatCapinfosCounts(Corpus.Entry entry) throws IOException {
        long expected = entry.packets().equals("?")
                ? Libpcap.read(entry.file()).packets().size()
                : Long.parseLong(entry.packets());
        assertEquals(expected, ReadCapture.of(entry.file()).packets().size());
    }

    private static void assertAgreement(Path file) throws IOException {
        Libpcap.Reading theirs = Libpcap.read(file);
        ReadCapture ours = ReadCapture.of(file);
        boolean limited = LIMITS_OF_LIBPCAP.stream().anyMatch(theirs.failure()::contains);
        int count = theirs.packets().size();
        if (!limited) {
            assertEquals(count, ours.packets().size(), file + ": " + theirs.failure() + " | " + ours.failure());
            assertEquals(theirs.failure().isEmpty(), ours.failure().isEmpty(), theirs.failure() + ours.failure());
        }
        assertTrue(ours.packets().size() >= count);
        for (int i = 0; i < count; i++) {
            assertSame(theirs.packets().get(i), ours.packets().get(i), theirs.snapLength(), file + " packet " + i);
        }
    }

    private static void assertSame(ReadPacket theirs, ReadPacket ours, int snapLength, String where) {
        // libpcap cuts at the snap length that the header states; we keep what was captured, as Wireshark does.
        int kept = Math.min(ours.capturedLength(), snapLength);
        assertEquals(theirs.frame(), ours.frame().slice(0, kept), where);
        assertEquals(Math.max(theirs.wireLength(), ours.capturedLength()), ours.wireLength(), where);
        assertEquals(unsignedSeconds(theirs.timestampNanos()), unsignedSeconds(ours.timestampNanos()), where);
    }

    /** libpcap takes the seconds of a pcap as signed. */
    private static long unsignedSeconds(long nanos) {
        return Math.floorMod(nanos, SECONDS_OF_PCAP * NANOS_PER_SECOND);
    }
}
