package io.weir.capture.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.source.CaptureException;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.capture.testing.Corpus;
import io.weir.capture.testing.Libpcap;
import io.weir.capture.testing.SampleSignatures;
import io.weir.capture.testing.Skips;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.signature.Export;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.SignatureMatcher;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A signature given to other tools means what it means here. */
class SignatureExportTest {
    private static final int BATCHES = 4;
    private static final int SIGNATURES = 16;
    private static final int ETHERNET_HEADER = 14;
    private static final int IPV6_HEADER = 40;

    @TempDir
    private Path folder = Path.of("");

    static Stream<Corpus.Entry> corpus() throws IOException {
        return Corpus.entries();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void libpcapMatchesWhatTheSignatureMatches(Corpus.Entry entry) throws IOException {
        Libpcap.assumeInstalled();
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        Random random = new Random(8);
        try (CaptureFileSource source =
                CaptureFileSource.open(List.of(entry.file().toString()))) {
            for (int n = 0; n < BATCHES && source.fill(batch) != PacketSource.END; n++) {
                decoder.decode(batch);
                compare(batch, random);
            }
        } catch (CaptureException damage) {
            // What stands before it has been compared.
        }
    }

    /** Headers of random bytes, as no capture has them. */
    @Test
    void libpcapMatchesWhatTheSignatureMatchesOfRandomPackets() throws FilterException {
        Libpcap.assumeInstalled();
        Random random = new Random(9);
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        MemorySegment frames = Arena.ofAuto().allocate(96L * PacketBatch.CAPACITY);
        for (int n = 0; n < 40; n++) {
            batch.frames = frames;
            batch.size = PacketBatch.CAPACITY;
            for (int i = 0; i < batch.size; i++) {
                batch.frameOffset[i] = 96L * i;
                batch.capturedLength[i] = 96;
                batch.wireLength[i] = 96;
                batch.linkType[i] = LinkType.ETHERNET;
                MemorySegment.copy(randomFrame(random), 0, frames, ValueLayout.JAVA_BYTE, 96L * i, 96);
            }
            decoder.decode(batch);
            compare(batch, random);
        }
    }

    private static byte[] randomFrame(Random random) {
        byte[] frame = new byte[96];
        random.nextBytes(frame);
        boolean isV4 = random.nextInt(3) > 0;
        frame[12] = (byte) (isV4 ? 0x08 : 0x86);
        frame[13] = (byte) (isV4 ? 0x00 : 0xdd);
        byte[] protocols = {6, 17, 1, 58, 47};
        int length = 40 + random.nextInt(43);
        if (isV4) {
            frame[14] = 0x45;
            frame[16] = 0;
            frame[17] = (byte) length;
            frame[20] = (byte) (random.nextInt(4) == 0 ? 0x20 : 0);
            frame[21] = (byte) (random.nextInt(4) == 0 ? 2 : 0);
            frame[23] = protocols[random.nextInt(protocols.length)];
            frame[46] = (byte) (0x50 + 0x10 * random.nextInt(3));
            frame[38] = 0;
            frame[39] = (byte) (8 + random.nextInt(length - 27));
        } else {
            frame[14] = 0x60;
            frame[18] = 0;
            frame[19] = (byte) (length - 20);
            frame[20] = protocols[random.nextInt(protocols.length)];
            frame[66] = 0x50;
            frame[58] = 0;
            frame[59] = (byte) (8 + random.nextInt(length - 27));
        }
        return frame;
    }

    private static void compare(PacketBatch batch, Random random) throws FilterException {
        for (int n = 0; n < SIGNATURES; n++) {
            int sample = random.nextInt(batch.size);
            boolean isOtherIcmp = batch.protocol[sample] == (batch.ipVersion[sample] == 4 ? 58 : 1);
            if (!isComparable(batch, sample) || isOtherIcmp) {
                continue;
            }
            Signature signature = SampleSignatures.of(batch, sample, random);
            SignatureMatcher matcher = SignatureMatcher.of(signature);
            assertTrue(matcher.matches(batch, sample), signature::toString);
            Export export = Export.toBpf(signature);
            PacketFilter filter = PacketFilter.of("signature", export.text());
            for (int i = 0; i < batch.size; i++) {
                if (isComparable(batch, i)) {
                    boolean isMeant = matcher.matches(batch, i);
                    boolean isFiltered = filter.matches(batch, i);
                    String what = signature + "\n" + export + "\npacket " + i;
                    if (export.missing().isEmpty()) {
                        assertEquals(isMeant, isFiltered, what);
                    } else if (!signature.toString().startsWith("dns")) {
                        // What can't be said narrows the signature alone.
                        assertTrue(isFiltered || !isMeant, what);
                    }
                }
            }
        }
    }

    /** Packets whose headers lie where the expression looks for them. */
    private static boolean isComparable(PacketBatch batch, int i) {
        boolean isPlainLink = batch.linkType[i] == LinkType.ETHERNET && batch.ipOffset[i] == ETHERNET_HEADER
                || batch.linkType[i] == LinkType.RAW;
        boolean isWhole = batch.capturedLength[i] >= Math.min(batch.wireLength[i], batch.payloadOffset[i] + 16);
        boolean isPlainIp = batch.ipVersion[i] == 4
                ? batch.protocol[i]
                                == batch.frames.get(ValueLayout.JAVA_BYTE, batch.frameOffset[i] + batch.ipOffset[i] + 9)
                        && batch.frames.get(
                                        ValueLayout.JAVA_SHORT_UNALIGNED, batch.frameOffset[i] + batch.ipOffset[i] + 2)
                                != 0
                : batch.transportOffset[i] == batch.ipOffset[i] + IPV6_HEADER;
        return DecodeOutcome.of(batch.outcome[i]) == DecodeOutcome.OK && isPlainLink && isWhole && isPlainIp;
    }

    /** The grammar is nft's, so nft is asked; it needs root even to check. */
    @Test
    void nftAcceptsWhatIsWrittenForIt() throws IOException, InterruptedException {
        Skips.unless(isNftUsable(), "install the package nftables and be root: nft checks the exported signatures");
        Random random = new Random(10);
        StringBuilder table = new StringBuilder("table inet weir_check {\n chain input {\n");
        int rules = 0;
        for (int n = 0; n < 3_000; n++) {
            Export export = Export.toNft(SampleSignatures.random(random));
            for (String line : export.text().lines().toList()) {
                table.append("  ").append(line).append(" drop\n");
                rules++;
            }
        }
        assertTrue(rules > 2_000, "only " + rules + " rules");
        Path file = Files.writeString(folder.resolve("signatures.nft"), table.append(" }\n}\n"));
        assertEquals("", run("nft", "-c", "-f", file.toString()));
    }

    private static boolean isNftUsable() throws InterruptedException {
        try {
            return run("nft", "-c", "add table inet weir_check").isEmpty();
        } catch (IOException missing) {
            return false;
        }
    }

    /** What a command says; its status where that is all. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        int status = process.waitFor();
        return status == 0 ? said : said + "status " + status;
    }
}
