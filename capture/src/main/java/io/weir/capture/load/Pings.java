package io.weir.capture.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What the ping of each system sends. */
final class Pings {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final byte[] LETTERS = "abcdefghijklmnopqrstuvwabcdefghi".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COUNTING = new byte[56];

    static {
        for (int i = 0; i < COUNTING.length; i++) {
            COUNTING[i] = (byte) i;
        }
    }

    private Pings() {}

    /** Windows names every ping 1; the others draw a name for each process. */
    static int identifier(ClientStack stack, int drawn) {
        return stack == ClientStack.WINDOWS ? 1 : drawn & 0xffff;
    }

    /**
     * Writes the payload: Windows letters, the others the time and counting bytes (iputils and Apple's ping, whose clocks
     * take sixteen and eight bytes).
     *
     * @return its length in bytes
     */
    static int payload(MemorySegment out, ClientStack stack, long nowNanos) {
        if (stack == ClientStack.WINDOWS) {
            MemorySegment.copy(LETTERS, 0, out, ValueLayout.JAVA_BYTE, 0, LETTERS.length);
            return LETTERS.length;
        }
        MemorySegment.copy(COUNTING, 0, out, ValueLayout.JAVA_BYTE, 0, COUNTING.length);
        long seconds = nowNanos / 1_000_000_000;
        long micros = nowNanos / 1_000 % 1_000_000;
        if (stack == ClientStack.APPLE) {
            out.set(LONG, 0, Long.reverseBytes(seconds << 32 | micros));
        } else {
            out.set(LONG, 0, seconds);
            out.set(LONG, 8, micros);
        }
        return COUNTING.length;
    }
}
