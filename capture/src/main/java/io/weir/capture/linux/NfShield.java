package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The same by nftables, for interfaces and kernels that take no XDP program: a table of its own, {@code inet
 * weir_offload}, before the rules that send packets to a queue. Conversations of this side and whom it served are sets that
 * packets on their way out fill.
 *
 * <p>A process that is killed leaves the table behind; it drops nothing any more {@value #ALIVE_SECONDS} s later, as every
 * rule asks for an element that has to be set anew.
 */
public final class NfShield implements Shield {
    private static final String TABLE = "weir_offload";
    private static final NfTable.Family FAMILY = NfTable.Family.INET;

    /** Before {@link QueueRules}; and behind everything, where what they refuse doesn't come. */
    private static final int FIRST = -460;

    private static final int LAST = Integer.MAX_VALUE;

    /** A transaction of every ban there may be. */
    private static final int BATCH_BYTES = 16 << 20;

    /** After that a process that was killed drops nothing any more. */
    public static final int ALIVE_SECONDS = 4;

    private static final long ALIVE_MILLIS = 1_000L * ALIVE_SECONDS;
    private static final long BEAT_NANOS = 1_000_000_000L;
    private static final String ALIVE = "alive";
    private static final String BANNED = "banned";
    private static final String ARRIVING = "arriving";
    private static final String LEAVING = "leaving";
    private static final String GATE = "gate";
    private static final String NOTE = "note";

    private static final int FLOWS = 131_072;
    private static final int KNOWN = 65_536;

    private final NetlinkSocket socket;
    private final NfBatch batch = new NfBatch(BATCH_BYTES, FAMILY.number(), TABLE);
    private final NfBans bans = new NfBans();
    private final Set<Integer> counters = new HashSet<>();
    private List<String> interfaces = List.of();
    private List<QueueRules.Management> management;
    private List<ShieldRule> rules = List.of();
    private List<ShieldLimit> limits = List.of();
    private List<String> chains = List.of();
    private long beatNanos;
    /** At most half a second ago. */
    private long healedNanos;

    private NfShield(List<QueueRules.Management> management, NetlinkSocket socket) {
        this.management = List.copyOf(management);
        this.socket = socket;
    }

    /** Installs the table and attaches it. */
    static NfShield install(List<String> interfaces, List<IpPrefix> protect, List<QueueRules.Management> management)
            throws KernelException {
        NfShield made = load(protect, management);
        try {
            made.attach(interfaces);
            return made;
        } catch (KernelException e) {
            made.close();
            throw e;
        }
    }

    /**
     * Installs the table; no packet meets it yet.
     *
     * @param management what passes before everything
     * @throws KernelException if the process may not, or the kernel lacks a module; the message says which
     */
    public static NfShield load(List<IpPrefix> protect, List<QueueRules.Management> management) throws KernelException {
        NfShield made = new NfShield(management, NetlinkSocket.open(BATCH_BYTES));
        try {
            made.install(protect);
            return made;
        } catch (KernelException e) {
            made.socket.close();
            throw e;
        }
    }

    /** Takes out what any process left. Nothing there is no fault. */
    public static void remove() throws KernelException {
        new NfTable(FAMILY, TABLE, List.of()).remove();
    }

    /** Whether a process has one, or left one. */
    public static boolean isInstalled() throws KernelException {
        return new NfTable(FAMILY, TABLE, List.of()).exists();
    }

    private void install(List<IpPrefix> protect) throws KernelException {
        batch.begin().replaceTable();
        batch.counter(BANNED).set(ALIVE, NfSet.family().timed(), 2);
        for (int version : new int[] {4, 6}) {
            NfSet host = NfSet.hosts(version == 4);
            NfSet range = NfSet.prefixes(version == 4);
            batch.set("protect" + version, range, 2 * Math.max(1, protect.size()))
                    .set("trusted" + version, range, 2 * XdpShield.PREFIXES)
                    .set("hosts" + version, host, XdpShield.HOSTS)
                    .set("bans" + version, range, 2 * XdpShield.PREFIXES)
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
        commit("can't install the rules of table " + TABLE);
    }

    @Override
    public void attach(List<String> names) throws KernelException {
        interfaces = List.copyOf(names);
        batch.begin();
        for (String name : interfaces) {
            batch.rule(LEAVING, code -> {
                new NfStatement.OutputInterface(name).write(code);
                code.jump(NOTE);
            });
        }
        commit("can't attach the rules of table " + TABLE);
    }

    private void commit(String attempt) throws KernelException {
        int error = batch.commit(socket);
        if (error == -Errno.ENOENT) {
            throw KernelException.of(
                    attempt,
                    Errno.ENOENT,
                    "the kernel lacks a module of nftables (nft_numgen, nft_limit, nft_objref), or another program took the table out");
        }
        KernelException.check(error, attempt);
    }

    @Override
    public String way() {
        return "nftables";
    }

    @Override
    public boolean isPossible(ShieldRule.Kind kind, Signature signature) {
        return NfShieldRule.isPossible(kind, signature);
    }

    @Override
    public void rule(List<ShieldRule> wanted, List<ShieldLimit> wantedLimits) throws KernelException {
        exchange(management, wanted, wantedLimits);
    }

    @Override
    public void manage(List<QueueRules.Management> access) throws KernelException {
        exchange(access, rules, limits);
        management = List.copyOf(access);
    }

    @Override
    public void settle() throws KernelException {
        exchange(management, rules, limits);
    }

    private void exchange(List<QueueRules.Management> access, List<ShieldRule> wanted, List<ShieldLimit> wantedLimits)
            throws KernelException {
        batch.begin();
        List<String> made = write(access, wanted, wantedLimits);
        bans.write(batch);
        commit("can't exchange the rules of table " + TABLE);
        chains = made;
        rules = List.copyOf(wanted);
        limits = List.copyOf(wantedLimits);
        rules.forEach(rule -> counters.add(rule.slot()));
        limits.forEach(limit -> counters.add(limit.slot()));
        bans.settled();
    }

    /** All rules anew; answers the chains that were made for them. */
    private List<String> write(
            List<QueueRules.Management> access, List<ShieldRule> wanted, List<ShieldLimit> wantedLimits) {
        batch.emptyChain(ARRIVING).emptyChain(GATE);
        chains.forEach(batch::removeChain);
        boolean isEmpty = !bans.hasHosts() && !bans.hasPrefixes() && wanted.isEmpty() && wantedLimits.isEmpty();
        if (isEmpty) {
            return List.of();
        }
        beat();
        for (String name : interfaces) {
            batch.rule(ARRIVING, code -> {
                new NfStatement.InputInterface(name).write(code);
                code.jump(GATE);
            });
        }
        writeGate(access);
        List<String> made = new ArrayList<>();
        NfSlots slots = new NfSlots(batch, counters, GATE);
        wanted.forEach(rule -> made.add(slots.write(rule)));
        wantedLimits.forEach(limit -> made.add(slots.write(limit)));
        return made;
    }

    private void writeGate(List<QueueRules.Management> access) {
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
        for (int version : new int[] {4, 6}) {
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

    @Override
    public void trust(List<IpPrefix> trusted) throws KernelException {
        List<IpPrefix> held = trusted.subList(0, Math.min(trusted.size(), XdpShield.PREFIXES));
        batch.begin();
        for (int version : new int[] {4, 6}) {
            batch.emptySet("trusted" + version).add("trusted" + version, 0, NfSet.ranges(held, version), 0);
        }
        commit("can't exchange trusted prefixes in table " + TABLE);
    }

    @Override
    public boolean ban(IpPrefix prefix) {
        return bans.add(prefix);
    }

    @Override
    public boolean unban(IpPrefix prefix) {
        return bans.remove(prefix);
    }

    @Override
    public XdpShield.Tally banned() throws KernelException {
        return tally(BANNED);
    }

    @Override
    public XdpShield.Tally dropped(int slot) throws KernelException {
        return counters.contains(slot) ? tally(NfSlots.counter(slot)) : new XdpShield.Tally(0, 0);
    }

    private XdpShield.Tally tally(String counter) throws KernelException {
        return socket.tally(batch.question(counter), "can't read counter " + counter + " of table " + TABLE);
    }

    /** In the batch that is begun: empties the set first, as an element that ended may still be in it. */
    private void beat() {
        beatNanos = healedNanos;
        batch.emptySet(ALIVE)
                .add(
                        ALIVE,
                        0,
                        List.of(
                                new NfSet.Element(new byte[] {NfExpressions.FAMILY_IPV4}, false),
                                new NfSet.Element(new byte[] {NfExpressions.FAMILY_IPV6}, false)),
                        ALIVE_MILLIS);
    }

    @Override
    public List<String> heal(long nowNanos) throws KernelException {
        healedNanos = nowNanos;
        boolean isEmpty = !bans.hasHosts() && !bans.hasPrefixes() && rules.isEmpty() && limits.isEmpty();
        if (!isEmpty && nowNanos - beatNanos >= BEAT_NANOS) {
            batch.begin();
            beat();
            commit("can't keep the rules of table " + TABLE + " in force");
        }
        return List.of();
    }

    @Override
    public void close() {
        batch.begin().removeTable().commit(socket);
        socket.close();
    }
}
