package io.weir.capture.load;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Frames in the order in which they are due. One thread. */
public interface FrameStream extends AutoCloseable {
    /** What {@link #next} answers at the end. */
    int END = -1;

    /**
     * Writes the next frame, an Ethernet frame of at most {@link TrafficSimulator#MAXIMUM_FRAME_LENGTH} bytes.
     *
     * @return its length, or {@link #END}
     */
    int next(MemorySegment out, long offset) throws IOException;

    /** When the frame written last is due, in nanoseconds from the beginning; never less than before. */
    long dueNanos();

    @Override
    default void close() {}
}
