package io.weir.capture.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.testing.ReadCapture;
import io.weir.capture.testing.SampleCaptures;
import io.weir.capture.testing.ShortReads;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipChannelTest {
    private static final byte[] CAPTURE = SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, 300);

    @Test
    void readsWhatTheJdkCompressed() throws IOException {
        assertEquals(ReadCapture.of(CAPTURE), ReadCapture.of(gzip(CAPTURE)));
        byte[] pcapng = SampleCaptures.pcapng(ByteOrder.BIG_ENDIAN, 5000);
        assertEquals(ReadCapture.of(pcapng), ReadCapture.of(gzip(pcapng)));
    }

    @Test
    void readsMembersOneAfterTheOther() throws IOException {
        byte[] joined = join(
                gzip(Arrays.copyOf(CAPTURE, 999)),
                gzip(new byte[0]),
                gzip(Arrays.copyOfRange(CAPTURE, 999, CAPTURE.length)));
        assertEquals(ReadCapture.of(CAPTURE), ReadCapture.of(joined));
        assertEquals(ReadCapture.of(CAPTURE), ReadCapture.of(new ShortReads(joined, _ -> 1)));
        assertEquals(ReadCapture.of(CAPTURE), ReadCapture.of(join(joined, new byte[700])));
    }

    @Test
    void skipsTheOptionalFieldsOfTheHeader() throws IOException {
        byte[] plain = gzip(CAPTURE);
        byte[] header = Arrays.copyOf(plain, 10);
        header[3] = 2 | 4 | 8 | 16;
        byte[] extra = {3, 0, 1, 2, 3};
        byte[] texts = {'a', 0, 'b', 'c', 0};
        byte[] checksum = {9, 9};
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
        assertEquals(ReadCapture.of(CAPTURE), ReadCapture.of(join(header, extra, texts, checksum, rest)));
    }

    @Test
    void tellsEveryTruncation() throws IOException {
        byte[] small = gzip(SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, 3));
        for (int length = 2; length < small.length; length++) {
            ReadCapture read = ReadCapture.of(Arrays.copyOf(small, length));
            assertEquals(
                    "test.pcap: truncated: the gzip data ends early, after " + length + " compressed bytes",
                    read.failure());
        }
    }

    @Test
    void tellsWhatItCannotDecompress() throws IOException {
        byte[] good = gzip(CAPTURE);
        byte[] wrongChecksum = good.clone();
        wrongChecksum[good.length - 8] ^= 1;
        ReadCapture read = ReadCapture.of(wrongChecksum);
        assertEquals(300, read.packets().size());
        assertEquals(
                "test.pcap: damaged: gzip data at compressed offset " + good.length
                        + ": checksum or length of the decompressed data is wrong",
                read.failure());
        assertTrue(ReadCapture.of(join(good, new byte[] {1, 2, 3})).failure().endsWith("no gzip member starts here"));
        byte[] otherMethod = good.clone();
        otherMethod[2] = 7;
        assertTrue(ReadCapture.of(otherMethod).failure().endsWith("the compression method isn't deflate"));
        assertEquals(
                "test.pcap: not a capture file: starts with 68 65 6c 6c;"
                        + " pcap, pcapng, or either in gzip is expected",
                ReadCapture.of(gzip("hello".getBytes(StandardCharsets.US_ASCII)))
                        .failure());
    }

    @Test
    void deliversAllThatCouldBeDecompressedBeforeDamage() throws IOException {
        byte[] good = gzip(CAPTURE);
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = good.clone();
            damaged[10 + random.nextInt(good.length - 10)] ^= (byte) (1 << random.nextInt(8));
            ReadCapture read = ReadCapture.of(damaged);
            assertFalse(read.failure().isEmpty());
            assertEquals(ReadCapture.of(decompressed(damaged)).packets(), read.packets());
        }
    }

    /** As far as the JDK's own stream comes, asked for a byte at a time. */
    private static byte[] decompressed(byte[] damaged) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(damaged))) {
            for (int value = gzip.read(); value >= 0; value = gzip.read()) {
                bytes.write(value);
            }
        } catch (IOException e) {
            // This is how damage shows.
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        }
        return compressed.toByteArray();
    }

    private static byte[] join(byte[]... parts) throws IOException {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : List.of(parts)) {
            joined.write(part);
        }
        return joined.toByteArray();
    }
}
