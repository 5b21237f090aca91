package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.testing.ReadCapture;
import io.weir.capture.testing.ReadPacket;
import io.weir.capture.testing.SampleCaptures;
import io.weir.capture.testing.Skips;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureFileSourceTest {
    @TempDir
    private Path folder = Path.of("");

    private Path pcap = folder;
    private Path pcapng = folder;

    @BeforeEach
    void writeCaptures() throws IOException {
        pcap = Files.write(folder.resolve("a.pcap"), SampleCaptures.pcap(ByteOrder.LITTLE_ENDIAN, 1000));
        pcapng = Files.write(folder.resolve("b"), SampleCaptures.pcapng(ByteOrder.BIG_ENDIAN, 1000));
    }

    @Test
    void readsFilesAsOneStream() throws IOException {
        ReadCapture first = ReadCapture.of(pcap);
        ReadCapture second = ReadCapture.of(pcapng);
        ReadCapture both = ReadCapture.of(pcap, pcapng, pcap);
        List<ReadPacket> expected = new ArrayList<>(first.packets());
        second.packets().forEach(p -> expected.add(renumbered(p, p.interfaceIndex() + 1)));
        first.packets().forEach(p -> expected.add(renumbered(p, 3)));
        assertEquals(expected, both.packets());
        assertEquals(4, both.interfaces().size());
        assertEquals("", both.failure());
    }

    private static ReadPacket renumbered(ReadPacket p, int interfaceIndex) {
        return new ReadPacket(p.timestampNanos(), p.wireLength(), p.linkType(), interfaceIndex, p.frame());
    }

    @Test
    void sumsTheBytesOfItsFiles() throws IOException {
        List<String> names = List.of(pcap.toString(), pcapng.toString());
        try (CaptureFileSource source = CaptureFileSource.open(names)) {
            long total = Files.size(pcap) + Files.size(pcapng);
            assertEquals(total, source.bytesTotal());
            ReadCapture.packets(source, new ArrayList<>());
            assertEquals(total, source.bytesRead());
            assertEquals(PacketSource.END, source.fill(new PacketBatch()));
        }
    }

    @Test
    void saysWhichFileIsMissingBeforeReadingAny() {
        Path missing = folder.resolve("missing.pcap");
        assertRefused(missing + ": no such file", pcap, missing);
        assertRefused(folder + ": is a directory; a capture file is expected", folder);
    }

    @Test
    void saysWhatIsNoCapture() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        assertRefused(empty + ": not a capture file: it is empty; pcap, pcapng, or either in gzip is expected", empty);
        Path program = Files.write(folder.resolve("program"), new byte[] {0x7f, 0x45, 0x4c, 0x46, 1, 2, 3});
        assertRefused(
                program + ": not a capture file: starts with 7f 45 4c 46;"
                        + " pcap, pcapng, or either in gzip is expected",
                program);
        Path three = Files.write(folder.resolve("three"), new byte[] {(byte) 0xd4, (byte) 0xc3, (byte) 0xb2});
        assertRefused(
                three + ": not a capture file: starts with d4 c3 b2; pcap, pcapng, or either in gzip is expected",
                three);
    }

    @Test
    void saysWhatItMayNotRead() throws IOException {
        Path secret = Files.copy(pcap, folder.resolve("secret"));
        Files.setPosixFilePermissions(secret, Set.<PosixFilePermission>of());
        Skips.unless(!Files.isReadable(secret), "run as a user other than root, who may read everything");
        assertRefused(secret + ": permission denied", secret);
    }

    private static void assertRefused(String expected, Path... files) {
        List<String> names = List.of(files).stream().map(Path::toString).toList();
        CaptureException e = assertThrows(CaptureException.class, () -> CaptureFileSource.open(names));
        assertEquals(expected, e.getMessage());
    }

    @Test
    void readsStandardInputOnlyOnce() {
        CaptureException e =
                assertThrows(CaptureException.class, () -> CaptureFileSource.open(List.of("-", "a.pcap", "-")));
        assertEquals("'-' is given more than once; standard input can be read only once", e.getMessage());
    }

    @Test
    void deliversEverythingBeforeADamagedFileAndSaysSoAgain() throws IOException {
        byte[] whole = Files.readAllBytes(pcap);
        Path cut = Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(whole, whole.length - 1));
        List<String> names = List.of(pcapng.toString(), cut.toString(), pcap.toString());
        try (CaptureFileSource source = CaptureFileSource.open(names)) {
            List<ReadPacket> packets = new ArrayList<>();
            CaptureException e = assertThrows(CaptureException.class, () -> ReadCapture.packets(source, packets));
            assertEquals(1999, packets.size());
            String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith(cut + ": truncated: the packet record at offset "), message);
            CaptureException again = assertThrows(CaptureException.class, () -> source.fill(new PacketBatch()));
            assertEquals(message, again.getMessage());
        }
    }
}
