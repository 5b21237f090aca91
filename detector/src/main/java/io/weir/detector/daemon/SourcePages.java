package io.weir.detector.daemon;

import io.weir.detector.api.Refusal;
import io.weir.detector.api.SourcePage;
import io.weir.detector.scrub.KnownSource;
import io.weir.detector.scrub.SourceTable;
import java.util.ArrayList;
import java.util.List;

/** Reads the table of sources a piece at a time, so that no packet waits for a list of them. */
final class SourcePages {
    /** Entries looked at between two batches: some tens of microseconds. */
    private static final int PIECE = 8_192;

    private SourcePages() {}

    static SourcePage read(SourceTable table, Errands errands, int from, int minimumScore, int limit, long nowNanos)
            throws Refusal {
        List<KnownSource> found = new ArrayList<>();
        int at = from;
        while (at < table.capacity() && found.size() < limit) {
            int begin = at;
            at = errands.ask(() ->
                    table.list(begin, Math.min(begin + PIECE, table.capacity()), minimumScore, limit, nowNanos, found));
        }
        return new SourcePage(found, at < table.capacity() ? at : 0);
    }
}
