package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/** How a label or a part of a path is built. Digits say nothing: of random letters and digits some have none. */
final class RequestForm {
    /** Beyond it all are alike. */
    private static final long LONGEST = 127;

    private RequestForm() {}

    /** A byte: the length, and whether a hyphen, an underscore or a dot stands in it. */
    static long of(MemorySegment frames, long at, long end) {
        long separated = 0;
        for (long next = at; next < end; next++) {
            int c = Bytes.u8(frames, next);
            separated |= c == '-' || c == '_' || c == '.' ? LONGEST + 1 : 0;
        }
        return Math.clamp(end - at, 0, LONGEST) | separated;
    }
}
