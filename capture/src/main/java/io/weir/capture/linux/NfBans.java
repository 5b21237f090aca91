package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who is banned by {@link NfShield}, and what of it the kernel doesn't know yet: single hosts one by one, prefixes at once. */
final class NfBans {
    private final Set<IpPrefix> hosts = new HashSet<>();
    private final Set<IpPrefix> prefixes = new HashSet<>();
    private final Set<IpPrefix> newHosts = new HashSet<>();
    private final Set<IpPrefix> endedHosts = new HashSet<>();
    private boolean arePrefixesNew;

    boolean hasHosts() {
        return !hosts.isEmpty();
    }

    boolean isEmpty() {
        return hosts.isEmpty() && prefixes.isEmpty();
    }

    boolean hasPrefixes() {
        return !prefixes.isEmpty();
    }

    /** Whether there was room. */
    boolean add(IpPrefix prefix) {
        boolean isHost = isHost(prefix);
        Set<IpPrefix> banned = isHost ? hosts : prefixes;
        if (!banned.contains(prefix) && banned.size() >= (isHost ? XdpShield.HOSTS : XdpShield.PREFIXES)) {
            return false;
        }
        if (banned.add(prefix)) {
            if (!isHost) {
                arePrefixesNew = true;
            } else if (!endedHosts.remove(prefix)) {
                newHosts.add(prefix);
            }
        }
        return true;
    }

    /** Whether it was banned by this very prefix. */
    boolean remove(IpPrefix prefix) {
        boolean isHost = isHost(prefix);
        boolean wasBanned = (isHost ? hosts : prefixes).remove(prefix);
        if (wasBanned) {
            if (!isHost) {
                arePrefixesNew = true;
            } else if (!newHosts.remove(prefix)) {
                endedHosts.add(prefix);
            }
        }
        return wasBanned;
    }

    private static boolean isHost(IpPrefix prefix) {
        return prefix.length() == (prefix.version() == 4 ? Integer.SIZE : 2 * Long.SIZE);
    }

    /** What the kernel doesn't know yet, until {@link #settled}. */
    void write(NfBatch batch) {
        for (int version : new int[] {4, 6}) {
            batch.remove("hosts" + version, NfSet.hosts(of(endedHosts, version)))
                    .add("hosts" + version, 0, NfSet.hosts(of(newHosts, version)), 0);
            if (arePrefixesNew) {
                batch.emptySet("bans" + version).add("bans" + version, 0, NfSet.ranges(prefixes, version), 0);
            }
        }
    }

    private static List<IpPrefix> of(Set<IpPrefix> prefixes, int version) {
        return prefixes.stream().filter(prefix -> prefix.version() == version).toList();
    }

    /** The kernel has forgotten all of it. */
    void beginAnew() {
        newHosts.addAll(hosts);
        endedHosts.clear();
        arePrefixesNew = !prefixes.isEmpty();
    }

    /** The kernel has taken it. */
    void settled() {
        newHosts.clear();
        endedHosts.clear();
        arePrefixesNew = false;
    }
}
