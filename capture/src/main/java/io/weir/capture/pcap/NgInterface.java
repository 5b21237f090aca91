package io.weir.capture.pcap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An interface as its section describes it.
 *
 * <pre>
 *   block header 8 | link type 2 | reserved 2 | snap length 4 | options | total length 4
 *   option:  code 2 | length 2 | value, padded to a multiple of 4
 * </pre>
 */
record NgInterface(CaptureInterface shared, TimeScale time, int maximumFrameBytes) {
    private static final int END_OF_OPTIONS = 0;
    private static final int NAME = 2;
    private static final int TIME_RESOLUTION = 9;
    private static final int TIME_OFFSET = 14;
    /** Linux allows 15; Windows writes a path with a GUID. */
    private static final int MAXIMUM_NAME_BYTES = 256;

    /** Null if an option reaches beyond the block. Options of an odd length for their code are ignored. */
    static @Nullable NgInterface read(NgFields fields, MemorySegment memory, long at, long length, int index) {
        int linkType = fields.shortAt(memory, at + 8);
        int snapLength = Math.max(fields.intAt(memory, at + 12), 0);
        String name = "";
        int resolution = TimeScale.DEFAULT_RESOLUTION;
        long offsetSeconds = 0;
        long end = at + length - 4;
        for (long option = at + 16; end - option >= 4; ) {
            int code = fields.shortAt(memory, option);
            int optionLength = fields.shortAt(memory, option + 2);
            long value = option + 4;
            if (code == END_OF_OPTIONS) {
                break;
            }
            if (optionLength > end - value) {
                return null;
            }
            if (code == NAME) {
                name = text(memory, value, optionLength);
            } else if (code == TIME_RESOLUTION && optionLength == 1) {
                resolution = memory.get(ValueLayout.JAVA_BYTE, value) & 0xff;
            } else if (code == TIME_OFFSET && optionLength == 8) {
                offsetSeconds = fields.longAt(memory, value);
            }
            option = value + (optionLength + 3 & ~3);
        }
        return new NgInterface(
                new CaptureInterface(index, linkType, snapLength, name),
                new TimeScale(resolution, offsetSeconds),
                RecordReader.maximumFrameBytes(linkType));
    }

    private static String text(MemorySegment memory, long at, int length) {
        int kept = Math.min(length, MAXIMUM_NAME_BYTES);
        byte[] bytes = memory.asSlice(at, kept).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
