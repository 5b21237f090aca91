package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;
import java.lang.foreign.MemorySegment;

/** What a server sends in answer to a request: a head, then a body. */
record Response(Slice head, Slice body) {
    /** Nothing. */
    static final Response EMPTY = new Response(new Slice(0, 0), new Slice(0, 0));

    int length() {
        return head.length() + body.length();
    }

    /**
     * Makes a part of it the payload of the next frame.
     *
     * @param scratch holds the part while the frame is built, where it begins in the head
     */
    void addPayload(FrameBuilder frame, MemorySegment scratch, int from, int lengthBytes) {
        if (from >= head.length()) {
            frame.payload(Payloads.MEMORY, body.offset() + from - head.length(), lengthBytes);
            return;
        }
        int headBytes = Math.min(lengthBytes, head.length() - from);
        MemorySegment.copy(Payloads.MEMORY, head.offset() + from, scratch, 0, headBytes);
        MemorySegment.copy(Payloads.MEMORY, body.offset(), scratch, headBytes, lengthBytes - headBytes);
        frame.payload(scratch, 0, lengthBytes);
    }
}
