package io.weir.detector.scan;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SampleShape;
import io.weir.detector.window.SessionRing;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowHash;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The life of a suspicion: raised by what a source tries, told once it tried too much, ended by its silence. */
final class Suspects {
    /** Who tries less often than this is forgotten: slow scanners wait for seconds up to minutes. */
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(15);
    /** What was told is over after so long. */
    private static final long OVER_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Passwords are guessed in a hurry, or by the hour. */
    private static final long HURRY_NANOS = TimeUnit.MINUTES.toNanos(3);

    private static final long HOUR_NANOS = TimeUnit.MINUTES.toNanos(30);
    /** Who works on a host, or has a machine do so, comes once a minute as well. */
    private static final int TIMES_IN_HOUR = 6;
    /** Of UDP, and of segments that open nothing, nobody sees whether it failed. */
    private static final int TIMES_UNSEEN = 2;
    /** Neighbours are asked for at once, or it is a router that has need of them. */
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final double MOST_OF_GUESSES = 0.8;
    private static final int OTHERS_OF_GUESS = 3;

    private static final int V4_NETWORK_BITS = 16;
    private static final int V6_NETWORK_BITS = 64;
    private static final int FIRST_MULTICAST = 224;

    private final SuspectTable table = new SuspectTable();
    private final FlowHash hash;
    private final FloodedTargets flooded;
    private final SuspectListener listener;

    Suspects(FlowHash hash, FloodedTargets flooded, SuspectListener listener) {
        this.hash = hash;
        this.flooded = flooded;
        this.listener = listener;
    }

    /** A packet that tries a port of a host; {@code isAlsoOfHosts} where one port of many hosts would be a scan, too. */
    void probe(SampleRing ring, int sample, Method method, boolean isAlsoOfHosts) {
        long high = ring.destinationHigh(sample);
        long low = ring.destinationLow(sample);
        if (isMulticast(high, low)) {
            return;
        }
        int port = ring.destinationPort(sample);
        long now = ring.timeNanos(sample);
        long source = hash.address(ring.sourceHigh(sample), ring.sourceLow(sample));
        int entry = enter(key(source, hash.address(high, low), 0, Suspicion.PORTS), Suspicion.PORTS, method, now);
        if (entry >= 0) {
            describe(entry, ring.sourceHigh(sample), ring.sourceLow(sample), high, low, 0);
            note(entry, port, now);
        }
        if (isAlsoOfHosts) {
            long network = hash.address(high, networkOf(high, low));
            entry = enter(key(source, network, port, Suspicion.HOSTS), Suspicion.HOSTS, method, now);
            if (entry >= 0) {
                describe(entry, ring.sourceHigh(sample), ring.sourceLow(sample), high, networkOf(high, low), port);
                note(entry, (int) hash.address(high, low), now);
            }
        }
    }

    /** A connection that opened: what tried for it didn't fail. */
    void succeed(SessionRing ring, int session) {
        long high = ring.destinationHigh(session);
        long low = ring.destinationLow(session);
        int port = ring.port(session);
        long source = hash.address(ring.sourceHigh(session), ring.sourceLow(session));
        int entry = table.find(key(source, hash.address(high, low), 0, Suspicion.PORTS));
        if (entry >= 0) {
            table.remove(entry, port);
        }
        entry = table.find(key(source, hash.address(high, networkOf(high, low)), port, Suspicion.HOSTS));
        if (entry >= 0) {
            table.remove(entry, (int) hash.address(high, low));
        }
    }

    /** A connection to a service that asks for a password. */
    void session(SessionRing ring, int session, Method service, long nowNanos) {
        long high = ring.destinationHigh(session);
        long low = ring.destinationLow(session);
        int port = ring.port(session);
        long source = hash.address(ring.sourceHigh(session), ring.sourceLow(session));
        Suspicion suspicion = service.suspicion();
        int entry = enter(key(source, hash.address(high, low), port, suspicion), suspicion, service, nowNanos);
        if (entry >= 0) {
            describe(entry, ring.sourceHigh(session), ring.sourceLow(session), high, low, port);
            note(entry, table.attempts[entry], nowNanos);
        }
    }

