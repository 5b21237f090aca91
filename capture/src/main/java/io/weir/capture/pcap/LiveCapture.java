package io.weir.capture.pcap;

import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.sql.Timestamp;
import java.util.concurrent.locks.LockSupport;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface;
import org.pcap4j.core.PcapStat;
import org.pcap4j.core.RawPacketListener;

/**
 * An interface through libpcap, for systems without a ring of ours. A batch is what libpcap dispatches at once; frames
 * are copied twice on the way. Used by one thread.
 */
public final class LiveCapture implements AutoCloseable {
    /** The kernel hands a block over after so long; shorter than a tick of the engine (8 ms). */
    private static final int TIMEOUT_MILLIS = 2;
    /** Room for 0.2 s of traffic at 2.5 Gbit/s. */
    private static final int KERNEL_BUFFER_BYTES = 64 << 20;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long MILLIS_PER_SECOND = 1_000;
    /** A wait in libpcap itself may last for ever on a quiet link, whatever its time-out says. */
    private static final long QUIET_NANOS = 2_000_000L;

    private static final int DLT_RAW = 12;

    private final PcapHandle handle;
    private final int linkType;
    private final NativeBuffer buffer;
    private final int snapLengthBytes;
    private final RawPacketListener listener = this::take;
    private PacketBatch target = new PacketBatch();

    private LiveCapture(PcapHandle handle, int snapLengthBytes) {
        this.handle = handle;
        this.snapLengthBytes = snapLengthBytes;
        int type = handle.getDlt().value();
        linkType = type == DLT_RAW ? LinkType.RAW : type;
        buffer = new NativeBuffer((long) PacketBatch.CAPACITY * snapLengthBytes);
    }

    /**
     * Opens an interface, promiscuous.
     *
     * @param filter a tcpdump expression, empty for everything
     * @throws FilterException if libpcap doesn't understand the expression, or isn't installed
     * @throws IOException if it can't capture there
     */
    public static LiveCapture open(String interfaceName, int snapLengthBytes, String filter) throws IOException {
        try {
            PcapHandle handle = new PcapHandle.Builder(interfaceName)
                    .snaplen(snapLengthBytes)
                    .bufferSize(KERNEL_BUFFER_BYTES)
                    .timeoutMillis(TIMEOUT_MILLIS)
                    .promiscuousMode(PcapNetworkInterface.PromiscuousMode.PROMISCUOUS)
                    .timestampPrecision(PcapHandle.TimestampPrecision.NANO)
                    .build();
            LiveCapture capture = new LiveCapture(handle, snapLengthBytes);
            capture.begin(filter);
            return capture;
        } catch (PcapNativeException | NotOpenException e) {
            throw new IOException("can't capture on " + interfaceName + " with libpcap: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new FilterException("capturing with libpcap needs it: install the package libpcap0.8", e);
        }
    }

    private void begin(String expression) throws FilterException, PcapNativeException, NotOpenException {
        handle.setBlockingMode(PcapHandle.BlockingMode.NONBLOCKING);
        if (expression.isEmpty()) {
            return;
        }
        try {
            handle.setFilter(expression, BpfProgram.BpfCompileMode.OPTIMIZE);
        } catch (PcapNativeException e) {
            close();
            throw new FilterException("filter '" + expression + "': " + e.getMessage(), e);
        }
    }

    /**
     * Fills a batch with what is there, and waits for a moment if there is nothing.
     *
     * @return packets, 0 if none came
     */
    public int fill(PacketBatch batch) throws IOException {
        target = batch;
        batch.frames = buffer.memory();
        batch.size = 0;
        try {
            if (handle.dispatch(PacketBatch.CAPACITY, listener) == 0) {
                LockSupport.parkNanos(QUIET_NANOS);
            }
        } catch (PcapNativeException | NotOpenException e) {
            throw new IOException("capturing with libpcap ended: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return batch.size;
    }

    private void take(byte[] frame) {
        PacketBatch batch = target;
        int i = batch.size;
        int captured = Math.min(frame.length, snapLengthBytes);
        long at = (long) i * snapLengthBytes;
        MemorySegment.copy(frame, 0, batch.frames, ValueLayout.JAVA_BYTE, at, captured);
        Timestamp time = handle.getTimestamp();
        batch.frameOffset[i] = at;
        batch.capturedLength[i] = captured;
        batch.wireLength[i] = Math.max(captured, handle.getOriginalLength());
        batch.timestampNanos[i] = time.getTime() / MILLIS_PER_SECOND * NANOS_PER_SECOND + time.getNanos();
        batch.linkType[i] = linkType;
        batch.interfaceIndex[i] = 0;
        batch.size = i + 1;
    }

    /** Packets that neither the kernel nor the interface had room for. */
    public long lostPackets() throws IOException {
        try {
            PcapStat statistics = handle.getStats();
            return statistics.getNumPacketsDropped() + statistics.getNumPacketsDroppedByIf();
        } catch (PcapNativeException | NotOpenException e) {
            throw new IOException("libpcap's counters can't be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        handle.close();
        buffer.close();
    }
}
