package io.weir.capture.load;

import io.weir.capture.load.Arrivals.Handler;
import io.weir.capture.load.Flood.Pulse;
import io.weir.capture.load.Flood.Spacing;
import io.weir.capture.load.Label.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/** Starts everything that users do, each from a random stream of its own, so that none disturbs another. */
final class LegitimateTraffic {
    private static final int CLIENTS = 0;
    private static final int WEB = 1;
    private static final int DNS = 2;
    private static final int PING = 3;
    private static final int WEB_ARRIVALS = 4;
    private static final int DNS_ARRIVALS = 5;
    private static final int PING_ARRIVALS = 6;
    private static final int RESOLVERS = 7;
    private static final int SERVERS = 8;
    /** From here on two for each activity, then three for each episode. */
    private static final int FIRST_OTHER = 1_000;

    private static final int FIRST_EPISODE = 2_000;

    private static final int RESOLVER_COUNT = 300;
    private static final int SERVER_COUNT = 60;
    private static final int CROWD = 20_000;
    private static final int BEHIND_ONE_ADDRESS = 1_000;
    private static final double CROWD_TLS = 0.8;
    /** Of a transfer, more than one connection at once needs one arrival for each. */
    private static final double TOGETHER = 1_000;

    private final LoadProfile profile;
    private final LegitimateLoad load;
    private final EventQueue queue;
    private final IntFunction<LoadRandom> streams;
    private final LoadScene scene;
    private final Client[] clients;
    private final List<LongSupplier> refusals = new ArrayList<>();
    private int nextNumber;

    /** @param streams the random stream of a purpose */
    LegitimateTraffic(LoadProfile profile, EventQueue queue, Host target, IntFunction<LoadRandom> streams) {
        this.profile = profile;
        this.queue = queue;
        this.streams = streams;
        load = profile.legitimate();
        AddressPlan plan = profile.addresses();
        clients = Client.population(plan.clients(), load.clients(), 0, load.isUneven(), stream(CLIENTS));
        nextNumber = clients.length;
        List<Host> hosts = new ArrayList<>(List.of(target));
        for (int i = 1; i < load.servers(); i++) {
            // The others stand beside the target, from .20 on.
            long low = plan.neighbourLow(20 + i);
            hosts.add(new Host(plan.targetHigh(), low, Tap.TARGET_MAC + i));
        }
        Host resolver = new Host(plan.resolverHigh(), plan.resolverLow(), Tap.RESOLVER_MAC);
        Client[] servers = Client.servers(plan.clients(), SERVER_COUNT, nextNumber, stream(SERVERS));
        nextNumber += servers.length;
        scene = new LoadScene(queue, List.copyOf(hosts), resolver, new Population(servers, true), load.pages());
    }

    Client[] clients() {
        return clients;
    }

    /** How often something couldn't begin because too much was under way. */
    List<LongSupplier> refusals() {
        return refusals;
    }

    void start() {
        Population everybody = new Population(clients, load.isUneven());
        WebUsers web = new WebUsers(scene, stream(WEB), everybody, load.tlsShare(), profile.overload());
        DnsUsers dns = new DnsUsers(queue, stream(DNS), askers(everybody), scene.target(), load.isUneven());
        PingUsers ping = new PingUsers(queue, stream(PING), clients, scene.target());
        start(WEB_ARRIVALS, load.webConnectionsPerSecond(), web);
        start(DNS_ARRIVALS, load.dnsQueriesPerSecond(), dns);
        start(PING_ARRIVALS, load.pingsPerSecond(), ping);
        refusals.addAll(List.of(web::refused, dns::refused, ping::refused));
        for (Activity activity : Activity.values()) {
            double rate = load.others().getOrDefault(activity, 0.0);
            if (rate > 0) {
                int purpose = FIRST_OTHER + 2 * activity.ordinal();
                start(purpose, rate, other(activity, stream(purpose + 1), everybody));
            }
        }
        for (int i = 0; i < load.episodes().size(); i++) {
            start(load.episodes().get(i), FIRST_EPISODE + 3 * i);
        }
    }

