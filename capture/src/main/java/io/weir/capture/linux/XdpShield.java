package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Drops in the kernel what is condemned toward protected destinations, on some interfaces: banned sources, and what has a
 * signature. In the driver where it can, else where the kernel first sees a packet. Ends with the process, whatever ends
 * that: packets then go on to what stands behind. One thread.
 */
public final class XdpShield implements Shield {
    /** Banned addresses; the rest of bans are prefixes. */
    public static final int HOSTS = 65_536;

    public static final int PREFIXES = 16_384;
    private static final int REFUSED = 32_768;
    private static final int FLOWS = 131_072;
    private static final int KNOWN = 65_536;
    private static final int FLAG_GENERIC = 2;
    private static final int FLAG_NATIVE = 4;
    private static final int ADDRESS_BYTES = 16;

    private final ShieldProgram.Maps maps;
    private List<String> interfaces = List.of();
    private final boolean isBridge;
    private List<QueueRules.Management> management;
    private List<IpPrefix> trusted = List.of();
    private List<ShieldRule> rules = List.of();
    private final List<ShieldLimit> limits = new ArrayList<>();
    private final Set<IpPrefix> banned = new HashSet<>();
    private final Set<IpPrefix> refused = new HashSet<>();
    private int shown = ShieldProgram.SHOWN;
    private final List<AutoCloseable> open;
    private final List<Attached> attached = new ArrayList<>();
    private Descriptor program;

    private XdpShield(
            ShieldProgram.Maps maps,
            List<QueueRules.Management> management,
            boolean isBridge,
            List<AutoCloseable> open,
            Descriptor program) {
        this.maps = maps;
        this.isBridge = isBridge;
        this.management = management;
        this.open = open;
        this.program = program;
    }

    /** What holds both programs to an interface, as long as that is there. */
    private record Attached(
            String name,
            int index,
            Descriptor ingress,
            @Nullable Descriptor egress) {
        void close() {
            ingress.close();
            if (egress != null) {
                egress.close();
            }
        }
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
        return String.format(
                Locale.ROOT,
                "weir_protect, weir_hosts (%,d), weir_bans (%,d), weir_refused (%,d), weir_trusted (%,d), weir_known (%,d), weir_flows (%,d), weir_limits,"
                        + " weir_buckets and weir_counters (%,d each)",
                HOSTS,
                PREFIXES,
                REFUSED,
                PREFIXES,
                KNOWN,
                FLOWS,
                ShieldProgram.COUNTERS);
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
        List<AutoCloseable> open = new ArrayList<>();
        try {
            ShieldProgram.Maps maps = new ShieldProgram.Maps(
                    map(open, BpfMap.Kind.LPM_TRIE, "weir_protect", 4 + ADDRESS_BYTES, 1, Math.max(1, protect.size())),
                    map(open, BpfMap.Kind.HASH, "weir_hosts", ADDRESS_BYTES, 1, HOSTS),
                    map(open, BpfMap.Kind.LPM_TRIE, "weir_bans", 4 + ADDRESS_BYTES, 1, PREFIXES),
                    map(open, BpfMap.Kind.HASH, "weir_refused", ADDRESS_BYTES, 1, REFUSED),
                    map(open, BpfMap.Kind.LRU_HASH, "weir_flows", ShieldProgram.FLOW_BYTES, 4, FLOWS),
                    map(open, BpfMap.Kind.LRU_HASH, "weir_known", ADDRESS_BYTES, 4, KNOWN),
                    map(open, BpfMap.Kind.LPM_TRIE, "weir_trusted", 4 + ADDRESS_BYTES, 1, PREFIXES),
                    map(
                            open,
                            BpfMap.Kind.LPM_TRIE,
                            "weir_limits",
                            ShieldProgram.LIMIT_BYTES,
                            8,
                            ShieldProgram.COUNTERS),
                    map(open, BpfMap.Kind.MAPPED_ARRAY, "weir_buckets", 4, 16, ShieldProgram.COUNTERS),
                    map(open, BpfMap.Kind.PERCPU_ARRAY, "weir_counters", 4, 16, ShieldProgram.COUNTERS));
            for (IpPrefix prefix : protect) {
                putKey(maps.protect().key(), 0, prefix);
                maps.protect().put();
            }
            Descriptor program =
                    Bpf.loadXdp(ShieldProgram.ingress(maps, management, false, false, List.of(), ShieldProgram.SHOWN));
            return new XdpShield(maps, List.copyOf(management), isBridge, open, program);
        } catch (KernelException e) {
            closeAll(open);
            throw e;
        }
    }

    private static BpfMap map(
            List<AutoCloseable> open, BpfMap.Kind kind, String name, int keyBytes, int valueBytes, int capacity)
            throws KernelException {
        BpfMap made = BpfMap.create(kind, name, keyBytes, valueBytes, capacity);
        open.add(made);
        return made;
    }

    @Override
    public void attach(List<String> names) throws KernelException {
        interfaces = List.copyOf(names);
        for (String name : names) {
            attach(LinkDevice.of(name));
        }
    }

