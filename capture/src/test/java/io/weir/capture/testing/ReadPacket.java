package io.weir.capture.testing;

import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/** A packet as a batch held it; equal if all of it is. */
public record ReadPacket(long timestampNanos, int wireLength, int linkType, int interfaceIndex, ByteBuffer frame) {
    /** Copies packet {@code i}. */
    public static ReadPacket of(PacketBatch batch, int i) {
        byte[] frame = new byte[batch.capturedLength[i]];
        MemorySegment.copy(batch.frames, ValueLayout.JAVA_BYTE, batch.frameOffset[i], frame, 0, frame.length);
        return new ReadPacket(
                batch.timestampNanos[i],
                batch.wireLength[i],
                batch.linkType[i],
                batch.interfaceIndex[i],
                ByteBuffer.wrap(frame));
    }

    public int capturedLength() {
        return frame.capacity();
    }
}
