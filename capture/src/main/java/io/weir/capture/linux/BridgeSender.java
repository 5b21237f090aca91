package io.weir.capture.linux;

import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** Sends frames of a ring out of another interface by one call for a batch (sendmmsg(2)). One thread. */
final class BridgeSender {
    private static final int SEND_BUFFER_BYTES = 16 << 20;

    private final Descriptor socket;
    private final MemorySegment headers;
    private final MemorySegment vectors;
    private final AtomicLong lostPackets = new AtomicLong();
    private int count;

    BridgeSender(PacketSocket socket) throws KernelException {
        this.socket = socket.descriptor();
        socket.bypassQueueing();
        this.socket.set(
                Sockets.SOL_SOCKET,
                Sockets.SO_SNDBUFFORCE,
                SEND_BUFFER_BYTES,
                "can't give " + socket.device().name() + " a send buffer");
        Arena arena = Arena.ofAuto();
        headers = arena.allocate((long) PacketBatch.CAPACITY * ReceiveSlots.HEADER_BYTES, Long.BYTES);
        vectors = arena.allocate((long) PacketBatch.CAPACITY * ReceiveSlots.VECTOR_BYTES, Long.BYTES);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            long header = (long) i * ReceiveSlots.HEADER_BYTES;
            headers.set(
                    Native.LONG,
                    header + ReceiveSlots.VECTORS,
                    vectors.address() + (long) i * ReceiveSlots.VECTOR_BYTES);
            headers.set(Native.LONG, header + ReceiveSlots.VECTOR_COUNT, 1);
        }
    }

    void begin() {
        count = 0;
    }

    /** A frame with the segmentation header before it. One that the ring had to cut can't be sent. */
    void add(PacketBatch batch, int i) {
        if (batch.capturedLength[i] < batch.wireLength[i]) {
            countLost(1);
            return;
        }
        long vector = (long) count++ * ReceiveSlots.VECTOR_BYTES;
        vectors.set(Native.LONG, vector, batch.frames.address() + batch.frameOffset[i] - RingFrame.VNET_BYTES);
        vectors.set(Native.LONG, vector + Long.BYTES, batch.capturedLength[i] + (long) RingFrame.VNET_BYTES);
    }

    /** A frame that the interface doesn't take is lost, as it would be on a cable. */
    void send() {
        int sent = 0;
        while (sent < count) {
            long result = Kernel.call(
                    SystemCall.SENDMMSG,
                    socket.number(),
                    headers.address() + (long) sent * ReceiveSlots.HEADER_BYTES,
                    count - sent,
                    0,
                    0);
            if (result == -Errno.ENETDOWN || result == -Errno.ENXIO) {
                countLost(count - sent);
                return;
            }
            if (result <= 0 && result != -Errno.EINTR) {
                countLost(1);
                sent++;
            }
            sent += (int) Math.max(0, result);
        }
    }

    private void countLost(int packets) {
        lostPackets.lazySet(lostPackets.getPlain() + packets);
    }

    long lostPackets() {
        return lostPackets.get();
    }
}
