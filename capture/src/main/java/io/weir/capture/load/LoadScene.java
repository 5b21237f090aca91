package io.weir.capture.load;

import java.util.List;

/**
 * Where users are at work.
 *
 * @param hosts the protected servers, the target first
 * @param servers outside, that protected hosts ask
 * @param pages see {@link LegitimateLoad#pages}
 */
record LoadScene(EventQueue queue, List<Host> hosts, Host resolver, Population servers, int pages) {
    private static final double TARGET_SHARE = 0.7;

    Host target() {
        return hosts.getFirst();
    }

    /** The target mostly, else one of the others. */
    Host anyHost(LoadRandom random) {
        return hosts.size() == 1 || random.chance(TARGET_SHARE) ? target() : hosts.get(random.nextInt(hosts.size()));
    }
}
