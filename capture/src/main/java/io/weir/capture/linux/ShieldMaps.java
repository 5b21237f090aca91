package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the programs of {@link XdpShield} look up.
 *
 * @param protect destinations that are judged
 * @param looks which of those below are worth a look, and from when on connections are refused, 8 bytes each
 * @param hosts banned addresses
 * @param bans banned prefixes
 * @param refused sources whose connections get no further, 16 bytes each, of IPv6 the first eight alone
 * @param connections that get no further, and when a packet of each came last, 8 bytes
 * @param flows conversations of this side
 * @param known who was sent data over a connection
 * @param trusted prefixes that no limit holds for
 * @param limits which counter a limit has and what passes of it in a window, each 4 bytes, by kind and destination
 * @param buckets of limits: which window it is, and what passed in it, each 8 bytes
 * @param counters packets and bytes, each 8 bytes, of every processor
 */
record ShieldMaps(
        BpfMap protect,
        BpfMap looks,
        BpfMap hosts,
        BpfMap bans,
        BpfMap refused,
        BpfMap connections,
        BpfMap flows,
        BpfMap known,
        BpfMap trusted,
        BpfMap limits,
        BpfMap buckets,
        BpfMap counters)
        implements AutoCloseable {
    /** Banned addresses; the rest of bans are prefixes. */
    static final int HOSTS = 65_536;

    static final int PREFIXES = 16_384;
    private static final int REFUSED = 32_768;
    private static final int CONNECTIONS = 65_536;
    private static final int FLOWS = 131_072;
    private static final int KNOWN = 65_536;
    static final int ADDRESS_BYTES = 16;

    /** Makes them, all empty but for what is protected. */
    static ShieldMaps create(List<IpPrefix> protect) throws KernelException {
        List<BpfMap> open = new ArrayList<>();
        try {
            ShieldMaps made = new ShieldMaps(
                    map(open, BpfMap.Kind.LPM_TRIE, "weir_protect", 4 + ADDRESS_BYTES, 1, Math.max(1, protect.size())),
                    map(open, BpfMap.Kind.MAPPED_ARRAY, "weir_looks", 4, 16, 1),
                    map(open, BpfMap.Kind.HASH, "weir_hosts", ADDRESS_BYTES, 1, HOSTS),
                    map(open, BpfMap.Kind.LPM_TRIE, "weir_bans", 4 + ADDRESS_BYTES, 1, PREFIXES),
                    map(open, BpfMap.Kind.HASH, "weir_refused", ADDRESS_BYTES, 1, REFUSED),
                    map(open, BpfMap.Kind.LRU_HASH, "weir_conns", ShieldProgram.FLOW_BYTES, 8, CONNECTIONS),
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
                putKey(made.protect.key(), 0, prefix);
                made.protect.put();
            }
            return made;
        } catch (KernelException e) {
            open.forEach(BpfMap::close);
            throw e;
        }
    }

    private static BpfMap map(
            List<BpfMap> open, BpfMap.Kind kind, String name, int keyBytes, int valueBytes, int capacity)
            throws KernelException {
        BpfMap made = BpfMap.create(kind, name, keyBytes, valueBytes, capacity);
        open.add(made);
        return made;
    }

    /** Their names, with the entries that each has room for. */
    static String text() {
        return String.format(
                Locale.ROOT,
                "weir_protect, weir_looks, weir_hosts (%,d), weir_bans (%,d), weir_refused (%,d), weir_conns (%,d), weir_trusted (%,d), weir_known (%,d), weir_flows (%,d),"
                        + " weir_limits, weir_buckets and weir_counters (%,d each)",
                HOSTS,
                PREFIXES,
                REFUSED,
                CONNECTIONS,
                PREFIXES,
                KNOWN,
                FLOWS,
                ShieldProgram.COUNTERS);
    }

    /** The key of a prefix map. */
    static void putKey(MemorySegment key, int at, IpPrefix prefix) {
        key.set(Native.INT, at, mappedLength(prefix));
        putAddress(key, at + Integer.BYTES, prefix);
    }

    static void putAddress(MemorySegment key, int at, IpPrefix prefix) {
        putAddress(key, at, prefix.high(), prefix.low());
    }

    private static void putAddress(MemorySegment key, int at, long high, long low) {
        Native.putNetI64(key, at, high);
        Native.putNetI64(key, at + (long) Long.BYTES, low);
    }

    /** Of 128 bits. */
    static int mappedLength(IpPrefix prefix) {
        return prefix.length() + (prefix.version() == 4 ? 96 : 0);
    }

    /** The key of {@link #connections}, as the program writes it. */
    void putConnection(ShieldConnection one) {
        MemorySegment key = connections.key();
        putAddress(key, 0, one.sourceHigh(), one.sourceLow());
        putAddress(key, ADDRESS_BYTES, one.destinationHigh(), one.destinationLow());
        key.set(Native.SHORT, 2L * ADDRESS_BYTES, (short) one.sourcePort());
        key.set(Native.SHORT, 2L * ADDRESS_BYTES + 2, (short) one.destinationPort());
        key.set(Native.INT, 2L * ADDRESS_BYTES + 4, IpProtocol.TCP);
    }

    @Override
    public void close() {
        List.of(protect, looks, hosts, bans, refused, connections, flows, known, trusted, limits, buckets, counters)
                .forEach(BpfMap::close);
    }
}
