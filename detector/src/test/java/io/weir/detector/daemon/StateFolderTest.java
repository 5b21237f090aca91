package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.api.BanRequest;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.scrub.BanTable;
import io.weir.detector.scrub.SourceTable;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon leaves for the next one. */
class StateFolderTest {
    private static final long NOW_NANOS = 1_800_000_000_000_000_000L;
    private static final int BANS = 20_000;

    @TempDir
    private Path folder = Path.of("");

    private static Engine engine() {
        return new Engine(
                EngineSettings.forLive(WeirConfig.DEFAULT, List.of(ProtectedPrefix.of(IpPrefix.ANY_IPV4)), 1, false),
                event -> {});
    }

    @Test
    void bansAreRestoredAndPublishedOnce() throws Exception {
        StateFolder state = new StateFolder(folder.resolve("state"));
        BanBook book = new BanBook(table -> {}, event -> {});
        List<BanRequest> requests = new ArrayList<>();
        for (int i = 0; i < BANS; i++) {
            requests.add(new BanRequest(IpPrefix.host(0, IpAddress.mapped(0x0a00_0000 + i)), Long.MAX_VALUE, "test"));
        }
        book.add(requests, List.of(), false, NOW_NANOS);
        state.save(book);
        List<BanTable> published = new ArrayList<>();
        BanBook restored = new BanBook(published::add, event -> {});
        long startNanos = System.nanoTime();
        List<String> problems =
                state.restore(new SourceTable(SourceTable.CAPACITY, new FlowHash(1)), restored, NOW_NANOS);
        System.out.println(BANS + " bans restored in " + (System.nanoTime() - startNanos) / 1_000_000 + " ms");
        assertEquals(List.of(), problems);
        assertEquals(BANS, restored.size());
        assertEquals(1, published.size());
    }

    /** As of a folder that the daemon may not enter: not as if there were none. */
    @Test
    void whatCannotBeReachedIsTold() throws Exception {
        Path file = folder.resolve("loop");
        Files.createSymbolicLink(file, file);
        List<String> problems = new StateFolder(file)
                .restore(
                        new SourceTable(SourceTable.CAPACITY, new FlowHash(1)),
                        new BanBook(table -> {}, event -> {}),
                        NOW_NANOS);
        assertEquals(2, problems.size(), problems::toString);
        assertTrue(problems.getFirst().startsWith(file + "/bans.tsv can't be read: "), problems::toString);
    }

    /** While packets are judged: the thread that judges copies, another writes. */
    @Test
    void sourcesAreSavedWhileTheDaemonRuns() throws Exception {
        Path file = folder.resolve("state");
        StateFolder state = new StateFolder(file);
        Engine engine = engine();
        Errands errands = new Errands();
        AtomicBoolean isOver = new AtomicBoolean();
        Thread judging = Thread.ofPlatform().start(() -> {
            while (!isOver.get()) {
                errands.doNext();
                LockSupport.parkNanos(1_000);
            }
        });
        assertEquals(List.of(), new SourceSaver(engine, errands, state).save());
        assertTrue(state.savedSources().length > 0);
        Files.delete(file.resolve("sources.bin"));
        Files.delete(file);
        Files.writeString(file, "not a folder");
        List<String> problem = new SourceSaver(engine, errands, state).save();
        assertTrue(problem.getFirst().startsWith("what is known of sources can't be saved: "), problem::toString);
        isOver.set(true);
        judging.join();
    }
}
