package io.weir.capture.load;

import io.weir.filter.fault.Fault;
import java.util.List;

/**
 * What legitimate clients do. Every rate may be 0.
 *
 * @param clients how many different ones there are
 * @param webConnectionsPerSecond connections that web users open, each after asking the resolver
 * @param tlsShare of those connections, the share that speaks TLS: 0 to 1
 * @param dnsQueriesPerSecond questions to the target's own DNS server
 * @param pingsPerSecond echo requests to the target
 */
public record LegitimateLoad(
        int clients,
        double webConnectionsPerSecond,
        double tlsShare,
        double dnsQueriesPerSecond,
        double pingsPerSecond) {
    static final int MAXIMUM_CLIENTS = 65_536;
    static final double MAXIMUM_CONNECTIONS_PER_SECOND = 10_000;
    static final double MAXIMUM_QUERIES_PER_SECOND = 500_000;

    void addFaults(String profile, List<Fault> faults) {
        LoadProfile.checkRange(profile, "legitimate.clients", clients, 1, MAXIMUM_CLIENTS, faults);
        double connections = webConnectionsPerSecond;
        LoadProfile.checkRange(profile, "legitimate.web", connections, 0, MAXIMUM_CONNECTIONS_PER_SECOND, faults);
        LoadProfile.checkRange(profile, "legitimate.tls_share", tlsShare, 0, 1, faults);
        LoadProfile.checkRange(profile, "legitimate.dns", dnsQueriesPerSecond, 0, MAXIMUM_QUERIES_PER_SECOND, faults);
        LoadProfile.checkRange(profile, "legitimate.ping", pingsPerSecond, 0, MAXIMUM_QUERIES_PER_SECOND, faults);
    }
}
