package io.weir.detector.api;

import io.weir.filter.flow.TrackedConnection;
import java.util.List;

/**
 * A part of the connections that are remembered, in no order that means anything. What opens or ends between two pages
 * may be in both or in neither.
 *
 * @param next place to go on from, 0 where that was the last page
 */
public record ConnectionPage(List<TrackedConnection> connections, int next) {
    public ConnectionPage {
        connections = List.copyOf(connections);
    }
}
