package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.flood.FloodSignature.Basis;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.signature.Signature;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The floods of known tools among people's packets: the signature has to hold all of the one and none of the other. */
final class SignatureSearchTest {
    private static final double RATE = 20_000;
    private static final long NOW_NANOS = 1_767_225_600_000_000_000L; // 2026-01-01T00:00:00Z

    private final ToolTraffic traffic = new ToolTraffic(3);
    private final Random random = new Random(3);

    private static List<SignatureFinding> find(
            TrafficClass trafficClass, SampleRows attack, SampleRows peace, double rate) {
        return new SignatureSearch(trafficClass, peace, rate, RATE, NOW_NANOS).find(attack, 4);
    }

    static Stream<Arguments> tools() {
        return Stream.of(
                Arguments.of("hping3 -S", TrafficClass.SYN, ToolTraffic.bareSyn(512, 54)),
                Arguments.of("scapy", TrafficClass.SYN, ToolTraffic.bareSyn(8192, 57)),
                Arguments.of("zmap's identification", TrafficClass.SYN, (ToolTraffic.Shape) (b, random) -> {
                    ToolTraffic.bareSyn(65_535, 240).set(b, random);
                    b.ipIdentification[0] = 54_321;
                }),
                Arguments.of("Mirai", TrafficClass.SYN, (ToolTraffic.Shape) (b, random) -> {
                    ToolTraffic.user(b, random);
                    b.timeToLive[0] = 64 - ToolTraffic.hops(random);
                    b.tcpSequence[0] = (int) b.destinationLow[0];
                }),
                Arguments.of("options of users, one port", TrafficClass.SYN, (ToolTraffic.Shape) (b, random) -> {
                    ToolTraffic.user(b, random);
                    b.sourcePort[0] = 47_001;
                }),
                Arguments.of("hping3 --udp", TrafficClass.UDP, ToolTraffic.udp(0, 54, 148, 148, "58".repeat(16))),
                Arguments.of("empty datagrams", TrafficClass.UDP, ToolTraffic.udp(0, 54, 28, 28, "")),
                Arguments.of("NTP monlist", TrafficClass.UDP, ToolTraffic.udp(123, 0, 468, 482, "d700032a")),
                Arguments.of("memcached", TrafficClass.UDP, ToolTraffic.udp(11_211, 0, 1400, 1428, "0000000000010000")),
                Arguments.of(
                        "SSDP",
                        TrafficClass.UDP,
                        ToolTraffic.udp(1900, 0, 300, 400, "485454502f312e3120323030204f4b0d")),
                Arguments.of("LOIC", TrafficClass.UDP, ToolTraffic.udp(0, 118, 60, 60, "4120636174206973206669")),
                Arguments.of("random payload, one length", TrafficClass.UDP, ToolTraffic.udp(0, 0, 1300, 1300, "")),
                Arguments.of("hping3 --icmp", TrafficClass.ICMP, ToolTraffic.ping(54, 28, -1, "")),
                Arguments.of("ping of 1,400 bytes", TrafficClass.ICMP, ToolTraffic.ping(0, 1428, 4660, "")),
                Arguments.of("random labels", TrafficClass.DNS, ToolTraffic.question("*.victim.example", 1)),
                Arguments.of("ANY", TrafficClass.DNS, ToolTraffic.question("isc.example", 255)));
    }

