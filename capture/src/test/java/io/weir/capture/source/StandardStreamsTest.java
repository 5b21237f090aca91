package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.pcap.CaptureInterface;
import io.weir.capture.testing.ChildJvm;
import io.weir.capture.testing.ReadCapture;
import io.weir.capture.testing.SampleCaptures;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandardStreamsTest {
    private static final byte[] AFTER = "end\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void readsStandardInputAndWritesPcapToAStandardOutputThatStaysOpen() throws Exception {
        byte[] input = SampleCaptures.pcap(ByteOrder.BIG_ENDIAN, 30_000);
        ChildJvm.Result result = ChildJvm.run(input, List.of(), "copy");
        assertEquals("", result.errors());
        byte[] output = result.output().array();
        int end = output.length - AFTER.length;
        assertArrayEquals(AFTER, Arrays.copyOfRange(output, end, output.length));
        assertEquals(ReadCapture.of(input), withSnapLength(ReadCapture.of(Arrays.copyOf(output, end))));
    }

    /** The writer states its own snap length; the sample has another. */
    private static ReadCapture withSnapLength(ReadCapture read) {
        assertEquals(262_144, read.interfaces().getFirst().snapLength());
        return new ReadCapture(read.packets(), List.of(new CaptureInterface(0, 1, 65_535, "")), read.failure());
    }

    @Test
    void namesStandardInputInItsMessages() throws Exception {
        byte[] whole = SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, 3);
        ChildJvm.Result cut = ChildJvm.run(Arrays.copyOf(whole, whole.length - 1), List.of(), "copy");
        assertTrue(cut.errors().startsWith("standard input: truncated: the packet record at "), cut.errors());
        ChildJvm.Result empty = ChildJvm.run(new byte[0], List.of(), "copy");
        assertEquals(
                "standard input: not a capture file: it is empty; pcap, pcapng, or either in gzip is expected",
                empty.errors());
    }
}
