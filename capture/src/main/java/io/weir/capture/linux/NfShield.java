package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.signature.Signature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The same by nftables, for interfaces and kernels that take no XDP program: a table of its own, {@code inet
 * weir_offload}, before the rules that send packets to a queue. Conversations of this side and whom it served are sets that
 * packets on their way out fill.
 *
 * <p>A process that is killed leaves the table behind; it drops nothing any more {@value #ALIVE_SECONDS} s later, as every
 * rule asks for an element that has to be set anew.
 */
public final class NfShield implements Shield {
    static final int SOURCE_AT = 12;
    static final int SOURCE_V6_AT = 8;
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
    private static final long CONNECTION_MILLIS = 600_000;
    private static final long EXCHANGE_MILLIS = 30_000;
    private static final long KNOWN_MILLIS = 3_600_000;

    private final List<String> interfaces;
    private final NetlinkSocket socket;
    private final NfBatch batch = new NfBatch(BATCH_BYTES, FAMILY.number(), TABLE);
    private final Set<IpPrefix> hosts = new HashSet<>();
    private final Set<IpPrefix> prefixes = new HashSet<>();
    private final Set<IpPrefix> newHosts = new HashSet<>();
    private final Set<IpPrefix> endedHosts = new HashSet<>();
    private final Set<Integer> counters = new HashSet<>();
    private boolean arePrefixesNew;
    private List<QueueRules.Management> management;
    private List<ShieldRule> rules = List.of();
    private List<ShieldLimit> limits = List.of();
    private List<String> chains = List.of();
    private long beatNanos;

    private NfShield(List<String> interfaces, List<QueueRules.Management> management, NetlinkSocket socket) {
        this.interfaces = List.copyOf(interfaces);
        this.management = List.copyOf(management);
        this.socket = socket;
    }

    /**
     * Installs the table; nothing is dropped yet.
     *
     * @param management what passes before everything
     * @throws KernelException if the process may not, or the kernel lacks a module; the message says which
     */
    public static NfShield install(
            List<String> interfaces, List<IpPrefix> protect, List<QueueRules.Management> management)
            throws KernelException {
        NfShield made = new NfShield(interfaces, management, NetlinkSocket.open(BATCH_BYTES));
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
                    .add("protect" + version, 0, NfSet.ranges(protect, version), 0);
        }
        batch.chain(GATE)
                .chain(NOTE)
                .chain(ARRIVING, NfTable.Hook.PREROUTING, "", FIRST, false)
                .chain(LEAVING, NfTable.Hook.POSTROUTING, "", LAST, false);
        for (String name : interfaces) {
            batch.rule(LEAVING, code -> {
                new NfStatement.OutputInterface(name).write(code);
                code.jump(NOTE);
            });
        }
        note(4);
        note(6);
        commit("can't install the rules of table " + TABLE);
    }

    /** What this side sends makes a conversation; data that it sends on a connection, whom it serves. */
    private void note(int version) {
        String flows = "flows" + version;
        // What answers a forged SYN isn't one; what acknowledges comes after a handshake.
        note(version, TcpFlags.ACK, code -> flow(code, version, false, true).update(flows, CONNECTION_MILLIS));
        note(version, TcpFlags.SYN, code -> flow(code, version, false, true).update(flows, EXCHANGE_MILLIS));
        batch.rule(NOTE, code -> {
            family(code, version)
                    .meta(NfExpressions.META_PROTOCOL)
                    .compare(true, NfSet.number(IpProtocol.UDP, 1));
            flow(code, version, false, true).update(flows, EXCHANGE_MILLIS);
        });
        batch.rule(NOTE, code -> {
            family(code, version)
                    .meta(NfExpressions.META_PROTOCOL)
                    .compare(true, NfSet.number(version == 4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, 1))
                    // Of messages an echo request alone is answered by what it started.
                    .payload(NfExpressions.TRANSPORT_HEADER, 0, 1)
                    .compare(true, NfSet.number(version == 4 ? 8 : 128, 1));
            flow(code, version, false, false).update(flows, EXCHANGE_MILLIS);
        });
        note(version, TcpFlags.ACK, code -> {
            // More than headers with all their options.
            code.payload(NfExpressions.NETWORK_HEADER, version == 4 ? 2 : 4, Short.BYTES)
                    .range(NfSet.number(version == 4 ? 121 : 61, Short.BYTES), NfSet.number(0xffff, Short.BYTES));
            address(code, version, false).update("known" + version, KNOWN_MILLIS);
        });
    }

    private void note(int version, int flags, Consumer<NfExpressions> rest) {
        batch.rule(NOTE, code -> {
            family(code, version)
                    .meta(NfExpressions.META_PROTOCOL)
                    .compare(true, NfSet.number(IpProtocol.TCP, 1))
                    .payload(NfExpressions.TRANSPORT_HEADER, 13, 1)
                    .mask(NfSet.number(TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST, 1))
                    .compare(true, NfSet.number(flags, 1));
            rest.accept(code);
        });
    }

    private static NfExpressions family(NfExpressions code, int version) {
        byte family = version == 4 ? NfExpressions.FAMILY_IPV4 : NfExpressions.FAMILY_IPV6;
        return code.meta(NfExpressions.META_FAMILY).compare(true, new byte[] {family});
    }

    private static NfExpressions address(NfExpressions code, int version, boolean isSource) {
        int bytes = NfSet.hosts(version == 4).keyBytes();
        int from = version == 4 ? SOURCE_AT : SOURCE_V6_AT;
        return code.payload(NfExpressions.NETWORK_HEADER, isSource ? from : from + bytes, bytes);
    }

    /** Loads remote address, local address, protocol, remote port, local port. */
    private static NfExpressions flow(NfExpressions code, int version, boolean isArriving, boolean hasPorts) {
        int bytes = NfSet.hosts(version == 4).keyBytes();
        int words = bytes / Integer.BYTES;
        int from = version == 4 ? SOURCE_AT : SOURCE_V6_AT;
        int next = NfExpressions.FIRST_WORD + 2 * words;
        code.payload(NfExpressions.NETWORK_HEADER, isArriving ? from : from + bytes, bytes, NfExpressions.FIRST_WORD)
                .payload(
                        NfExpressions.NETWORK_HEADER,
                        isArriving ? from + bytes : from,
                        bytes,
                        NfExpressions.FIRST_WORD + words)
                .meta(NfExpressions.META_PROTOCOL, next);
        if (!hasPorts) {
            return code.constant(new byte[Integer.BYTES], next + 1).constant(new byte[Integer.BYTES], next + 2);
        }
        return code.payload(NfExpressions.TRANSPORT_HEADER, isArriving ? 0 : 2, Short.BYTES, next + 1)
                .payload(NfExpressions.TRANSPORT_HEADER, isArriving ? 2 : 0, Short.BYTES, next + 2);
    }

    private void commit(String attempt) throws KernelException {
        int error = batch.commit(socket);
        if (error == -Errno.ENOENT) {
            throw KernelException.of(attempt, Errno.ENOENT, "the kernel lacks a module of nftables (nft_numgen, nft_limit, nft_objref)");
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

    @Override
    public void rehearse(List<ShieldRule> some, List<ShieldLimit> someLimits) throws KernelException {
        batch.begin();
        write(
                management,
                some.stream()
                        .filter(rule -> isPossible(rule.kind(), rule.signature()))
                        .toList(),
                someLimits);
        KernelException.check(batch.rehearse(socket), "can't have rules of table " + TABLE + " checked");
    }

    private void exchange(List<QueueRules.Management> access, List<ShieldRule> wanted, List<ShieldLimit> wantedLimits)
            throws KernelException {
        batch.begin();
        List<String> made = write(access, wanted, wantedLimits);
        writeBans();
        commit("can't exchange the rules of table " + TABLE);
        chains = made;
        rules = List.copyOf(wanted);
        limits = List.copyOf(wantedLimits);
        rules.forEach(rule -> counters.add(rule.slot()));
        limits.forEach(limit -> counters.add(limit.slot()));
        newHosts.clear();
        endedHosts.clear();
        arePrefixesNew = false;
    }

    /** All rules anew; answers the chains that were made for them. */
    private List<String> write(
            List<QueueRules.Management> access, List<ShieldRule> wanted, List<ShieldLimit> wantedLimits) {
        batch.emptyChain(ARRIVING).emptyChain(GATE);
        chains.forEach(batch::removeChain);
        boolean isEmpty = hosts.isEmpty() && prefixes.isEmpty() && wanted.isEmpty() && wantedLimits.isEmpty();
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
        wanted.forEach(rule -> made.add(writeSlot(rule)));
        wantedLimits.forEach(limit -> made.add(writeSlot(limit)));
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
        batch.rule(GATE, code -> code.meta(NfExpressions.META_FAMILY)
                .lookup(ALIVE, false)
                .accept());
        if (!hosts.isEmpty()) {
            writeBan("hosts");
        }
        if (!prefixes.isEmpty()) {
            writeBan("bans");
        }
    }

    private void writeBan(String set) {
        for (int version : new int[] {4, 6}) {
            batch.rule(GATE, code -> {
                address(family(code, version), version, true).lookup(set + version, true);
                address(code, version, false).lookup("protect" + version, true).count(BANNED).drop();
            });
        }
    }

    /** One packet in some goes on to user space, which drops it. */
    private String writeSlot(ShieldRule rule) {
        String chain = writeSlot(rule.slot(), rule.kind(), rule.destination(), "s");
        batch.rule(chain, code -> code.oneOf(ShieldProgram.SHOWN).accept())
                .rule(chain, code -> code.count(counter(rule.slot())).drop());
        NfShieldRule.write(batch, GATE, rule, chain);
        return chain;
    }

    private String writeSlot(ShieldLimit limit) {
        int version = limit.destination().version();
        String chain = writeSlot(limit.slot(), limit.kind(), limit.destination(), "l");
        for (String set : new String[] {"trusted", "known"}) {
            batch.rule(
                    chain, code -> address(code, version, true).lookup(set + version, true).accept());
        }
        batch.rule(chain, code -> code.within(limit.packetsPerSecond(), limit.packetsPerWindow())
                        .accept())
                .rule(chain, code -> code.count(counter(limit.slot())).drop());
        NfShieldRule.write(batch, GATE, limit, chain);
        return chain;
    }

    /** What belongs to a conversation of this side is left to user space. */
    private String writeSlot(int slot, ShieldRule.Kind kind, IpPrefix destination, String prefix) {
        String chain = prefix + slot;
        if (!counters.contains(slot)) {
            batch.counter(counter(slot));
        }
        batch.chain(chain);
        if (!ShieldRuleCode.isByItself(kind)) {
            int version = destination.version();
            batch.rule(chain, code -> flow(code, version, true, kind != ShieldRule.Kind.MESSAGE)
                    .lookup("flows" + version, true)
                    .accept());
        }
        return chain;
    }

    private static String counter(int slot) {
        return "slot" + slot;
    }

    private void writeBans() {
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

    @Override
    public boolean unban(IpPrefix prefix) {
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

    @Override
    public XdpShield.Tally banned() throws KernelException {
        return tally(BANNED);
    }

    @Override
    public XdpShield.Tally dropped(int slot) throws KernelException {
        return counters.contains(slot) ? tally(counter(slot)) : new XdpShield.Tally(0, 0);
    }

    private XdpShield.Tally tally(String counter) throws KernelException {
        return socket.tally(batch.question(counter), "can't read counter " + counter + " of table " + TABLE);
    }

    /** In the batch that is begun: empties the set first, as an element that ended may still be in it. */
    private void beat() {
        beatNanos = System.nanoTime();
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
    public List<String> heal() throws KernelException {
        boolean isEmpty = hosts.isEmpty() && prefixes.isEmpty() && rules.isEmpty() && limits.isEmpty();
        if (!isEmpty && System.nanoTime() - beatNanos >= BEAT_NANOS) {
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