    private SampleRows peace(TrafficClass trafficClass, int count) {
        return switch (trafficClass) {
            case SYN -> traffic.of(count, ToolTraffic::user);
            case UDP -> traffic.of(count, ToolTraffic::datagram);
            case ICMP ->
                traffic.of(
                        count,
                        ToolTraffic.ping(0, 84, -1, "0000000011121314"),
                        ToolTraffic.ping(0, 60, 1, "6162636465666768"));
            default ->
                traffic.of(
                        count,
                        ToolTraffic.question("www.victim.example", 1),
                        ToolTraffic.question("www.victim.example", 28),
                        ToolTraffic.question("*.users.example", 1),
                        ToolTraffic.question("mail.other.example", 15));
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tools")
    void findsWhatAToolLeavesWherePeaceWasLong(String name, TrafficClass trafficClass, ToolTraffic.Shape tool) {
        check(trafficClass, tool, peace(trafficClass, 7_000), 50, Basis.SAMPLES);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tools")
    void findsWhatAToolLeavesWherePeaceWasAFewSeconds(String name, TrafficClass trafficClass, ToolTraffic.Shape tool) {
        check(trafficClass, tool, peace(trafficClass, 300), 60, Basis.EXPECTED_LOSS);
    }

    private void check(
            TrafficClass trafficClass, ToolTraffic.Shape tool, SampleRows peace, double rate, Basis atWorst) {
        SampleRows attack = traffic.of(600, tool);
        for (int n = 0; n < 12; n++) {
            // Users come during a flood, too.
            attack.add(peace.rows(), SampleRows.row(n));
        }
        List<SignatureFinding> found = find(trafficClass, attack, peace, rate);
        assertTrue(!found.isEmpty(), "nothing found");
        SignatureFinding first = found.getFirst();
        Signature signature = first.signature();
        String what = signature + " " + first;
        assertEquals(1, found.size(), found::toString);
        assertTrue(first.basis().compareTo(atWorst) <= 0, what);
        assertTrue(traffic.of(20_000, tool).count(signature) >= 0.9985 * 20_000, what);
        assertEquals(0, peace(trafficClass, 10_000).count(signature) / 10, what);
        assertEquals(found, find(trafficClass, attack, peace, rate));
    }

    @Test
    void whatNoStackSendsNeedsNoPeace() {
        List<SignatureFinding> found = find(
                TrafficClass.SYN, traffic.of(64, ToolTraffic.bareSyn(512, 54)), new SampleRows(0), Double.MAX_VALUE);
        assertEquals(Basis.NEVER_SENT, found.getFirst().basis());
        assertTrue(found.getFirst().signature().toString().contains("flags syn"), found::toString);
    }

    @Test
    void perfectlyMimickedPacketsHaveNoSignature() {
        for (int seconds : new int[] {0, 1, 5, 100}) {
            SampleRows peace = traffic.of(50 * seconds, ToolTraffic::user);
            double rate = seconds == 0 ? Double.MAX_VALUE : 60;
            assertEquals(
                    List.of(),
                    find(TrafficClass.SYN, traffic.of(1000, ToolTraffic::user), peace, rate),
                    seconds + " s");
        }
    }

    /** Linux's pings begin with the seconds, low byte first, macOS' with the high one first; NTP counts from 1900. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%2$08x00000000????????00000000",
                "%1$08x????????08090a0b0c0d0e0f",
                "%3$08x????????0000000000000000"
            })
    void theTimeOfDayIsNoPattern(String head) {
        SampleRows peace = new SampleRows(300);
        for (int n = 300; n > 0; n--) {
            SampleRows one = traffic.of(1, ToolTraffic.ping(0, 84, -1, at(head, n)));
            peace.add(one.rows(), 0);
        }
        ToolTraffic.Shape now =
                (b, draw) -> ToolTraffic.ping(0, 84, -1, at(head, 0)).set(b, draw);
        assertEquals(List.of(), find(TrafficClass.ICMP, traffic.of(600, now), peace, 5));
    }

    private String at(String head, int secondsAgo) {
        int seconds = (int) (NOW_NANOS / 1_000_000_000 - secondsAgo);
        int drawn = random.nextInt();
        return String.format(Locale.ROOT, head, seconds, Integer.reverseBytes(seconds), seconds + (int) 2_208_988_800L)
                .replace("????????", String.format(Locale.ROOT, "%08x", drawn));
    }

    @Test
    void mixedToolsGetASignatureEach() {
        ToolTraffic.Shape one = ToolTraffic.bareSyn(512, 54);
        ToolTraffic.Shape other = (b, random) -> {
            ToolTraffic.user(b, random);
            b.tcpWindow[0] = 16_384;
            b.timeToLive[0] = 241;
        };
        List<SignatureFinding> found =
                find(TrafficClass.SYN, traffic.of(1000, one, other), peace(TrafficClass.SYN, 7_000), 60);
        SampleRows further = traffic.of(5_000, one, other);
        int covered = found.stream()
                .mapToInt(finding -> further.count(finding.signature()))
                .sum();
        assertTrue(covered >= 4_995, found::toString);
    }

    @Test
    void neverProposesPortsAlone() {
        SampleRows peace = traffic.of(7_000, ToolTraffic::datagram);
        SampleRows attack = traffic.of(1_000, (b, random) -> {
            ToolTraffic.datagram(b, random);
            b.sourcePort[0] = 53;
        });
        for (SignatureFinding finding : find(TrafficClass.UDP, attack, peace, 60)) {
            assertTrue(finding.signature().terms().size() > 1, finding::toString);
        }
    }
}