    /**
     * A request that logs in: what it brings counts once, for who is let in brings the same each time. Behind an address
     * that many share they bring different things, but each the same again, or go on to look at what is behind the form.
     */
    void login(SampleRing ring, int sample) {
        long high = ring.destinationHigh(sample);
        long low = ring.destinationLow(sample);
        int port = ring.destinationPort(sample);
        long now = ring.timeNanos(sample);
        long source = hash.address(ring.sourceHigh(sample), ring.sourceLow(sample));
        long key = key(source, hash.address(high, low), port, Suspicion.LOGINS);
        int entry = enter(key, Suspicion.LOGINS, Method.HTTP, now);
        if (entry >= 0) {
            describe(entry, ring.sourceHigh(sample), ring.sourceLow(sample), high, low, port);
            boolean isForm = SampleShape.isPost(ring.shape(sample));
            int credentials = SampleShape.names(ring.shape(sample));
            if (isForm) {
                note(entry, table.attempts[entry], now);
            } else if (!table.isRepeat(entry, credentials)) {
                note(entry, credentials, now);
            }
        }
    }

    /** A request that doesn't log in. */
    void request(SampleRing ring, int sample) {
        long source = hash.address(ring.sourceHigh(sample), ring.sourceLow(sample));
        long target = hash.address(ring.destinationHigh(sample), ring.destinationLow(sample));
        int entry = table.find(key(source, target, ring.destinationPort(sample), Suspicion.LOGINS));
        if (entry >= 0) {
            table.others[entry]++;
        }
    }

    /** A neighbour that is asked for. */
    void ask(int source, int target, long nowNanos) {
        long high = IpAddress.mapped(source);
        long network = networkOf(0, IpAddress.mapped(target));
        long key = key(hash.address(0, high), hash.address(0, network), 0, Suspicion.NEIGHBOURS);
        int entry = enter(key, Suspicion.NEIGHBOURS, Method.ARP, nowNanos);
        if (entry >= 0) {
            describe(entry, 0, high, 0, network, 0);
            note(entry, (int) hash.address(0, IpAddress.mapped(target)), nowNanos);
        }
    }

    private int enter(long key, Suspicion suspicion, Method method, long nowNanos) {
        int entry = table.find(key);
        if (entry < 0) {
            entry = table.enter(key, nowNanos, IDLE_NANOS);
        } else if (!table.isReported[entry] && isStale(entry, nowNanos)) {
            table.begin(entry, nowNanos);
        }
        if (entry >= 0 && table.attempts[entry] == 0) {
            table.suspicions[entry] = (byte) suspicion.ordinal();
            table.methods[entry] = (byte) method.ordinal();
        }
        return entry;
    }

    private boolean isStale(int entry, long nowNanos) {
        Suspicion suspicion = suspicion(entry);
        long age = nowNanos - table.firstNanos[entry];
        if (suspicion.isScan()) {
            boolean isSlowSweep = suspicion == Suspicion.NEIGHBOURS && age > SWEEP_NANOS;
            return isSlowSweep || nowNanos - table.lastNanos[entry] > IDLE_NANOS;
        }
        // Beyond the hurry only those are kept that go on at a pace to be told within the half hour.
        boolean isSlack = age > HURRY_NANOS
                && (double) table.attempts[entry] / age < TIMES_IN_HOUR * suspicion.least() / (double) HOUR_NANOS;
        return isSlack || age > HOUR_NANOS;
    }

    private void describe(int entry, long sourceHigh, long sourceLow, long targetHigh, long targetLow, int port) {
        table.sourceHigh[entry] = sourceHigh;
        table.sourceLow[entry] = sourceLow;
        table.targetHigh[entry] = targetHigh;
        table.targetLow[entry] = targetLow;
        table.ports[entry] = port;
    }

    private void note(int entry, int fingerprint, long nowNanos) {
        table.add(entry, fingerprint, nowNanos);
        if (table.crossedNanos[entry] == Long.MAX_VALUE && isEnough(entry)) {
            table.crossedNanos[entry] = nowNanos;
        }
    }

    private boolean isEnough(int entry) {
        Suspicion suspicion = suspicion(entry);
        boolean isHurried = table.lastNanos[entry] - table.firstNanos[entry] <= HURRY_NANOS;
        int least = suspicion.least() * (suspicion.isScan() || isHurried ? 1 : TIMES_IN_HOUR);
        Method method = Method.of(table.methods[entry]);
        boolean isUnseen = method == Method.UDP || method == Method.ACK;
        return table.distinct(entry) >= (isUnseen ? TIMES_UNSEEN * least : least)
                && (suspicion != Suspicion.LOGINS || isGuessing(entry));
    }

    /** Guesses are made once each, and nothing else is asked for but the form and where it leads. */
    private boolean isGuessing(int entry) {
        return table.estimate(entry) >= MOST_OF_GUESSES * table.attempts[entry]
                && table.others[entry] <= OTHERS_OF_GUESS * table.attempts[entry];
    }

