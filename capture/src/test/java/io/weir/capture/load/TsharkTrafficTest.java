package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.weir.capture.load.Label.Activity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What tshark makes of the traffic. */
class TsharkTrafficTest {
    private static final String BAD_CHECKSUM = "ip.checksum.status == 0 || tcp.checksum.status == 0"
            + " || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0";

    @TempDir
    private Path folder;

    static List<LoadProfile> profiles() {
        return TrafficSimulatorTest.profiles();
    }

    static List<LoadProfile> peace() {
        return profiles().stream().filter(profile -> profile.floods().isEmpty()).toList();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void findsEveryChecksumGoodAndNothingOddInAnyConversation(LoadProfile profile) throws Exception {
        write(Packet.all(profile, 1));
        assertEquals(List.of(), tshark("tcp.analysis.flags || " + BAD_CHECKSUM));
    }

    @Test
    void findsEveryChecksumGoodInEveryVector() throws Exception {
        LoadProfile quiet = LoadProfiles.named("peace").orElseThrow().withSeconds(1);
        List<Packet> packets = new ArrayList<>();
        for (FloodVector vector : FloodVector.values()) {
            for (FloodTool tool : FloodTool.values()) {
                Flood flood = new Flood(vector, tool, 0, 500_000_000L, 200, Flood.Spacing.EVEN, 50);
                packets.addAll(Packet.all(quiet.withFloods(List.of(flood)), 1).stream()
                        .filter(Packet::isAttack)
                        .toList());
            }
        }
        write(packets);
        // What IP carries inside GRE and ICMP is invented, and its checksums with it.
        assertEquals(List.of(), tshark("(" + BAD_CHECKSUM + ") && !gre && !(icmp.type == 3)"));
        assertEquals(List.of(), tshark("_ws.malformed && udp.port == 53 && dns"));
    }

    @ParameterizedTest
    @MethodSource("peace")
    void readsLegitimateTrafficAsWhatItIs(LoadProfile profile) throws Exception {
        List<Packet> packets = Packet.all(profile, 5);
        write(packets);
        assertEquals(List.of(), tshark("_ws.malformed || _ws.unreassembled"));
        assertEquals(numbers(packets, this::isDnsQuestion), tshark("dns.flags.response == 0"));
        // Every answer belongs to a question, and tells the target's address or that there is no such name.
        String answers = "dns.response_to && (dns.a || dns.aaaa || dns.flags.rcode == 3)";
        assertEquals(numbers(packets, this::isDnsAnswer), tshark(answers));
        assertEquals(numbers(packets, packet -> packet.startsWith("GET ")), tshark("http.request"));
        String replies = "icmp.resp_to || icmpv6.resp_to";
        assertEquals(numbers(packets, packet -> isPing(packet) && packet.isAnswer()), tshark(replies));
        String name = "tls.handshake.extensions_server_name == \"www.example.com\"";
        assertTrue(tshark(name).size() > 20);
    }

    private boolean isDnsQuestion(Packet packet) {
        return isDns(packet) && packet.isAnswer() == isOutbound(packet);
    }

    private boolean isDnsAnswer(Packet packet) {
        return isDns(packet) && packet.isAnswer() != isOutbound(packet);
    }

    private static boolean isDns(Packet packet) {
        Activity activity = Label.activity(packet.label());
        return activity == Activity.DNS || activity == Activity.RESOLVE || isOutbound(packet);
    }

    /** Of what protected hosts ask others, the question goes out and the answer comes in. */
    private static boolean isOutbound(Packet packet) {
        return Label.activity(packet.label()) == Activity.OUTBOUND_DNS;
    }

    private static boolean isPing(Packet packet) {
        return Label.activity(packet.label()) == Activity.PING;
    }

    /** Frame numbers, from 1, as tshark counts. */
    private static List<String> numbers(List<Packet> packets, Predicate<Packet> condition) {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < packets.size(); i++) {
            if (condition.test(packets.get(i))) {
                numbers.add(Integer.toString(i + 1));
            }
        }
        return numbers;
    }

    private Path file() {
        return folder.resolve("traffic.pcap");
    }

    private void write(List<Packet> packets) throws IOException {
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(0xa1b23c4d).putShort((short) 2).putShort((short) 4).putLong(0);
            channel.write(header.putInt(262_144).putInt(1).flip());
            int size = packets.stream()
                    .mapToInt(packet -> 16 + packet.frame().limit())
                    .sum();
            ByteBuffer records = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
            for (Packet packet : packets) {
                records.putInt((int) (packet.timestampNanos() / 1_000_000_000L));
                records.putInt((int) (packet.timestampNanos() % 1_000_000_000L));
                int length = packet.frame().limit();
                records.putInt(length).putInt(length).put(packet.frame().duplicate());
            }
            channel.write(records.flip());
        }
    }

    /** The numbers of the frames that a filter finds. */
    private List<String> tshark(String filter) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file().toString()));
        for (String protocol : List.of("ip", "tcp", "udp")) {
            command.addAll(List.of("-o", protocol + ".check_checksum:TRUE"));
        }
        command.addAll(List.of("-Y", filter, "-T", "fields", "-e", "frame.number"));
        Path errors = folder.resolve("tshark.err");
        Process process = start(new ProcessBuilder(command).redirectError(errors.toFile()));
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> "tshark refuses: " + filter);
        return output.lines().toList();
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException absent) {
            String message = "SKIPPED: tshark isn't installed; install it (Debian: apt-get install tshark) to check"
                    + " simulated traffic against it";
            System.err.println(message);
            return abort(message);
        }
    }
}
