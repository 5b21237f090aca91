package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.weir.capture.testing.ReadCapture;
import io.weir.capture.testing.SampleCaptures;
import io.weir.capture.testing.ShortReads;
import java.io.IOException;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DamagedCaptureTest {
    private static final int ROUNDS = 3_000;

    private static List<byte[]> captures() {
        return List.of(
                SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, 20),
                SampleCaptures.pcap(ByteOrder.BIG_ENDIAN, 20),
                SampleCaptures.pcapng(ByteOrder.LITTLE_ENDIAN, 20),
                SampleCaptures.pcapng(ByteOrder.BIG_ENDIAN, 20));
    }

    /** Reading is the whole test: anything but packets and a CaptureException fails it. */
    @ParameterizedTest
    @MethodSource("captures")
    void readsFlippedBytesToAnEnd(byte[] good) {
        Random random = new Random(5);
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bad = good.clone();
                for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
                }
                ReadCapture whole = ReadCapture.of(bad);
                assertEquals(whole, ReadCapture.of(new ShortReads(bad, _ -> 100)));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("captures")
    void readsTheSamePacketsHoweverTheBytesArrive(byte[] good) throws IOException {
        ReadCapture expected = ReadCapture.of(good);
        assertEquals("", expected.failure());
        assertEquals(20, expected.packets().size());
        Random random = new Random(7);
        List<IntUnaryOperator> sizes = List.of(_ -> 1, _ -> 17, _ -> random.nextInt(40));
        for (IntUnaryOperator size : sizes) {
            assertEquals(expected, ReadCapture.of(new ShortReads(good, size)));
        }
    }
}
