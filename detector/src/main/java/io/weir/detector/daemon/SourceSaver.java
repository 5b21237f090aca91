package io.weir.detector.daemon;

import io.weir.detector.api.Refusal;
import io.weir.detector.scrub.SourceCopy;
import java.io.IOException;
import java.util.List;

/** Keeps what is known of sources now and then, so that a daemon that is killed loses little of it. One thread, not the one that judges. */
final class SourceSaver {
    static final long EVERY_SECONDS = 30;

    private final Engine engine;
    private final Errands errands;
    private final StateFolder state;

    SourceSaver(Engine engine, Errands errands, StateFolder state) {
        this.engine = engine;
        this.errands = errands;
        this.state = state;
    }

    /** @return what went wrong, for people: empty, or one line */
    List<String> save() {
        SourceCopy copy = new SourceCopy(engine.sources());
        try {
            while (errands.ask(() -> copy.take(engine.worker().nowNanos()))) {
                copy.keep();
            }
            state.save(copy);
            return List.of();
        } catch (Refusal overloaded) {
            return List.of(); // next time
        } catch (IOException unwritable) {
            return List.of("what is known of sources can't be saved: " + unwritable.getMessage());
        }
    }
}
