package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.Flood.Spacing;
import io.weir.filter.address.IpAddress;
import io.weir.filter.fault.Fault;
import io.weir.filter.verdict.FloodKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadProfileTest {
    private static final long SECOND = 1_000_000_000L;
    private final LoadProfile syn = LoadProfiles.named("syn").orElseThrow();

    @Test
    void everyNamedProfileIsSound() {
        for (String name : LoadProfiles.names()) {
            LoadProfile profile = LoadProfiles.named(name).orElseThrow();
            assertEquals(name, profile.name());
            assertEquals(List.of(), profile.faults());
        }
    }

    @Test
    void anUnknownNameIsNoProfile() {
        assertTrue(LoadProfiles.named("SYN").isEmpty());
        assertTrue(LoadProfiles.named("").isEmpty());
    }

    @Test
    void aShorterProfileKeepsItsProportions() {
        LoadProfile shorter = syn.withSeconds(4);
        assertEquals(4 * SECOND, shorter.durationNanos());
        assertEquals(SECOND, shorter.floods().getFirst().startNanos());
        assertEquals(2 * SECOND, shorter.floods().getFirst().durationNanos());
        assertEquals(List.of(), shorter.faults());
    }

    @Test
    void aRateIsSharedAsTheFloodsShareTheirs() {
        LoadProfile mixed = LoadProfiles.named("mixed").orElseThrow().withFloodRate(2_600);
        assertEquals(
                List.of(1_000.0, 800.0, 400.0, 400.0),
                mixed.floods().stream().map(Flood::packetsPerSecond).toList());
    }

    @Test
    void anIpv6TargetMakesEverybodyIpv6() {
        LoadProfile profile = syn.withTarget(0x2001_0db8_0000_0000L, 0x99);
        assertEquals(0x99, profile.addresses().targetLow());
        assertEquals(AddressPlan.ipv6().clients(), profile.addresses().clients());
        assertEquals(List.of(), profile.faults());
        LoadProfile back = profile.withTarget(0, IpAddress.mapped(0xc0a8_0001));
        assertEquals(AddressPlan.ipv4().spoofed(), back.addresses().spoofed());
        assertEquals(List.of(), back.faults());
    }

    @Test
    void aPublicTargetIsAFault() {
        assertFault("target", syn.withTarget(0, IpAddress.mapped(0x0808_0808)));
        assertFault("target", syn.withTarget(0x2a00_0000_0000_0000L, 1));
    }

    @Test
    void numbersOutOfRangeAreFaults() {
        assertFault("seconds", syn.withFloods(List.of()).withSeconds(0));
        assertFault("seconds", syn.withFloods(List.of()).withSeconds(1e300));
        assertFault("flood.start", syn.withFloodStart(20));
        assertFault("flood.start", syn.withFloodStart(-1));
        assertFault("flood.seconds", syn.withFloodSeconds(0));
        assertFault("flood.seconds", syn.withFloodSeconds(1e300));
        assertFault("flood.pps", syn.withFloodRate(0));
        assertFault("flood.pps", syn.withFloodRate(Double.NaN));
        assertFault("flood.pps", LoadProfiles.named("http").orElseThrow().withFloodRate(1e6));
        assertFault("legitimate.tls_share", syn.withLegitimate(new LegitimateLoad(1, 1, 1.5, 1, 1)));
        assertFault("legitimate.clients", syn.withLegitimate(new LegitimateLoad(0, 1, 1, 1, 1)));
        assertFault("legitimate.web", syn.withLegitimate(new LegitimateLoad(1, -1, 1, 1, 1)));
    }

    @Test
    void floodsThatCannotBeAreFaults() {
        assertFault("flood.sources", syn.withFloods(List.of(flood(FloodKind.HTTP, 0))));
        assertFault("flood.sources", syn.withFloods(List.of(flood(FloodKind.SYN, -1))));
    }

    @Test
    void poolsOfPublicOrTooFewAddressesAreFaults() {
        assertFault("clients", plan(AddressPool.ipv4(0x0800_0000, 8)));
        assertFault("clients", plan(AddressPool.ipv4(0x0a00_0000, 7)));
        assertFault("clients", plan(AddressPool.ipv4(0x0a00_0001, 24)));
        assertFault("clients", plan(AddressPool.ipv4(0x0a00_0000, 33)));
        assertFault("clients", plan(AddressPlan.ipv6().clients()));
        assertFault("legitimate.clients", plan(AddressPool.ipv4(0xcb00_7100, 24)));
    }

    @Test
    void allFaultsComeAtOnceAndReadWell() {
        LoadProfile profile = syn.withFloodRate(-5).withFloodStart(30);
        assertEquals(
                List.of(
                        "profile syn: flood.start: '30' must be at least 0 s and before the end of the traffic, 20 s",
                        "profile syn: flood.pps: '-5' must be 0.001 to 10000000"),
                profile.faults().stream().map(Fault::toString).toList());
    }

    private LoadProfile plan(AddressPool clients) {
        AddressPlan base = AddressPlan.ipv4();
        AddressPlan plan = new AddressPlan(
                base.targetHigh(),
                base.targetLow(),
                base.resolverHigh(),
                base.resolverLow(),
                clients,
                base.spoofed(),
                base.bots());
        return new LoadProfile(
                "syn", syn.epochNanos(), syn.durationNanos(), plan, syn.legitimate(), syn.server(), syn.floods());
    }

    private static Flood flood(FloodKind kind, int sources) {
        return new Flood(kind, 0, SECOND, 100, Spacing.EVEN, sources);
    }

    private static void assertFault(String key, LoadProfile profile) {
        List<Fault> faults = profile.faults();
        assertTrue(faults.stream().anyMatch(fault -> fault.keyPath().equals(key)), () -> key + " in " + faults);
    }
}
