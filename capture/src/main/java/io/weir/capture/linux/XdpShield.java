package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Drops in the kernel what is condemned toward protected destinations, on some interfaces: banned sources, and what has a
 * signature. In the driver where it can, else where the kernel first sees a packet. Ends with the process, whatever ends
 * that: packets then go on to what stands behind. One thread.
 */
public final class XdpShield implements Shield {
    /** Banned addresses; the rest of bans are prefixes. */
    public static final int HOSTS = ShieldMaps.HOSTS;

    public static final int PREFIXES = ShieldMaps.PREFIXES;

    private final ShieldMaps maps;
    private final XdpLinks links;
    private final SourceSet banned;
    private final SourceSet refused;
    private final List<ShieldLimit> limits = new ArrayList<>();
    private List<QueueRules.Management> management;
    private List<IpPrefix> trusted = List.of();
    private List<ShieldRule> rules = List.of();
    private int looks;
    private int shown = ShieldProgram.SHOWN;
    private Descriptor program;

    private XdpShield(ShieldMaps maps, List<QueueRules.Management> management, boolean isBridge, Descriptor program) {
        this.maps = maps;
        this.links = new XdpLinks(maps, isBridge);
        this.banned = new SourceSet(maps.hosts(), maps.bans());
        this.refused = new SourceSet(maps.refused(), null);
        this.management = management;
        this.program = program;
    }

    /** Packets and bytes. */
    public record Tally(long packets, long bytes) {}

    /**
     * Loads them and attaches them to interfaces whose host is what they protect, or routes to it.
     *
     * @throws KernelException if the process may not, or another program is attached there
     */
    public static XdpShield attach(
            List<String> interfaces, List<IpPrefix> protect, List<QueueRules.Management> management)
            throws KernelException {
        XdpShield shield = load(protect, management, false);
        try {
            shield.attach(interfaces);
            return shield;
        } catch (KernelException e) {
            shield.close();
            throw e;
        }
    }

    @Override
    public String way() {
        return "XDP";
    }

    @Override
    public boolean isPossible(ShieldRule.Kind kind, Signature signature) {
        return ShieldRule.isPossible(kind, signature);
    }

    /** Its maps, with the entries that each has room for. */
    public static String maps() {
        return ShieldMaps.text();
    }

