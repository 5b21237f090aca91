package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes the table of {@link NfShield}. Packets that arrive on its interfaces go by {@code arriving} to {@code gate} and from there to a chain for each signature
 * and limit; those that leave by {@code leaving} to {@code note}. Nothing arrives at the gate while nothing is to be dropped.
 *
 * @param batch of the table, begun
 */
record NfShieldTable(NfBatch batch) {
    static final String NAME = "weir_offload";
    static final NfTable.Family FAMILY = NfTable.Family.INET;

    /** Before {@link QueueRules}; and behind everything, where what they refuse doesn't come. */
    static final int FIRST = -460;

    static final int LAST = Integer.MAX_VALUE;

    static final String ALIVE = "alive";
    static final String BANNED = "banned";
    static final String ARRIVING = "arriving";
    static final String LEAVING = "leaving";
    static final String GATE = "gate";
    static final String NOTE = "note";

    /** Elements that each set of conversations, and of who was served, has room for. */
    static final int FLOWS = 131_072;

    static final int KNOWN = 65_536;

    /** Two ends of each range. */
    static final int RANGES = 2 * XdpShield.PREFIXES;

    static final int[] VERSIONS = {4, 6};

    /** The table with its sets and chains, in place of what is there under its name: it drops nothing, and notes nothing. */
    void install(List<IpPrefix> protect) {
        batch.replaceTable();
        batch.counter(BANNED)
                .counter(NfConversations.FULL)
                .set(ALIVE, NfSet.family().timed(), 2);
        for (int version : VERSIONS) {
            NfSet host = NfSet.hosts(version == 4);
            NfSet range = NfSet.prefixes(version == 4);
            batch.set("protect" + version, range, 2 * Math.max(1, protect.size()))
                    .set("trusted" + version, range, RANGES)
                    .set("hosts" + version, host, XdpShield.HOSTS)
                    .set("bans" + version, range, RANGES)
                    .set("known" + version, host.dynamic(), KNOWN)
                    .set("flows" + version, NfSet.flows(version == 4), FLOWS)
                    .set("answers" + version, NfSet.flows(version == 4), FLOWS)
                    .add("protect" + version, 0, NfSet.ranges(protect, version), 0);
        }
        batch.chain(GATE)
                .chain(NOTE)
                .chain(ARRIVING, NfTable.Hook.PREROUTING, "", FIRST, false)
                .chain(LEAVING, NfTable.Hook.POSTROUTING, "", LAST, false);
        NfConversations.write(batch, NOTE);
    }

    /** From now on it notes. */
    void attach(List<String> interfaces) {
        for (String name : interfaces) {
            batch.rule(LEAVING, code -> {
                new NfStatement.OutputInterface(name).write(code);
                code.jump(NOTE);
            });
        }
    }

    void trust(Collection<IpPrefix> trusted) {
        for (int version : VERSIONS) {
            batch.emptySet("trusted" + version).add("trusted" + version, 0, NfSet.ranges(trusted, version), 0);
        }
    }

    /** Nothing arrives at the gate any more; chains for signatures and limits go. */
    void clear(Collection<String> chains) {
        batch.emptyChain(ARRIVING).emptyChain(GATE);
        chains.forEach(batch::removeChain);
    }

    /**
     * All rules, after {@link #clear}.
     *
     * @param counters slots that have one, and from now on those that get one here
     * @return chains that were made, with how many rules each has, and jumps to it
     */
    Map<String, Integer> write(
            List<String> interfaces,
            List<QueueRules.Management> access,
            NfBans bans,
            Set<Integer> counters,
            List<ShieldRule> rules,
            List<ShieldLimit> limits) {
        for (String name : interfaces) {
            batch.rule(ARRIVING, code -> {
                new NfStatement.InputInterface(name).write(code);
                code.jump(GATE);
            });
        }
        writeGate(access, bans);
        Map<String, Integer> made = new HashMap<>();
        NfSlots slots = new NfSlots(batch, counters, GATE);
        rules.forEach(rule -> write(() -> slots.write(rule), made));
        limits.forEach(limit -> write(() -> slots.write(limit), made));
        return made;
    }

    private void write(Supplier<String> writer, Map<String, Integer> made) {
        int before = batch.rules(GATE);
        String chain = writer.get();
        made.put(chain, batch.rules(chain) + batch.rules(GATE) - before);
    }

    private void writeGate(List<QueueRules.Management> access, NfBans bans) {
        for (QueueRules.Management one : access) {
            batch.rule(GATE, code -> {
                new NfStatement.Address(true, one.prefix()).write(code);
                new NfStatement.TcpPort(false, one.port()).write(code);
                code.accept();
            });
        }
        batch.rule(
                GATE,
                code -> code.meta(NfExpressions.META_FAMILY)
                        .lookup(ALIVE, false)
                        .accept());
        if (bans.hasHosts()) {
            writeBan("hosts");
        }
        if (bans.hasPrefixes()) {
            writeBan("bans");
        }
    }

    private void writeBan(String set) {
        for (int version : VERSIONS) {
            batch.rule(GATE, code -> {
                NfConversations.address(NfConversations.family(code, version), version, true)
                        .lookup(set + version, true);
                NfConversations.address(code, version, false)
                        .lookup("protect" + version, true)
                        .count(BANNED)
                        .drop();
            });
        }
    }

    /** Empties the set first, as an element that ended may still be in it. */
    void beat(long aliveMillis) {
        batch.emptySet(ALIVE)
                .add(
                        ALIVE,
                        0,
                        List.of(
                                new NfSet.Element(new byte[] {NfExpressions.FAMILY_IPV4}, false),
                                new NfSet.Element(new byte[] {NfExpressions.FAMILY_IPV6}, false)),
                        aliveMillis);
    }
}
