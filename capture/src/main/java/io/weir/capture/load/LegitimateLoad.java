package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;
import io.weir.filter.fault.Fault;
import java.util.List;
import java.util.Map;

/**
 * What legitimate clients do. Every rate may be 0.
 *
 * @param clients how many different ones there are
 * @param webConnectionsPerSecond connections that web users open, each after asking the resolver
 * @param tlsShare of those connections, the share that speaks TLS: 0 to 1
 * @param dnsQueriesPerSecond questions to the target's own DNS server
 * @param pingsPerSecond echo requests to the target
 * @param others how often else happens what an {@link Activity} says, a second
 * @param servers how many protected hosts serve; the target has the most of it
 * @param isUneven whether a few clients come often and most rarely, out of few networks, rather than all alike
 * @param swing how far rates swing around their mean over the length of the traffic, as over a day: 0 to 1
 * @param pages that the servers have, each asked for as often as any other; 0 for the usual few
 */
public record LegitimateLoad(
        int clients,
        double webConnectionsPerSecond,
        double tlsShare,
        double dnsQueriesPerSecond,
        double pingsPerSecond,
        Map<Activity, Double> others,
        int servers,
        boolean isUneven,
        double swing,
        List<Episode> episodes,
        int pages) {
    static final int MAXIMUM_CLIENTS = 65_536;
    static final double MAXIMUM_CONNECTIONS_PER_SECOND = 10_000;
    static final double MAXIMUM_QUERIES_PER_SECOND = 500_000;
    private static final int MAXIMUM_SERVERS = 64;
    private static final int MAXIMUM_PAGES = 10_000_000;

    public LegitimateLoad {
        others = Map.copyOf(others);
        episodes = List.copyOf(episodes);
    }

    /** Web, DNS and pings alone, of one server, all clients alike. */
    public LegitimateLoad(
            int clients,
            double webConnectionsPerSecond,
            double tlsShare,
            double dnsQueriesPerSecond,
            double pingsPerSecond) {
        this(
                clients,
                webConnectionsPerSecond,
                tlsShare,
                dnsQueriesPerSecond,
                pingsPerSecond,
                Map.of(),
                1,
                false,
                0,
                List.of(),
                0);
    }

    /** The same with other episodes. */
    public LegitimateLoad with(List<Episode> happening) {
        return with(happening, pages);
    }

    /** The same on servers with so many pages. */
    public LegitimateLoad withPages(int ofServers) {
        return with(episodes, ofServers);
    }

    private LegitimateLoad with(List<Episode> happening, int ofServers) {
        return new LegitimateLoad(
                clients,
                webConnectionsPerSecond,
                tlsShare,
                dnsQueriesPerSecond,
                pingsPerSecond,
                others,
                servers,
                isUneven,
                swing,
                happening,
                ofServers);
    }

    /** Episodes start and last in proportion. */
    LegitimateLoad stretched(double factor) {
        return with(episodes.stream()
                .map(episode -> new Episode(
                        episode.kind(),
                        Math.round(episode.startNanos() * factor),
                        Math.round(episode.durationNanos() * factor),
                        episode.perSecond()))
                .toList());
    }

    void addFaults(String profile, long trafficNanos, List<Fault> faults) {
        LoadProfile.checkRange(profile, "legitimate.clients", clients, 1, MAXIMUM_CLIENTS, faults);
        double connections = webConnectionsPerSecond;
        LoadProfile.checkRange(profile, "legitimate.web", connections, 0, MAXIMUM_CONNECTIONS_PER_SECOND, faults);
        LoadProfile.checkRange(profile, "legitimate.tls_share", tlsShare, 0, 1, faults);
        LoadProfile.checkRange(profile, "legitimate.dns", dnsQueriesPerSecond, 0, MAXIMUM_QUERIES_PER_SECOND, faults);
        LoadProfile.checkRange(profile, "legitimate.ping", pingsPerSecond, 0, MAXIMUM_QUERIES_PER_SECOND, faults);
        LoadProfile.checkRange(profile, "legitimate.servers", servers, 1, MAXIMUM_SERVERS, faults);
        LoadProfile.checkRange(profile, "legitimate.swing", swing, 0, 1, faults);
        LoadProfile.checkRange(profile, "legitimate.pages", pages, 0, MAXIMUM_PAGES, faults);
        for (Activity activity : Activity.values()) {
            double rate = others.getOrDefault(activity, 0.0);
            String key = "legitimate." + activity.name();
            LoadProfile.checkRange(profile, key, rate, 0, MAXIMUM_CONNECTIONS_PER_SECOND, faults);
        }
        for (int i = 0; i < episodes.size(); i++) {
            episodes.get(i).addFaults(profile, "legitimate.episodes[" + i + "]", trafficNanos, faults);
        }
    }
}
