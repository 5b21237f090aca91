package io.weir.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.weir.capture.source.CaptureException;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.capture.testing.Corpus;
import io.weir.capture.testing.Tshark;
import io.weir.capture.testing.TsharkField;
import io.weir.capture.testing.TsharkRow;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the decoder against tshark, packet by packet: addresses, TTL, protocol behind extension headers, fragment
 * offset, ports, TCP flags, sequence, window and options, ICMP type, HTTP requests, TLS hellos, DNS name and type.
 *
 * <p>To run it over captures of your own, set {@code WEIR_CAPTURES} to their folder:
 *
 * <pre>WEIR_CAPTURES=~/captures mvn verify -pl filter-core,capture -Dtest=DecodeOracleTest -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
final class DecodeOracleTest {
    private static final String OWN_CAPTURES = "WEIR_CAPTURES";
    private static final String CORPUS = "WEIR_CORPUS";
    private static final Pattern CAPTURE_NAME = Pattern.compile(".*\\.(pcap|pcapng|cap|dmp)(\\.gz)?");
    private static final int MOST_REPORTED = 10;

    private static final Map<DecodeOutcome, Long> COMPARED = new EnumMap<>(DecodeOutcome.class);
    private static final Map<KnownDifference, Long> KNOWN = new EnumMap<>(KnownDifference.class);
    private static int captures;

    static Stream<Path> captures() throws IOException {
        String folder = System.getenv(OWN_CAPTURES);
        if (folder == null) {
            return Corpus.entries().map(Corpus.Entry::file);
        }
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            List<Path> captures = files.filter(file ->
                            CAPTURE_NAME.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
            return captures.stream();
        }
    }

    /** Here rather than where the captures are listed: a class skipped is reported, an empty list isn't. */
    @BeforeAll
    static void needsTsharkAndCaptures() {
        Tshark.assumeInstalled();
        if (System.getenv(OWN_CAPTURES) == null && System.getenv(CORPUS) == null) {
            String message = "SKIPPED: to hold the decoder against tshark, set " + CORPUS
                    + " to the folder of real captures, or " + OWN_CAPTURES + " to any folder of captures";
            System.out.println(message);
            Assumptions.abort(message);
        }
    }

    @AfterAll
    static void printsWhatWasCompared() {
        if (captures == 0) {
            return;
        }
        long packets = COMPARED.values().stream().mapToLong(Long::longValue).sum();
        System.out.println("Compared with tshark: " + packets + " packets, by outcome " + COMPARED);
        assertNotEquals(
                0, packets, "tshark read none of " + captures + " captures; does it know every field asked of it?");
        KNOWN.forEach((known, count) -> System.out.println("  differ rightly: " + count + ", " + known.reason()));
    }

    @ParameterizedTest
    @MethodSource("captures")
    void decodesEachPacketAsTsharkDoes(Path capture) throws IOException {
        captures++;
        List<String> unknown = new ArrayList<>();
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        try (Tshark tshark = Tshark.read(capture);
                CaptureFileSource source = CaptureFileSource.open(List.of(capture.toString()))) {
            boolean more = true;
            while (more && source.fill(batch) != PacketSource.END) {
                decoder.decode(batch);
                more = compare(tshark, batch, unknown);
            }
        } catch (CaptureException e) {
            // Damaged: compared is what stands before. That all of that is read is a matter of the reader's own tests.
            System.out.println("Compared up to the damage: " + e.getMessage());
        }
        assertEquals(List.of(), unknown.stream().limit(MOST_REPORTED).toList(), unknown.size() + " differences");
    }

    /** Compares a batch; false where tshark has no more packets. */
    private static boolean compare(Tshark tshark, PacketBatch batch, List<String> unknown) throws IOException {
        for (int i = 0; i < batch.size; i++) {
            TsharkRow row = tshark.next();
            if (row == null) {
                return false;
            }
            if (LinkType.isSupported(batch.linkType[i])) {
                compare(row, new DecodedRow(batch, i), unknown);
            }
        }
        return true;
    }

    private static void compare(TsharkRow row, DecodedRow decoded, List<String> unknown) {
        COMPARED.merge(decoded.outcome(), 1L, Long::sum);
        for (Difference difference : DecodeComparison.compare(row, decoded)) {
            Optional<KnownDifference> known = KnownDifference.of(difference, row, decoded);
            if (known.isPresent()) {
                KNOWN.merge(known.get(), 1L, Long::sum);
            } else {
                String frame = "frame " + row.first(TsharkField.NUMBER);
                unknown.add(frame + ", " + difference + "\n  tshark: " + row + "\n  decoded: " + decoded);
            }
        }
    }
}
