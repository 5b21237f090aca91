package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.util.List;
import java.util.TreeSet;

/** The addresses of one IP version cut where any of some prefixes begins or ends, and numbered from 0. */
final class AddressStretches {
    private static final long IPV4_LAST = IpAddress.IPV4_MAPPED | 0xffff_ffffL;

    /** One address, ordered as a number of 128 bits without sign. */
    private record Address(long high, long low) implements Comparable<Address> {
        @Override
        public int compareTo(Address other) {
            int byHigh = Long.compareUnsigned(high, other.high);
            return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
        }
    }

    private final Address[] starts;

    private AddressStretches(Address[] starts) {
        this.starts = starts;
    }

    static AddressStretches of(int version, List<IpPrefix> prefixes) {
        TreeSet<Address> starts = new TreeSet<>();
        starts.add(version == 4 ? new Address(0, IpAddress.IPV4_MAPPED) : new Address(0, 0));
        for (IpPrefix prefix : prefixes) {
            starts.add(new Address(prefix.high(), prefix.low()));
            if (!isLast(version, prefix)) {
                starts.add(following(version, prefix));
            }
        }
        return new AddressStretches(starts.toArray(Address[]::new));
    }

    private static boolean isLast(int version, IpPrefix prefix) {
        return version == 4 ? prefix.lastLow() == IPV4_LAST : (prefix.lastHigh() & prefix.lastLow()) == -1;
    }

    /** The first address behind a prefix. IPv6 has none among the mapped ones: there the next is behind them. */
    private static Address following(int version, IpPrefix prefix) {
        long low = prefix.lastLow() + 1;
        long high = low == 0 ? prefix.lastHigh() + 1 : prefix.lastHigh();
        return version == 6 && IpAddress.isIpv4(high, low) ? new Address(0, IPV4_LAST + 1) : new Address(high, low);
    }

    /** Writes the numbers of the first and the last stretch of a prefix, one of those given at the start. */
    void write(IpPrefix prefix, int[] to, int at) {
        to[at] = indexOf(new Address(prefix.high(), prefix.low()));
        // The last stretch that starts inside: the next one starts behind the prefix, where it was cut.
        to[at + 1] = indexOf(new Address(prefix.lastHigh(), prefix.lastLow()));
    }

    /** The stretch that holds an address. */
    private int indexOf(Address address) {
        int low = 0;
        int high = starts.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts[middle].compareTo(address) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** An address of the stretches {@code first} to {@code last}: the one wished where it is among them. */
    long[] example(int first, int last, long[] wished) {
        int index = indexOf(new Address(wished[0], wished[1]));
        if (index >= first && index <= last) {
            return wished.clone();
        }
        Address start = starts[first];
        Address next = new Address(start.high, start.low + 1);
        // The first address of a prefix is mostly nobody's; the next one may be somebody's.
        boolean isInside = start.low != -1
                && next.low != IpAddress.IPV4_MAPPED
                && (first + 1 == starts.length || !starts[first + 1].equals(next));
        return isInside ? new long[] {next.high, next.low} : new long[] {start.high, start.low};
    }
}
