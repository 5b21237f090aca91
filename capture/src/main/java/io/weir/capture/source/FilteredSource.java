package io.weir.capture.source;

import io.weir.capture.pcap.FilterException;
import io.weir.capture.pcap.PacketFilter;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The packets of another source that match a filter; the others are counted and gone. Closes that source. */
public final class FilteredSource implements PacketSource {
    private final PacketSource source;
    private final PacketFilter filter;
    private long filteredPackets;
    private @Nullable FilterException failure;

    public FilteredSource(PacketSource source, PacketFilter filter) {
        this.source = source;
        this.filter = filter;
    }

    /**
     * {@inheritDoc}
     *
     * @throws FilterException if the filter can't be compiled for a packet's link type; what matched before has been
     *     delivered
     */
    @Override
    public int fill(PacketBatch batch) throws IOException {
        while (failure == null) {
            int count = source.fill(batch);
            if (count <= 0) {
                return count;
            }
            int kept = keepMatching(batch);
            if (kept > 0) {
                return kept;
            }
        }
        throw failure;
    }

    private int keepMatching(PacketBatch batch) {
        int count = batch.size;
        int kept = 0;
        try {
            for (int i = 0; i < count; i++) {
                if (filter.matches(batch, i)) {
                    move(batch, i, kept++);
                } else {
                    filteredPackets++;
                }
            }
        } catch (FilterException e) {
            failure = e;
        }
        batch.size = kept;
        return kept;
    }

    private static void move(PacketBatch batch, int from, int to) {
        batch.frameOffset[to] = batch.frameOffset[from];
        batch.capturedLength[to] = batch.capturedLength[from];
        batch.wireLength[to] = batch.wireLength[from];
        batch.timestampNanos[to] = batch.timestampNanos[from];
        batch.linkType[to] = batch.linkType[from];
        batch.interfaceIndex[to] = batch.interfaceIndex[from];
    }

    /** Packets that didn't match so far. */
    public long filteredPackets() {
        return filteredPackets;
    }

    @Override
    public long bytesRead() {
        return source.bytesRead();
    }

    @Override
    public long bytesTotal() {
        return source.bytesTotal();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
