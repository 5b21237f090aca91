package io.weir.detector.daemon;

import io.weir.detector.api.ConnectionPage;
import io.weir.detector.api.ConnectionRequest;
import io.weir.detector.api.Refusal;
import io.weir.filter.flow.ConnectionList;
import io.weir.filter.flow.TrackedConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Reads the table of connections a piece at a time, so that no packet waits for a list of them. */
final class ConnectionPages {
    /** Places looked at between two batches: 0.2 ms where all are taken. */
    private static final int PIECE = 4_096;

    private ConnectionPages() {}

    /** @param clock packet time; asked on the thread that judges */
    static ConnectionPage read(ConnectionList table, Errands errands, ConnectionRequest request, LongSupplier clock)
            throws Refusal {
        List<TrackedConnection> found = new ArrayList<>();
        int at = request.from();
        while (at < table.places() && found.size() < request.limit()) {
            int begin = at;
            int end = Math.min(begin + PIECE, table.places());
            at = errands.ask(() -> table.list(begin, end, request, request.limit(), clock.getAsLong(), found));
        }
        return new ConnectionPage(found, at < table.places() ? at : 0);
    }
}
