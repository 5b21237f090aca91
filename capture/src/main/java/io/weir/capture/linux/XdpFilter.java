package io.weir.capture.linux;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.lang.foreign.MemorySegment;

/**
 * Drops the packets of blocked sources on one interface as early as can be: in its driver, or, where the driver can't, when
 * the kernel first sees them. Ends with the process, whatever ends that: packets then pass. Used by one thread.
 *
 * <p>Addresses and prefixes that are blocked stand in maps with room for {@value #HOSTS} and {@value #PREFIXES} of each IP
 * version; what finds no room isn't blocked, and {@link #block} says so.
 */
public final class XdpFilter implements AutoCloseable {
    /** Some 5 MB of each version, taken at once; 65,536 cost no more to look up than one. */
    public static final int HOSTS = 65_536;

    public static final int PREFIXES = 16_384;

    private static final int FLAG_GENERIC = 2;
    private static final int FLAG_NATIVE = 4;

    private final XdpBlockList.Maps maps;
    private final Descriptor program;
    private final Descriptor link;
    private final boolean isNative;

    private XdpFilter(XdpBlockList.Maps maps, Descriptor program, Descriptor link, boolean isNative) {
        this.maps = maps;
        this.program = program;
        this.link = link;
        this.isNative = isNative;
    }

    /** Packets and bytes. */
    public record Tally(long packets, long bytes) {}

    /**
     * Attaches to an interface with nothing blocked.
     *
     * @throws KernelException if the process may not, or another program is attached there
     */
    public static XdpFilter attach(String interfaceName) throws KernelException {
        LinkDevice device = LinkDevice.of(interfaceName);
        XdpBlockList.Maps maps = makeMaps();
        Descriptor program = null;
        try {
            program = Bpf.loadXdp(XdpBlockList.program(maps));
            long linked = Bpf.linkXdp(program, device.index(), FLAG_NATIVE);
            boolean isNative = linked >= 0;
            if (linked == -Errno.EOPNOTSUPP || linked == -Errno.EINVAL) {
                linked = Bpf.linkXdp(program, device.index(), FLAG_GENERIC);
            }
            String attempt = "can't attach an XDP program to " + interfaceName;
            if (linked == -Errno.EBUSY || linked == -Errno.EEXIST) {
                throw KernelException.of(attempt, Errno.EBUSY, "another program is attached there");
            }
            return new XdpFilter(maps, program, Descriptor.of(linked, attempt), isNative);
        } catch (KernelException e) {
            if (program != null) {
                program.close();
            }
            close(maps);
            throw e;
        }
    }

    private static XdpBlockList.Maps makeMaps() throws KernelException {
        return new XdpBlockList.Maps(
                BpfMap.create(BpfMap.Kind.HASH, "weir_hosts4", 4, 1, HOSTS),
                BpfMap.create(BpfMap.Kind.LPM_TRIE, "weir_prefixes4", 8, 1, PREFIXES),
                BpfMap.create(BpfMap.Kind.HASH, "weir_hosts6", 16, 1, HOSTS),
                BpfMap.create(BpfMap.Kind.LPM_TRIE, "weir_prefixes6", 20, 1, PREFIXES),
                BpfMap.create(BpfMap.Kind.PERCPU_ARRAY, "weir_counters", 4, 16, XdpBlockList.COUNTERS));
    }

    /** Whether the driver itself runs the program. */
    public boolean isNative() {
        return isNative;
    }

    /**
     * Drops what comes from here from now on.
     *
     * @return whether there was room for it
     */
    public boolean block(IpPrefix prefix) throws KernelException {
        return map(prefix).put();
    }

    /**
     * Lets pass again what was blocked under this very prefix.
     *
     * @return whether it was
     */
    public boolean unblock(IpPrefix prefix) throws KernelException {
        return map(prefix).remove();
    }

    /** The map that a prefix belongs to, its key written. */
    private BpfMap map(IpPrefix prefix) {
        boolean isIpv4 = prefix.version() == 4;
        boolean isHost = prefix.length() == (isIpv4 ? Integer.SIZE : 2 * Long.SIZE);
        BpfMap map;
        if (isIpv4) {
            map = isHost ? maps.hosts4() : maps.prefixes4();
        } else {
            map = isHost ? maps.hosts6() : maps.prefixes6();
        }
        MemorySegment key = map.key();
        int at = 0;
        if (!isHost) {
            key.set(Native.INT, 0, prefix.length());
            at = Integer.BYTES;
        }
        if (isIpv4) {
            Native.putNetI32(key, at, (int) (prefix.low() ^ IpAddress.IPV4_MAPPED));
        } else {
            Native.putNetI64(key, at, prefix.high());
            Native.putNetI64(key, at + Long.BYTES, prefix.low());
        }
        return map;
    }

    /** What passed so far. */
    public Tally passed() throws KernelException {
        return tally(XdpBlockList.PASSED);
    }

    /** What was dropped so far because its source is blocked as a host. */
    public Tally droppedByHost() throws KernelException {
        return tally(XdpBlockList.HOST);
    }

    /** What was dropped so far because its source is in a blocked prefix. */
    public Tally droppedByPrefix() throws KernelException {
        return tally(XdpBlockList.PREFIX);
    }

    private Tally tally(int index) throws KernelException {
        BpfMap counters = maps.counters();
        counters.key().set(Native.INT, 0, index);
        counters.find();
        long packets = 0;
        long bytes = 0;
        for (long at = 0; at < counters.value().byteSize(); at += 2 * Long.BYTES) {
            packets += counters.value().get(Native.LONG, at);
            bytes += counters.value().get(Native.LONG, at + Long.BYTES);
        }
        return new Tally(packets, bytes);
    }

    private static void close(XdpBlockList.Maps maps) {
        maps.hosts4().close();
        maps.prefixes4().close();
        maps.hosts6().close();
        maps.prefixes6().close();
        maps.counters().close();
    }

    /** Detaches: everything passes. */
    @Override
    public void close() {
        link.close();
        program.close();
        close(maps);
    }
}