    /** Why the kernel takes no such program from this process, whatever the interface; empty if it does. */
    public static Optional<String> refusal() {
        try {
            load(List.of(), List.of(), false).close();
            return Optional.empty();
        } catch (KernelException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    /**
     * Loads the programs, attached nowhere: all can be tried, and nothing is dropped.
     *
     * @param management what passes before everything
     * @param isBridge whether all that leaves has come by the other interface, and is noted there
     * @throws KernelException if the process may not
     */
    public static XdpShield load(List<IpPrefix> protect, List<QueueRules.Management> management, boolean isBridge)
            throws KernelException {
        ShieldMaps maps = ShieldMaps.create(protect);
        try {
            Descriptor program = Bpf.loadXdp(ShieldProgram.ingress(maps, management, List.of(), ShieldProgram.SHOWN));
            return new XdpShield(maps, List.copyOf(management), isBridge, program);
        } catch (KernelException e) {
            maps.close();
            throw e;
        }
    }

    @Override
    public void attach(List<String> names) throws KernelException {
        links.attach(names, program);
    }

    @Override
    public List<String> heal(long nowNanos) throws KernelException {
        return links.heal(program);
    }

    /** The program that is attached. */
    Descriptor program() {
        return program;
    }

    XdpLinks links() {
        return links;
    }

    @Override
    public void rule(List<ShieldRule> wanted, List<ShieldLimit> wantedLimits) throws KernelException {
        for (ShieldLimit limit : wantedLimits) {
            if (!limits.contains(limit)) {
                limit(limit);
                limits.add(limit);
            }
        }
        if (!wanted.equals(rules)) {
            exchange(management, wanted);
            rules = List.copyOf(wanted);
        }
        for (ShieldLimit ended : List.copyOf(limits)) {
            if (!wantedLimits.contains(ended)) {
                limits.remove(ended);
                putLimitKey(ended);
                maps.limits().remove();
                for (ShieldLimit other : limits) {
                    if (isOfSame(other, ended)) {
                        limit(other);
                    }
                }
            }
        }
    }

    private static boolean isOfSame(ShieldLimit one, ShieldLimit other) {
        return one.kind() == other.kind() && one.destination().equals(other.destination());
    }

    private void limit(ShieldLimit limit) throws KernelException {
        putLimitKey(limit);
        maps.limits().value().set(Native.INT, 0, limit.slot());
        maps.limits().value().set(Native.INT, Integer.BYTES, limit.packetsPerWindow());
        maps.limits().put();
    }

    private void putLimitKey(ShieldLimit limit) {
        MemorySegment key = maps.limits().key();
        key.set(Native.INT, 0, 8 * Integer.BYTES + ShieldMaps.mappedLength(limit.destination()));
        key.set(Native.INT, Integer.BYTES, limit.kindKey());
        ShieldMaps.putAddress(key, 2 * Integer.BYTES, limit.destination());
    }

    /** Says that nobody behind it drops what is shown of a flood, so that less of it is, in all rules from now on. */
    public void standAlone() {
        shown = ShieldProgram.SHOWN_ALONE;
    }

    @Override
    public void manage(List<QueueRules.Management> access) throws KernelException {
        exchange(access, rules);
        management = List.copyOf(access);
    }

    private void exchange(List<QueueRules.Management> access, List<ShieldRule> wanted) throws KernelException {
        Descriptor made = Bpf.loadXdp(ShieldProgram.ingress(maps, access, wanted, shown));
        try {
            links.exchange(made);
        } catch (KernelException e) {
            made.close();
            throw e;
        }
        program.close();
        program = made;
    }

    @Override
    public int trust(List<IpPrefix> prefixes) throws KernelException {
        for (IpPrefix prefix : trusted) {
            ShieldMaps.putKey(maps.trusted().key(), 0, prefix);
            maps.trusted().remove();
        }
        trusted = List.copyOf(prefixes);
        int missing = 0;
        for (IpPrefix prefix : trusted) {
            ShieldMaps.putKey(maps.trusted().key(), 0, prefix);
            missing += maps.trusted().put() ? 0 : 1;
        }
        return missing;
    }

    /** How many rules and limits can be counted; their slots begin at 1. */
    public static int slots() {
        return ShieldProgram.SLOTS;
    }

    @Override
    public boolean ban(IpPrefix prefix) throws KernelException {
        return add(banned, ShieldProgram.BANS, prefix);
    }

    @Override
    public boolean unban(IpPrefix prefix) throws KernelException {
        return remove(banned, ShieldProgram.BANS, prefix);
    }

    @Override
    public boolean refuse(IpPrefix source) throws KernelException {
        return add(refused, ShieldProgram.SOURCES, source);
    }

    @Override
    public boolean canRefuse() {
        return true;
    }

    @Override
    public void hear(IpPrefix source) throws KernelException {
        remove(refused, ShieldProgram.SOURCES, source);
    }

    private boolean add(SourceSet set, int look, IpPrefix source) throws KernelException {
        boolean hasRoom = set.add(source);
        look(look, !set.isEmpty());
        return hasRoom;
    }

    private boolean remove(SourceSet set, int look, IpPrefix source) throws KernelException {
        boolean wasThere = set.remove(source);
        look(look, !set.isEmpty());
        return wasThere;
    }

    /** The program looks where there is something to find. */
    private void look(int look, boolean isOn) throws KernelException {
        int next = isOn ? looks | look : looks & ~look;
        if (next != looks) {
            maps.looks().value().set(Native.LONG, 0, next);
            maps.looks().put();
            looks = next;
        }
    }

    @Override
    public void refuse(ShieldConnection connection, long nowNanos) throws KernelException {
        if ((looks & ShieldProgram.CONNECTIONS) == 0) {
            // Before it looks: what was refused until all were heard again isn't refused any more.
            maps.looks().value().set(Native.LONG, 0, looks);
            maps.looks().value().set(Native.LONG, Long.BYTES, nowNanos);
            maps.looks().put();
        }
        maps.putConnection(connection);
        maps.connections().value().set(Native.LONG, 0, nowNanos);
        maps.connections().put();
        look(ShieldProgram.CONNECTIONS, true);
    }

    @Override
    public void hearConnections() throws KernelException {
        look(ShieldProgram.CONNECTIONS, false);
    }

    @Override
    public Tally refused() throws KernelException {
        return dropped(ShieldProgram.REFUSED);
    }

    @Override
    public void settle() {
        // Each is in force at once.
    }

    @Override
    public Tally banned() throws KernelException {
        return dropped(ShieldProgram.BANNED);
    }

    @Override
    public Tally dropped(int slot) throws KernelException {
        BpfMap counters = maps.counters();
        counters.key().set(Native.INT, 0, slot);
        counters.find();
        long packets = 0;
        long bytes = 0;
        for (long at = 0; at < counters.value().byteSize(); at += 2 * Long.BYTES) {
            packets += counters.value().get(Native.LONG, at);
            bytes += counters.value().get(Native.LONG, at + Long.BYTES);
        }
        return new Tally(packets, bytes);
    }

    /** Detaches: nothing is dropped any more. */
    @Override
    public void close() {
        links.close();
        program.close();
        maps.close();
    }
}
