package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.alert.Floods;
import io.weir.detector.api.BanPreview;
import io.weir.detector.api.Capture;
import io.weir.detector.config.CapturesConfig;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport.State;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One packet a millisecond of packet time, in the future, so that nothing is over before a packet says so. */
class FloodCapturesTest {
    private static final long MILLI = 1_000_000L;

    @TempDir
    private Path state = Path.of("");

    private final List<String> said = new ArrayList<>();
    private final PacketBatch batch = new PacketBatch();
    private final long startNanos = (System.currentTimeMillis() + TimeUnit.HOURS.toMillis(1)) * MILLI;
    private long nowNanos = startNanos;

    @SuppressWarnings("NullAway.Init")
    private FloodCaptures captures;

    @BeforeEach
    void open() throws IOException {
        captures = FloodCaptures.open(
                new CapturesConfig(2_000 * MILLI, 1_000 * MILLI, 96, 2_000_000, 1_000_000, 2_500_000),
                state,
                said::add);
        batch.frames = Arena.ofAuto().allocate(64);
        batch.size = 1;
        batch.capturedLength[0] = 60;
        batch.wireLength[0] = 60;
        batch.linkType[0] = LinkType.RAW;
    }

    @AfterEach
    void close() {
        captures.close();
    }

    private void pass(int millis) throws IOException {
        for (int i = 0; i < millis; i++) {
            nowNanos += MILLI;
            batch.timestampNanos[0] = nowNanos;
            captures.sink().accept(batch);
        }
    }

    private String tell(String id, State floodState) {
        Event told = captures.note(Floods.syn(id, "198.51.100.10", floodState, "syn-spoofed", nowNanos));
        return ((Event.FloodChanged) told).report().capture();
    }

    private void await(String name) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (captures.find(name).isEmpty()) {
            assertTrue(System.nanoTime() < end, "no file");
            Thread.sleep(5);
        }
    }

    /** Milliseconds since the start of its packets. */
    private List<Long> read(String name) throws IOException {
        List<Long> times = new ArrayList<>();
        PacketBatch read = new PacketBatch();
        try (PacketSource source =
                CaptureFileSource.open(List.of(captures.find(name).orElseThrow().toString()))) {
            while (source.fill(read) != PacketSource.END) {
                for (int i = 0; i < read.size; i++) {
                    times.add((read.timestampNanos[i] - startNanos) / MILLI);
                }
            }
        }
        return times;
    }

    @Test
    void holdsWhatCameBeforeAndAfterTheStart() throws Exception {
        pass(5_000);
        String name = tell("a", State.STARTED);
        assertTrue(name.matches("[0-9TZ]{19}-syn\\.pcapng"), name);
        pass(500);
        assertEquals(name, tell("a", State.UPDATED));
        pass(600);
        await(name);
        List<Long> times = read(name);
        assertEquals(3_000, times.getFirst());
        assertEquals(6_000, times.getLast());
        assertEquals(3_001, times.size());
        assertEquals(name, tell("a", State.ENDED));
        assertEquals("", tell("a", State.UPDATED));
        assertEquals(List.of(name), captures.list().stream().map(Capture::name).toList());
        assertEquals(List.of(), said);
    }

    /** Two that overlap share a file, which lasts until the second one's time is over; a third has its own. */
    @Test
    void keepsOneFileOpenForFloodsThatOverlap() throws Exception {
        pass(1_000);
        String first = tell("a", State.STARTED);
        pass(900);
        assertEquals(first, tell("b", State.STARTED));
        pass(1_100);
        await(first);
        assertEquals(2_900, read(first).getLast());
        String second = tell("c", State.STARTED);
        assertNotEquals(first, second);
        pass(1_100);
        await(second);
        assertEquals(1_000, read(second).getFirst());
    }

    @Test
    void endsAFullFileAndBeginsNoOtherBeforeItsTimeIsOver() throws Exception {
        String first = tell("a", State.STARTED);
        for (int i = 0; i < 12_000; i++) {
            batch.timestampNanos[0] = nowNanos;
            captures.sink().accept(batch);
        }
        await(first);
        long bytes = captures.list().getFirst().bytes();
        assertTrue(bytes <= 1_000_000 && bytes > 990_000, () -> bytes + " bytes");
        pass(500);
        assertEquals("", tell("b", State.STARTED));
        assertEquals("", tell("b", State.UPDATED));
        pass(600);
        assertNotEquals(first, tell("c", State.STARTED));
    }

    @Test
    void deletesTheOldestAndTouchesNothingElse() throws Exception {
        Path folder = state.resolve("captures");
        Files.writeString(folder.resolve("notes.txt"), "x".repeat(3_000_000));
        for (int i = 0; i < 4; i++) {
            String name = tell("f" + i, State.STARTED);
            for (int packet = 0; packet < 9_000; packet++) {
                captures.sink().accept(batch);
                batch.timestampNanos[0] = nowNanos;
            }
            pass(1_500);
            await(name);
        }
        List<Capture> left = captures.list();
        assertEquals(2, left.size(), left::toString);
        assertTrue(left.getLast().bytes() > 800_000, left::toString);
        assertTrue(Files.exists(folder.resolve("notes.txt")));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        Path file = folder.resolve(left.getFirst().name());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void saysWhatABanWouldHaveDropped() throws Exception {
        assertEquals(new BanPreview(0, 0, 0, 0, 0), captures.preview(IpPrefix.ANY_IPV4));
        int[] verdicts = {Verdict.of(Reason.ESTABLISHED), Verdict.of(Reason.ACCEPTED), Verdict.of(Reason.UDP_FLOOD)};
        for (int i = 0; i < 300; i++) {
            // IPv4 and UDP, 60 bytes, from one of two hosts.
            batch.frames
                    .asByteBuffer()
                    .put(0, (byte) 0x45)
                    .putShort(2, (short) 60)
                    .put(9, (byte) 17)
                    .putInt(12, i % 2 == 0 ? 0xcb00_7109 : 0xcb00_7209)
                    .putShort(24, (short) 40);
            batch.verdict[0] = verdicts[i % 3];
            pass(1);
        }
        assertEquals(
                new BanPreview(299 * MILLI, 150, 150 * 60, 100, 50),
                captures.preview(IpPrefix.host(0, 0xffff_cb00_7109L)));
        assertEquals(300, captures.preview(IpPrefix.ANY_IPV4).packets());
    }

    @Test
    void givesNoFileButItsOwn() throws Exception {
        Files.writeString(state.resolve("sources.bin"), "secret");
        Files.writeString(state.resolve("captures").resolve("other.pcapng"), "secret");
        for (String name : List.of("", ".", "..", "../sources.bin", "other.pcapng", "20260101T000000000Z-syn.pcapng")) {
            assertEquals(Optional.empty(), captures.find(name), name);
        }
    }

    @Test
    void completesTheFileOfNowWhenTheDaemonEnds() throws Exception {
        pass(100);
        String name = tell("a", State.STARTED);
        pass(100);
        captures.close();
        assertEquals(200, read(name).size());
    }

    @Test
    void removesWhatAKilledDaemonLeftHalfWritten() throws Exception {
        Path half = Files.writeString(state.resolve("captures/.20260101T000000000Z-syn.pcapng"), "half");
        captures.close();
        open();
        assertTrue(Files.notExists(half));
    }
}
