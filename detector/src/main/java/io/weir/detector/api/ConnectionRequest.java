package io.weir.detector.api;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.TrackedConnection;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which connections are wanted.
 *
 * @param from 0, or {@link ConnectionPage#next} of the page before
 * @param limit connections of a page at the most
 * @param prefix that one of the two ends is in
 * @param port of one of the two ends, {@link #ANY} for all
 * @param protocol its IANA number, {@link #ANY} for all
 */
public record ConnectionRequest(
        int from, int limit, Optional<IpPrefix> prefix, int port, int protocol, Optional<TrackedConnection.State> state)
        implements Predicate<TrackedConnection> {
    public static final int ANY = -1;

    @Override
    public boolean test(TrackedConnection one) {
        return (port == ANY || port == one.initiatorPort() || port == one.responderPort())
                && (protocol == ANY || protocol == one.protocol())
                && (state.isEmpty() || state.get() == one.state())
                && (prefix.isEmpty()
                        || prefix.get().contains(one.initiatorHigh(), one.initiatorLow())
                        || prefix.get().contains(one.responderHigh(), one.responderLow()));
    }
}
