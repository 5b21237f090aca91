package io.weir.detector.daemon;

import io.weir.detector.api.BanPreview;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;

/** Counts what came from a prefix. */
final class BanTrial {
    private final IpPrefix prefix;
    private long oldestNanos = Long.MAX_VALUE;
    private long newestNanos = Long.MIN_VALUE;
    private long packets;
    private long bytes;
    private long passed;
    private long ofConnections;

    BanTrial(IpPrefix prefix) {
        this.prefix = prefix;
    }

    /** Adds a batch that is decoded and has its verdicts. */
    void add(PacketBatch batch) {
        for (int i = 0; i < batch.size; i++) {
            oldestNanos = Math.min(oldestNanos, batch.timestampNanos[i]);
            newestNanos = Math.max(newestNanos, batch.timestampNanos[i]);
            if (batch.ipVersion[i] == 0 || !prefix.contains(batch.sourceHigh[i], batch.sourceLow[i])) {
                continue;
            }
            packets++;
            bytes += batch.wireLength[i];
            passed += Verdict.isDrop(batch.verdict[i]) ? 0 : 1;
            ofConnections += Verdict.reason(batch.verdict[i]).isOfConnection() ? 1 : 0;
        }
    }

    BanPreview preview() {
        return new BanPreview(
                newestNanos < oldestNanos ? 0 : newestNanos - oldestNanos, packets, bytes, passed, ofConnections);
    }
}