    private void attach(LinkDevice device) throws KernelException {
        String attempt = "can't attach an XDP program to " + device.name();
        long linked = Bpf.link(Bpf.Type.XDP, program, device.index(), FLAG_NATIVE);
        boolean isTaken = linked == -Errno.EBUSY || linked == -Errno.EEXIST;
        if (linked < 0 && !isTaken && linked != -Errno.EPERM) {
            // Each driver has its own word for what it can't: an MTU (ERANGE), queues (ENOMEM), offloads.
            linked = Bpf.link(Bpf.Type.XDP, program, device.index(), FLAG_GENERIC);
        }
        if (linked == -Errno.EBUSY || linked == -Errno.EEXIST) {
            throw KernelException.of(attempt, Errno.EBUSY, "another program is attached there");
        }
        Descriptor ingress = Descriptor.of(linked, attempt);
        if (isBridge) {
            attached.add(new Attached(device.name(), device.index(), ingress, null));
            return;
        }
        try (Descriptor egress = Bpf.load(Bpf.Type.TC, ShieldProgram.egress(maps))) {
            Descriptor outward = Descriptor.of(
                    Bpf.link(Bpf.Type.TC, egress, device.index(), 0),
                    "can't attach a program to what leaves " + device.name() + " (tcx, Linux 6.6 or newer)");
            attached.add(new Attached(device.name(), device.index(), ingress, outward));
        } catch (KernelException e) {
            ingress.close();
            throw e;
        }
    }

    /** Attaches to interfaces that were removed and are there again, under another number; lets go of those that are removed. */
    @Override
    public List<String> heal(long nowNanos) throws KernelException {
        List<String> back = new ArrayList<>();
        for (String name : interfaces) {
            int index = LinkDevice.index(name);
            for (Attached one : List.copyOf(attached)) {
                if (one.name().equals(name) && one.index() != index) {
                    one.close();
                    attached.remove(one);
                }
            }
            if (index != 0 && attached.stream().noneMatch(one -> one.name().equals(name))) {
                try {
                    attach(LinkDevice.of(name));
                    back.add(name);
                } catch (KernelException gone) {
                    // Removed again, or taken by another's program: it is tried again next time.
                }
            }
        }
        return back;
    }

    /** The program that is attached. */
    Descriptor program() {
        return program;
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
        key.set(Native.INT, 0, 8 * Integer.BYTES + mappedLength(limit.destination()));
        key.set(Native.INT, Integer.BYTES, limit.kindKey());
        putAddress(key, 2 * Integer.BYTES, limit.destination());
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
        Descriptor made =
                Bpf.loadXdp(ShieldProgram.ingress(maps, access, !banned.isEmpty(), !refused.isEmpty(), wanted, shown));
        for (Attached one : attached) {
            long result = Bpf.exchange(one.ingress(), made);
            // Of an interface that was removed nothing comes.
            if (result < 0 && result != -Errno.ENOLINK) {
                made.close();
                throw KernelException.of("can't exchange an XDP program", (int) -result);
            }
        }
        program.close();
        program = made;
    }

    /** Those beyond {@link #PREFIXES} find no room. */
    @Override
    public void trust(List<IpPrefix> prefixes) throws KernelException {
        for (IpPrefix prefix : trusted) {
            putKey(maps.trusted().key(), 0, prefix);
            maps.trusted().remove();
        }
        trusted = List.copyOf(prefixes);
        for (IpPrefix prefix : trusted) {
            putKey(maps.trusted().key(), 0, prefix);
            maps.trusted().put();
        }
    }

    /** How many rules and limits can be counted; their slots begin at 1. */
    public static int slots() {
        return ShieldProgram.SLOTS;
    }

    @Override
    public boolean ban(IpPrefix prefix) throws KernelException {
        boolean hasRoom = bans(prefix).put();
        if (hasRoom && banned.add(prefix) && banned.size() == 1) {
            exchange(management, rules);
        }
        return hasRoom;
    }

    @Override
    public boolean unban(IpPrefix prefix) throws KernelException {
        boolean wasThere = bans(prefix).remove();
        if (banned.remove(prefix) && banned.isEmpty()) {
            exchange(management, rules);
        }
        return wasThere;
    }

    @Override
    public boolean refuse(IpPrefix source) throws KernelException {
        putAddress(maps.refused().key(), 0, source);
        boolean hasRoom = maps.refused().put();
        if (hasRoom && refused.add(source) && refused.size() == 1) {
            exchange(management, rules);
        }
        return hasRoom;
    }

    @Override
    public void hear(IpPrefix source) throws KernelException {
        putAddress(maps.refused().key(), 0, source);
        maps.refused().remove();
        if (refused.remove(source) && refused.isEmpty()) {
            exchange(management, rules);
        }
    }

    @Override
    public Tally refused() throws KernelException {
        return dropped(ShieldProgram.REFUSED);
    }

    @Override
    public void settle() {
        // Each is in force at once.
    }

    private BpfMap bans(IpPrefix prefix) {
        boolean isHost = mappedLength(prefix) == 8 * ADDRESS_BYTES;
        BpfMap map = isHost ? maps.hosts() : maps.bans();
        if (isHost) {
            putAddress(map.key(), 0, prefix);
        } else {
            putKey(map.key(), 0, prefix);
        }
        return map;
    }

    private static void putKey(MemorySegment key, int at, IpPrefix prefix) {
        key.set(Native.INT, at, mappedLength(prefix));
        putAddress(key, at + Integer.BYTES, prefix);
    }

    private static void putAddress(MemorySegment key, int at, IpPrefix prefix) {
        Native.putNetI64(key, at, prefix.high());
        Native.putNetI64(key, at + (long) Long.BYTES, prefix.low());
    }

    private static int mappedLength(IpPrefix prefix) {
        return prefix.length() + (prefix.version() == 4 ? 96 : 0);
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

    private static void closeAll(List<AutoCloseable> open) {
        for (AutoCloseable one : open) {
            switch (one) {
                case BpfMap map -> map.close();
                case Descriptor descriptor -> descriptor.close();
                default -> throw new IllegalStateException(one.toString());
            }
        }
    }

    /** Detaches: nothing is dropped any more. */
    @Override
    public void close() {
        attached.forEach(Attached::close);
        program.close();
        closeAll(open);
    }
}
