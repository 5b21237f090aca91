package io.weir.filter.flow;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The connections of a tracker, for people. Used by the thread that owns the tracker, between two packets. */
public final class ConnectionList {
    private final ConnectionTable table;
    private final @Nullable ConnectionNames names;

    ConnectionList(ConnectionTable table) {
        this.table = table;
        this.names = table.names();
    }

    /** Places that {@link #list} walks through; 0 where the tracker was made without names. */
    public int places() {
        return names == null ? 0 : table.places();
    }

    /**
     * Adds connections from a part of the table, as many as there is room for.
     *
     * @param from first place
     * @param to place behind the last
     * @param most that {@code into} may hold
     * @return the place to go on from
     */
    public int list(
            int from,
            int to,
            Predicate<TrackedConnection> wanted,
            int most,
            long nowNanos,
            List<TrackedConnection> into) {
        if (names == null) {
            return to;
        }
        int place = from;
        for (; place < to && into.size() < most; place++) {
            int entry = table.entryAt(place, nowNanos);
            if (entry != ConnectionTable.NONE) {
                TrackedConnection found = names.connection(place, table.state(entry), table.lastSeenNanos(entry));
                if (wanted.test(found)) {
                    into.add(found);
                }
            }
        }
        return place;
    }
}
