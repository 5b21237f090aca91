package io.weir.capture.linux;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.NumberSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What a set of the kernel's netfilter holds.
 *
 * @param type how nft(8) shows a key; the kernel doesn't mind
 * @param isInterval ranges; else single keys
 * @param isTimed whether elements may end by themselves
 * @param isDynamic whether packets enter elements
 */
record NfSet(int type, int keyBytes, boolean isInterval, boolean isTimed, boolean isDynamic) {
    private static final int INTERVAL_END = 1;
    private static final int TYPE_INTEGER = 4;
    private static final int TYPE_IPV4 = 7;
    private static final int TYPE_IPV6 = 8;
    private static final int TYPE_FAMILY = 2;
    private static final int TYPE_PROTOCOL = 12;
    private static final int TYPE_SERVICE = 13;
    /** A type of several is written in so many bits each. */
    private static final int TYPE_BITS = 6;

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private static final Comparator<IpPrefix> BY_ADDRESS = Comparator.comparingInt(IpPrefix::version)
            .thenComparing(IpPrefix::high, Long::compareUnsigned)
            .thenComparing(IpPrefix::low, Long::compareUnsigned)
            .thenComparingInt(IpPrefix::length);

    /** A key, or the first one behind a range. */
    static final class Element {
        private final byte[] key;
        private final boolean isEnd;

        Element(byte[] key, boolean isEnd) {
            this.key = key;
            this.isEnd = isEnd;
        }

        void write(NetlinkWriter writer) {
            writer.nest(1, () -> writer.attribute(1, key));
            if (isEnd) {
                writer.attribute(3, INTERVAL_END);
            }
        }
    }

    static NfSet hosts(boolean isIpv4) {
        return new NfSet(isIpv4 ? TYPE_IPV4 : TYPE_IPV6, isIpv4 ? IPV4_BYTES : IPV6_BYTES, false, false, false);
    }

    static NfSet prefixes(boolean isIpv4) {
        return new NfSet(isIpv4 ? TYPE_IPV4 : TYPE_IPV6, isIpv4 ? IPV4_BYTES : IPV6_BYTES, true, false, false);
    }

    /** Two addresses, protocol and two ports, each padded to 4 bytes. */
    static NfSet flows(boolean isIpv4) {
        int address = isIpv4 ? TYPE_IPV4 : TYPE_IPV6;
        int bytes = isIpv4 ? IPV4_BYTES : IPV6_BYTES;
        int type = TYPE_SERVICE;
        int shift = TYPE_BITS;
        for (int part : new int[] {TYPE_SERVICE, TYPE_PROTOCOL, address, address}) {
            type |= part << shift;
            shift += TYPE_BITS;
        }
        return new NfSet(type, 2 * bytes + 3 * Integer.BYTES, false, true, true);
    }

    /** IPv4 or IPv6. */
    static NfSet family() {
        return new NfSet(TYPE_FAMILY, 1, false, false, false);
    }

    static NfSet numbers(int bytes) {
        return new NfSet(TYPE_INTEGER, bytes, true, false, false);
    }

    NfSet dynamic() {
        return new NfSet(type, keyBytes, isInterval, true, true);
    }

    NfSet timed() {
        return new NfSet(type, keyBytes, isInterval, true, isDynamic);
    }

    /** Prefixes that are in no other of them: ranges of a set may not overlap. */
    static List<IpPrefix> apart(Collection<IpPrefix> prefixes) {
        List<IpPrefix> apart = new ArrayList<>();
        for (IpPrefix prefix : prefixes.stream().sorted(BY_ADDRESS).toList()) {
            if (apart.isEmpty() || !apart.getLast().contains(prefix)) {
                apart.add(prefix);
            }
        }
        return apart;
    }

    static byte[] bytes(int version, long high, long low) {
        return version == 4
                ? ByteBuffer.allocate(IPV4_BYTES)
                        .putInt((int) (low ^ IpAddress.IPV4_MAPPED))
                        .array()
                : ByteBuffer.allocate(IPV6_BYTES).putLong(high).putLong(low).array();
    }

    /** Their first addresses. */
    static List<Element> hosts(Collection<IpPrefix> hosts) {
        return hosts.stream()
                .map(host -> new Element(bytes(host.version(), host.high(), host.low()), false))
                .toList();
    }

    /** Those of one version as ranges. */
    static List<Element> ranges(Collection<IpPrefix> prefixes, int version) {
        List<Element> elements = new ArrayList<>();
        for (IpPrefix prefix : apart(prefixes)) {
            if (prefix.version() == version) {
                add(
                        elements,
                        bytes(version, prefix.high(), prefix.low()),
                        bytes(version, prefix.lastHigh(), prefix.lastLow()));
            }
        }
        return elements;
    }

    static List<Element> ranges(NumberSet values, int bytes) {
        List<Element> elements = new ArrayList<>();
        values.ranges().forEach(range -> add(elements, number(range.first(), bytes), number(range.last(), bytes)));
        return elements;
    }

    static byte[] number(long value, int bytes) {
        byte[] number = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            number[i] = (byte) (value >>> Byte.SIZE * (bytes - 1 - i));
        }
        return number;
    }

    /** A range that goes to the last key of all has no end. */
    private static void add(List<Element> elements, byte[] first, byte[] last) {
        elements.add(new Element(first, false));
        for (int i = last.length - 1; i >= 0; i--) {
            if (++last[i] != 0) {
                elements.add(new Element(last, true));
                return;
            }
        }
    }
}
