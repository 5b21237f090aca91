package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    /** A transaction of every ban there may be. */
    private static final int BATCH_BYTES = 16 << 20;

    /** After that a process that was killed drops nothing any more. */
    public static final int ALIVE_SECONDS = 4;

    private static final long ALIVE_MILLIS = 1_000L * ALIVE_SECONDS;
    private static final long BEAT_NANOS = 1_000_000_000L;

    /** Sets that are full stay so for minutes: once is enough for a log. */
    private static final long FULL_REPEAT_NANOS = 600_000_000_000L;

    private final NetlinkSocket socket;
    private final NfBatch batch = new NfBatch(BATCH_BYTES, NfShieldTable.FAMILY.number(), NfShieldTable.NAME);
    private final NfShieldTable table = new NfShieldTable(batch);
    private final NfTallies tallies;
    private final NfBans bans = new NfBans();
    private final Set<Integer> counters = new HashSet<>();
    private final List<IpPrefix> protect;
    private List<IpPrefix> trusted = List.of();
    private List<String> interfaces = List.of();
    private List<QueueRules.Management> management;
    private List<ShieldRule> rules = List.of();
    private List<ShieldLimit> limits = List.of();
    /** Of signatures and limits, with how many rules each has, and jumps to it. */
    private Map<String, Integer> chains = Map.of();

    private boolean areBansInForce;
    private long beatNanos;
    /** At most half a second ago. */
    private long healedNanos;

    private long fullPackets;
    private long fullNanos;

    private NfShield(List<IpPrefix> protect, List<QueueRules.Management> management, NetlinkSocket socket) {
        this.protect = List.copyOf(protect);
        this.management = List.copyOf(management);
        this.socket = socket;
        this.tallies = new NfTallies(socket, batch, NfShieldTable.NAME);
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
        NfShield made = new NfShield(protect, management, NetlinkSocket.open(BATCH_BYTES));
        try {
            made.batch.begin();
            made.table.install(made.protect);
            made.commit("can't install the rules of table " + NfShieldTable.NAME);
            return made;
        } catch (KernelException e) {
            made.socket.close();
            throw e;
        }
    }

    /** Takes out what any process left. Nothing there is no fault. */
    public static void remove() throws KernelException {
        new NfTable(NfShieldTable.FAMILY, NfShieldTable.NAME, List.of()).remove();
    }

    /** Whether a process has one, or left one. */
    public static boolean isInstalled() throws KernelException {
        return new NfTable(NfShieldTable.FAMILY, NfShieldTable.NAME, List.of()).exists();
    }

    /** What it puts into the kernel, as {@code nft list table inet weir_offload} shows it, and what comes in a flood. */
    public static String plan(List<String> interfaces, List<IpPrefix> protect, List<QueueRules.Management> management) {
        return NfShieldPlan.text(interfaces, protect, management);
    }

    @Override
    public void attach(List<String> names) throws KernelException {
        batch.begin();
        table.attach(names);
        commit("can't attach the rules of table " + NfShieldTable.NAME);
        interfaces = List.copyOf(names);
    }

    private void commit(String attempt) throws KernelException {
        int error = batch.commit(socket);
        if (error == -Errno.ENOENT) {
            if (!isWhole()) {
                throw KernelException.lost(attempt);
            }
            throw KernelException.of(
                    attempt, Errno.ENOENT, "the kernel lacks a module of nftables (nft_numgen, nft_limit, nft_objref)");
        }
        KernelException.check(error, attempt);
    }

    /** Whether the chains that the kernel calls, and those that these call, are there and have their rules. */
    private boolean isWhole() throws KernelException {
        int leaving = batch.rules(NfShieldTable.LEAVING);
        int arriving = batch.rules(NfShieldTable.ARRIVING);
        if (!isUsed(NfShieldTable.LEAVING, leaving)
                || !isUsed(NfShieldTable.NOTE, batch.rules(NfShieldTable.NOTE) + leaving)
                || !isUsed(NfShieldTable.ARRIVING, arriving)
                || !isUsed(NfShieldTable.GATE, batch.rules(NfShieldTable.GATE) + arriving)) {
            return false;
        }
        for (Map.Entry<String, Integer> chain : chains.entrySet()) {
            if (!isUsed(chain.getKey(), chain.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** @param count of its rules, and of jumps to it */
    private boolean isUsed(String chain, int count) throws KernelException {
        long uses = socket.uses(batch.chainQuestion(chain));
        return uses != -Errno.ENOENT
                && KernelException.check(uses, "can't look for table " + NfShieldTable.NAME) >= count;
    }

    private boolean isDropping() {
        return !chains.isEmpty() || areBansInForce;
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
    }

    @Override
    public void settle() throws KernelException {
        exchange(management, rules, limits);
    }

    private void exchange(List<QueueRules.Management> access, List<ShieldRule> wanted, List<ShieldLimit> wantedLimits)
            throws KernelException {
        batch.begin();
        table.clear(chains.keySet());
        Map<String, Integer> made = write(access, wanted, wantedLimits);
        bans.write(batch);
        commit("can't exchange the rules of table " + NfShieldTable.NAME);
        taken(access, wanted, wantedLimits, made);
    }

    /** Answers the chains that are made. */
    private Map<String, Integer> write(
            List<QueueRules.Management> access, List<ShieldRule> wanted, List<ShieldLimit> wantedLimits) {
        if (bans.isEmpty() && wanted.isEmpty() && wantedLimits.isEmpty()) {
            return Map.of();
        }
        beat();
        return table.write(interfaces, access, bans, counters, wanted, wantedLimits);
    }

    private void taken(
            List<QueueRules.Management> access,
            List<ShieldRule> wanted,
            List<ShieldLimit> wantedLimits,
            Map<String, Integer> made) {
        management = List.copyOf(access);
        chains = made;
        rules = List.copyOf(wanted);
        limits = List.copyOf(wantedLimits);
        rules.forEach(rule -> counters.add(rule.slot()));
        limits.forEach(limit -> counters.add(limit.slot()));
        bans.settled();
        areBansInForce = !bans.isEmpty();
    }

    @Override
    public int trust(List<IpPrefix> prefixes) throws KernelException {
        List<IpPrefix> held = prefixes.subList(0, Math.min(prefixes.size(), XdpShield.PREFIXES));
        batch.begin();
        table.trust(held);
        commit("can't exchange trusted prefixes in table " + NfShieldTable.NAME);
        trusted = List.copyOf(held);
        return prefixes.size() - held.size();
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
        return tally(NfShieldTable.BANNED, true);
    }

    @Override
    public XdpShield.Tally dropped(int slot) throws KernelException {
        return tally(NfSlots.counter(slot), counters.contains(slot));
    }

    private XdpShield.Tally tally(String counter, boolean isThere) throws KernelException {
        try {
            return tallies.of(counter, isThere);
        } catch (KernelException refused) {
            if (refused.errorNumber() == Errno.ENOENT) {
                throw KernelException.lost("can't read counter " + counter + " of table " + NfShieldTable.NAME);
            }
            throw refused;
        }
    }

    /** In the batch that is begun. */
    private void beat() {
        beatNanos = healedNanos;
        table.beat(ALIVE_MILLIS);
    }

    @Override
    public List<String> heal(long nowNanos) throws KernelException {
        healedNanos = nowNanos;
        List<String> said = new ArrayList<>();
        if (!isWhole()) {
            restore();
            said.add("another program took table inet " + NfShieldTable.NAME
                    + " or rules of it out of the kernel: put back, after at most a second in which weir dropped all"
                    + " itself; of conversations the kernel knows those alone that go on");
        } else if (isDropping() && nowNanos - beatNanos >= BEAT_NANOS) {
            batch.begin();
            beat();
            commit("can't keep the rules of table " + NfShieldTable.NAME + " in force");
        }
        noteFull(nowNanos, said);
        return said;
    }

    private void restore() throws KernelException {
        tallies.beginAnew();
        bans.beginAnew();
        counters.clear();
        batch.begin();
        table.install(protect);
        table.attach(interfaces);
        table.trust(trusted);
        Map<String, Integer> made = write(management, rules, limits);
        bans.write(batch);
        commit("can't put back table " + NfShieldTable.NAME);
        taken(management, rules, limits, made);
    }

    /** An element that finds no room in a set is nowhere else counted. */
    private void noteFull(long nowNanos, List<String> said) throws KernelException {
        XdpShield.Tally full = tally(NfConversations.FULL, true);
        boolean isNew = full.packets() > fullPackets;
        fullPackets = full.packets();
        if (isNew && (fullNanos == 0 || nowNanos - fullNanos >= FULL_REPEAT_NANOS)) {
            fullNanos = nowNanos;
            said.add(String.format(
                    Locale.ROOT,
                    "table inet %s has no room for more: %,d conversations or %,d sources that were served, of one IP"
                            + " version. The kernel takes more of them for strangers, which limits and signatures hold for",
                    NfShieldTable.NAME,
                    NfShieldTable.FLOWS,
                    NfShieldTable.KNOWN));
        }
    }

    @Override
    public void close() {
        batch.begin().removeTable().commit(socket);
        socket.close();
    }
}