    /** Resolvers ask for their customers; where all are alike, the customers themselves do. */
    private Population askers(Population everybody) {
        if (!load.isUneven()) {
            return everybody;
        }
        AddressPool pool = profile.addresses().clients();
        Client[] resolvers = Client.population(pool, RESOLVER_COUNT, nextNumber, true, stream(RESOLVERS));
        nextNumber += RESOLVER_COUNT;
        return new Population(resolvers, true);
    }

    private Handler other(Activity activity, LoadRandom random, Population everybody) {
        boolean isOutbound = activity == Activity.OUTBOUND_WEB
                || activity == Activity.OUTBOUND_DNS
                || activity == Activity.OUTBOUND_NTP;
        Population population = isOutbound ? scene.servers() : everybody;
        if (activity.isTcp()) {
            TalkUsers users = new TalkUsers(activity, scene, random, population);
            refusals.add(users::refused);
            return users;
        }
        DatagramUsers users = new DatagramUsers(activity, scene, random, population);
        refusals.add(users::refused);
        return users;
    }

    private void start(Episode episode, int purpose) {
        long start = profile.epochNanos() + episode.startNanos();
        long end = Math.min(start + episode.durationNanos(), profile.endNanos());
        LoadRandom random = stream(purpose + 1);
        double rate = episode.perSecond();
        Handler handler = switch (episode.kind()) {
            case FLASH_CROWD -> crowd(CROWD, purpose, random);
            case CRAWLER -> visitors(random, newcomers(1, purpose), 0.5);
            case SHARED_ADDRESS -> visitors(random, behindOneAddress(purpose), CROWD_TLS);
            case BACKUP -> new Transfers(scene, random, newcomers(1, purpose)[0], false, end);
            case SPEED_TEST -> new Transfers(scene, random, newcomers(1, purpose)[0], true, end);
            case PORT_SCAN, CONNECT_SCAN, UDP_SCAN, XMAS_SCAN ->
                new PortScan(scene, random, newcomers(1, purpose)[0], episode.kind());
            case BRUTE_FORCE -> {
                Population one = new Population(newcomers(1, purpose), false);
                yield new TalkUsers(Activity.BRUTE_FORCE, scene, random, one);
            }
        };
        boolean isTransfer = episode.kind() == Episode.Kind.BACKUP || episode.kind() == Episode.Kind.SPEED_TEST;
        if (isTransfer) {
            // All connections of it begin together.
            end = start + (long) (rate * 1e9 / TOGETHER);
            rate = TOGETHER;
        }
        Spacing spacing = isTransfer ? Spacing.EVEN : Spacing.POISSON;
        new Arrivals(stream(purpose), start, end, rate, spacing, Pulse.STEADY, handler).start(queue);
    }

    private Handler crowd(int count, int purpose, LoadRandom random) {
        return visitors(random, newcomers(count, purpose), CROWD_TLS);
    }

    private Handler visitors(LoadRandom random, Client[] who, double tlsShare) {
        WebUsers users = new WebUsers(scene, random, new Population(who, false), tlsShare, Overload.NONE);
        refusals.add(users::refused);
        return users;
    }

    private Client[] newcomers(int count, int purpose) {
        AddressPool pool = profile.addresses().clients();
        Client[] fresh = Client.population(pool, count, nextNumber, load.isUneven(), stream(purpose + 2));
        nextNumber += count;
        return fresh;
    }

    private Client[] behindOneAddress(int purpose) {
        Client gate = newcomers(1, purpose)[0];
        Client[] machines = new Client[BEHIND_ONE_ADDRESS];
        LoadRandom random = stream(purpose + 2);
        for (int i = 0; i < machines.length; i++) {
            machines[i] = gate.neighbour(nextNumber++, random);
        }
        return machines;
    }

    private void start(int purpose, double perSecond, Handler handler) {
        if (perSecond <= 0) {
            return;
        }
        long start = profile.epochNanos();
        double most = perSecond * (1 + load.swing());
        Handler swinging = load.swing() == 0 ? handler : new Swing(profile, stream(purpose + 500), handler);
        new Arrivals(stream(purpose), start, profile.endNanos(), most, Spacing.POISSON, swinging).start(queue);
    }

    private LoadRandom stream(int purpose) {
        return streams.apply(purpose);
    }
}