    /** Tells what has been enough for some time and wasn't taken back, and ends what has fallen silent. */
    void sweep(long nowNanos, long patienceNanos) {
        for (int entry = 0; entry < SuspectTable.CAPACITY; entry++) {
            if (!table.isTaken(entry)) {
                continue;
            }
            if (isOfFlood(entry)) {
                table.free(entry);
            } else if (table.isReported[entry]) {
                if (nowNanos - table.lastNanos[entry] > OVER_NANOS) {
                    report(entry, true, nowNanos);
                    table.free(entry);
                }
            } else if (table.crossedNanos[entry] != Long.MAX_VALUE
                    && nowNanos - table.crossedNanos[entry] >= patienceNanos) {
                tell(entry, nowNanos);
            }
        }
    }

    /** Whether what was counted may be the requests of a flood, bots that post forms, too; or the flood itself. */
    private boolean isOfFlood(int entry) {
        if (table.isReported[entry]) {
            return false;
        }
        return switch (suspicion(entry)) {
            case LOGINS -> flooded.areRequestsFlooding(table.targetHigh[entry], table.targetLow[entry]);
            case PORTS ->
                table.crossedNanos[entry] != Long.MAX_VALUE
                        && flooded.isFloodedBy(
                                table.sourceHigh[entry],
                                table.sourceLow[entry],
                                Method.of(table.methods[entry]).protocol(),
                                Method.of(table.methods[entry]) == Method.SYN,
                                table.targetHigh[entry],
                                table.targetLow[entry]);
            case HOSTS, NEIGHBOURS, SESSIONS, MAIL_SESSIONS -> false;
        };
    }

    private void tell(int entry, long nowNanos) {
        table.crossedNanos[entry] = Long.MAX_VALUE;
        if (isEnough(entry)) {
            table.isReported[entry] = true;
            report(entry, false, nowNanos);
        }
    }

    /** Tells and ends everything. */
    void finish(long nowNanos) {
        for (int entry = 0; entry < SuspectTable.CAPACITY; entry++) {
            if (table.isTaken(entry) && !table.isReported[entry] && isEnough(entry) && !isOfFlood(entry)) {
                tell(entry, nowNanos);
            }
            if (table.isTaken(entry) && table.isReported[entry]) {
                report(entry, true, nowNanos);
            }
        }
        table.restart();
    }

    private void report(int entry, boolean isEnded, long nowNanos) {
        Suspicion suspicion = suspicion(entry);
        Method method = Method.of(table.methods[entry]);
        boolean isNetwork = suspicion == Suspicion.HOSTS || suspicion == Suspicion.NEIGHBOURS;
        String source = IpAddress.format(table.sourceHigh[entry], table.sourceLow[entry]);
        String target = isNetwork
                ? network(table.targetHigh[entry], table.targetLow[entry])
                : IpAddress.format(table.targetHigh[entry], table.targetLow[entry]);
        String port = table.ports[entry] == 0 ? "" : "-" + table.ports[entry];
        String id = suspicion.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + source + "-" + target + port
                + "-" + table.firstNanos[entry] / 1_000_000;
        listener.noticed(new SuspectReport(
                id,
                suspicion,
                isEnded,
                method.text(),
                method.protocol(),
                source,
                target,
                isNetwork,
                table.ports[entry],
                table.estimate(entry),
                nowNanos,
                table.firstNanos[entry],
                table.lastNanos[entry]));
    }

    private Suspicion suspicion(int entry) {
        return Suspicion.of(table.suspicions[entry]);
    }

    private static long key(long source, long target, int port, Suspicion suspicion) {
        long mixed = (source ^ Long.rotateLeft(target, 23)) * 0x9e37_79b9_7f4a_7c15L
                ^ ((long) port << 8 | suspicion.ordinal()) * 0xc2b2_ae3d_27d4_eb4fL;
        return mixed ^ mixed >>> 29;
    }

    private static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** The lower half of the network's address. */
    private static long networkOf(long high, long low) {
        return isIpv4(high, low) ? low & -1L << 32 - V4_NETWORK_BITS : 0;
    }

    private static String network(long high, long low) {
        return isIpv4(high, low)
                ? new IpPrefix(4, high, low, V4_NETWORK_BITS).toString()
                : new IpPrefix(6, high, low, V6_NETWORK_BITS).toString();
    }

    private static boolean isMulticast(long high, long low) {
        return isIpv4(high, low) ? ((int) low >>> 24) >= FIRST_MULTICAST : high >>> 56 == 0xff;
    }
}
