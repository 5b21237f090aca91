package io.weir.capture.load;

import io.weir.filter.address.IpAddress;
import io.weir.filter.fault.Fault;
import java.util.ArrayList;
import java.util.List;

/**
 * Who has which address. All are of one IP version, that of the target; none is a public one.
 *
 * @param targetHigh the protected host, as two longs: it serves web, TLS and DNS, and answers pings
 * @param resolverHigh the DNS server that web users ask for the target's address
 * @param clients legitimate users, distinct
 * @param spoofed invented sources of floods
 * @param bots real hosts that attack
 */
public record AddressPlan(
        long targetHigh,
        long targetLow,
        long resolverHigh,
        long resolverLow,
        AddressPool clients,
        AddressPool spoofed,
        AddressPool bots) {
    private static final long DOCUMENTATION = 0x2001_0db8_0000_0000L;

    /** Target 198.51.100.10, clients in 10.0.0.0/8, invented sources in 198.18.0.0/15, bots in 172.16.0.0/12. */
    public static AddressPlan ipv4() {
        return new AddressPlan(
                0,
                IpAddress.mapped(0xc633_640a),
                0,
                IpAddress.mapped(0xc000_0235),
                AddressPool.ipv4(0x0a00_0000, 8),
                AddressPool.ipv4(0xc612_0000, 15),
                AddressPool.ipv4(0xac10_0000, 12));
    }

    /** Target 2001:db8::10, everybody else elsewhere in 2001:db8::/32. */
    public static AddressPlan ipv6() {
        return new AddressPlan(
                DOCUMENTATION,
                0x10,
                DOCUMENTATION | 0x53,
                0x53,
                new AddressPool(DOCUMENTATION | 0x1000_0000L, 0, 36),
                new AddressPool(DOCUMENTATION | 0x8000_0000L, 0, 33),
                new AddressPool(DOCUMENTATION | 0x4000_0000L, 0, 36));
    }

    /** The same plan around another target; one of the other IP version takes that version's plan with it. */
    public AddressPlan withTarget(long high, long low) {
        boolean ipv4 = IpAddress.isIpv4(high, low);
        AddressPlan base = ipv4 == isIpv4() ? this : ipv4 ? ipv4() : ipv6();
        return new AddressPlan(high, low, base.resolverHigh, base.resolverLow, base.clients, base.spoofed, base.bots);
    }

    /** The low half of an address beside the target's: all 256 of its /24, or the first ones of its /64. */
    long neighbourLow(int index) {
        return isIpv4() ? targetLow & ~0xffL | index : index;
    }

    /** The same plan with invented sources in the networks of the users, so that no prefix tells them apart. */
    public AddressPlan withSourcesAmongClients() {
        return new AddressPlan(targetHigh, targetLow, resolverHigh, resolverLow, clients, clients, bots);
    }

    /** Whether everybody speaks IPv4; otherwise it is IPv6. */
    public boolean isIpv4() {
        return IpAddress.isIpv4(targetHigh, targetLow);
    }

    /** What is wrong with the plan, empty if nothing is. */
    List<Fault> faults(String profile) {
        List<Fault> faults = new ArrayList<>();
        checkReserved(profile, "target", targetHigh, targetLow, faults);
        checkReserved(profile, "resolver", resolverHigh, resolverLow, faults);
        checkVersion(profile, "resolver", IpAddress.isIpv4(resolverHigh, resolverLow), faults);
        checkPool(profile, "clients", clients, faults);
        checkPool(profile, "spoofed", spoofed, faults);
        checkPool(profile, "bots", bots, faults);
        return faults;
    }

    private static void checkReserved(String profile, String key, long high, long low, List<Fault> faults) {
        if (!Addresses.isReserved(high, low)) {
            String problem = "must be an address that nobody has: " + Addresses.RESERVED;
            faults.add(new Fault(profile, 0, key, IpAddress.format(high, low), problem));
        }
    }

    private void checkPool(String profile, String key, AddressPool pool, List<Fault> faults) {
        if (!pool.isUsable()) {
            String problem =
                    "must be a prefix without host bits (IPv6: /64 at the longest) of addresses that nobody has: ";
            faults.add(new Fault(profile, 0, key, "/" + pool.prefixLength(), problem + Addresses.RESERVED));
        }
        checkVersion(profile, key, pool.isIpv4(), faults);
    }

    private void checkVersion(String profile, String key, boolean ipv4, List<Fault> faults) {
        if (ipv4 != isIpv4()) {
            faults.add(new Fault(profile, 0, key, "", "must be of the target's IP version"));
        }
    }
}
