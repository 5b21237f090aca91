package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.event.Event;
import io.weir.detector.testing.Corpus;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A capture of peace is peace wherever it begins, and whichever half of it was seen. */
final class BenignCutTest {
    private static final EngineSettings SETTINGS = small();

    private static Stream<Corpus.Entry> benign() throws IOException {
        return Corpus.entries()
                .filter(entry -> !entry.name().contains("/") || entry.name().startsWith("benign/"));
    }

    @ParameterizedTest
    @MethodSource("benign")
    void raisesNothingWhereverItBegins(Corpus.Entry entry) throws IOException {
        long packets = Long.parseLong(entry.value("packets").replaceAll("\\D", "0") + "0") / 10;
        for (int eighth = 1; eighth < 8; eighth++) {
            long first = packets * eighth / 8;
            assertEquals(List.of(), events(entry, number -> number >= first), "from " + eighth + "/8 on");
        }
    }

    @ParameterizedTest
    @MethodSource("benign")
    void raisesNothingWhereOneDirectionWasSeen(Corpus.Entry entry) throws IOException {
        for (boolean isUp : new boolean[] {true, false}) {
            List<Event> events = new ArrayList<>();
            Engine engine = new Engine(SETTINGS, events::add);
            PacketBatch batch = new PacketBatch();
            try (CaptureFileSource source =
                    CaptureFileSource.open(List.of(entry.file().toString()))) {
                while (source.fill(batch) != PacketSource.END) {
                    judgeOneDirection(engine, batch, isUp);
                }
            }
            engine.finish();
            assertEquals(List.of(), events, isUp ? "from lower to higher addresses" : "from higher to lower");
        }
    }

    /** Addresses are known once a batch is decoded; the decoder reads it again. */
    private static void judgeOneDirection(Engine engine, PacketBatch batch, boolean isUp) {
        new io.weir.filter.packet.FrameDecoder().decode(batch);
        int kept = 0;
        for (int i = 0; i < batch.size; i++) {
            int order = Long.compareUnsigned(batch.sourceLow[i], batch.destinationLow[i]);
            if (order == 0 || order < 0 == isUp) {
                move(batch, i, kept++);
            }
        }
        batch.size = kept;
        if (kept > 0) {
            engine.worker().judge(batch);
        }
    }

    private static List<Event> events(Corpus.Entry entry, LongPredicate isKept) throws IOException {
        List<Event> events = new ArrayList<>();
        Engine engine = new Engine(SETTINGS, events::add);
        PacketBatch batch = new PacketBatch();
        long number = 0;
        try (CaptureFileSource source =
                CaptureFileSource.open(List.of(entry.file().toString()))) {
            while (source.fill(batch) != PacketSource.END) {
                int kept = 0;
                for (int i = 0; i < batch.size; i++) {
                    if (isKept.test(number++)) {
                        move(batch, i, kept++);
                    }
                }
                batch.size = kept;
                if (kept > 0) {
                    engine.worker().judge(batch);
                }
            }
        }
        engine.finish();
        return events;
    }

    private static void move(PacketBatch batch, int from, int to) {
        batch.frameOffset[to] = batch.frameOffset[from];
        batch.capturedLength[to] = batch.capturedLength[from];
        batch.wireLength[to] = batch.wireLength[from];
        batch.timestampNanos[to] = batch.timestampNanos[from];
        batch.linkType[to] = batch.linkType[from];
        batch.interfaceIndex[to] = batch.interfaceIndex[from];
    }

    private static EngineSettings small() {
        EngineSettings replay = EngineSettings.forReplay(WeirConfig.DEFAULT, true);
        return new EngineSettings(
                replay.protect(), false, List.of(), 1 << 14, replay.timeouts(), replay.hashKey(), true);
    }
}
