package io.weir.capture.load;

import java.lang.foreign.MemorySegment;

/** Takes simulated packets, in the order of time. */
@FunctionalInterface
public interface PacketConsumer {
    /**
     * Takes one packet, an Ethernet frame.
     *
     * @param timestampNanos since the epoch, never less than before
     * @param frames native memory that holds the frame during the call
     * @param label the truth about it, see {@link Label}
     */
    void accept(long timestampNanos, MemorySegment frames, long offset, int lengthBytes, int label);
}
