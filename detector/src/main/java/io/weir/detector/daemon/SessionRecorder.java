package io.weir.detector.daemon;

import io.weir.capture.pcap.CaptureWriter;
import io.weir.capture.sink.PacketSink;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.scrub.BanTable;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Records what a live engine is given and how it judges, so that {@link RecordedSession} can judge it again: the packets in
 * a capture, the rest in a file beside it, big-endian:
 *
 * <pre>
 *   magic "WEIRSES1" 8 | observing 1 | hash key 8 | protected prefixes | saved sources: length 4, bytes | entries
 *   entry: kind 1, then
 *     BATCH    packets 4, the verdict of each 4
 *     IDLE     time in ns 8: time passed without a packet
 *     OBSERVE  on 1
 *     BANS     prefixes: who is banned from here on
 *     END      nothing: the recording is complete
 *   prefixes: count 4, each as text in modified UTF-8
 * </pre>
 *
 * <p>Ends by itself, aloud, when it can't be written or when the configuration is exchanged; judging goes on. The thread
 * that judges.
 */
public final class SessionRecorder implements PacketSink {
    static final long MAGIC = 0x5745_4952_5345_5331L;
    static final int BATCH = 1;
    static final int IDLE = 2;
    static final int OBSERVE = 3;
    static final int BANS = 4;
    static final int END = 5;

    private static final int BUFFER_BYTES = 1 << 16;

    private final Engine engine;
    private final Consumer<String> say;
    private final CaptureWriter packets;
    private final DataOutputStream session;
    private boolean isObserving;
    private BanTable bans = BanTable.NONE;
    private boolean isOver;

    private SessionRecorder(
            Engine engine, boolean isObserving, Consumer<String> say, CaptureWriter packets, DataOutputStream session) {
        this.engine = engine;
        this.isObserving = isObserving;
        this.say = say;
        this.packets = packets;
        this.session = session;
    }

    /** Where the rest of a recording stands, beside its capture. */
    static Path session(Path capture) {
        return capture.resolveSibling(capture.getFileName() + ".session");
    }

    /**
     * Begins a recording, before the first packet.
     *
     * @param start what the engine was built from
     * @param savedSources what was restored of sources, as it stands in their file; empty for nothing
     * @param say hears why a recording ended early
     * @throws IOException if a file can't be created; the message names it
     */
    public static SessionRecorder create(
            Path capture, Engine engine, EngineSettings start, byte[] savedSources, Consumer<String> say)
            throws IOException {
        CaptureWriter packets = CaptureWriter.create(capture.toString());
        try {
            DataOutputStream session = new DataOutputStream(
                    new BufferedOutputStream(Files.newOutputStream(session(capture)), BUFFER_BYTES));
            session.writeLong(MAGIC);
            session.writeBoolean(start.isObserving());
            session.writeLong(start.hashKey());
            write(session, start.protect().stream().map(ProtectedPrefix::prefix).toList());
            session.writeInt(savedSources.length);
            session.write(savedSources);
            return new SessionRecorder(engine, start.isObserving(), say, packets, session);
        } catch (IOException unwritable) {
            packets.close();
            throw new IOException("cannot write " + session(capture) + ": " + unwritable.getMessage(), unwritable);
        }
    }

    private static void write(DataOutputStream out, List<IpPrefix> prefixes) throws IOException {
        out.writeInt(prefixes.size());
        for (IpPrefix prefix : prefixes) {
            out.writeUTF(prefix.toString());
        }
    }

    @Override
    public void accept(PacketBatch batch) {
        if (isOver) {
            return;
        }
        try {
            if (!noteState()) {
                return;
            }
            session.writeByte(BATCH);
            session.writeInt(batch.size);
            for (int i = 0; i < batch.size; i++) {
                session.writeInt(batch.verdict[i]);
                packets.write(batch, i);
            }
        } catch (IOException full) {
            endEarly(String.valueOf(full.getMessage()));
        }
    }

    /** Time passed without a packet, and the engine was told. */
    public void idle(long timeNanos) {
        if (isOver) {
            return;
        }
        try {
            if (noteState()) {
                session.writeByte(IDLE);
                session.writeLong(timeNanos);
            }
        } catch (IOException full) {
            endEarly(String.valueOf(full.getMessage()));
        }
    }

    /** Errands are run between batches, so what holds now held for what was judged just now. */
    @SuppressWarnings("ReferenceEquality")
    private boolean noteState() throws IOException {
        if (engine.changes() > 0) {
            endEarly("the configuration was exchanged");
            return false;
        }
        if (engine.worker().isObserving() != isObserving) {
            isObserving = !isObserving;
            session.writeByte(OBSERVE);
            session.writeBoolean(isObserving);
        }
        if (engine.bans() != bans) {
            bans = engine.bans();
            session.writeByte(BANS);
            write(session, bans.list());
        }
        return true;
    }

    private void endEarly(String why) {
        say.accept("the recording ends here: " + why);
        end();
    }

    private void end() {
        isOver = true;
        try (session;
                packets) {
            session.writeByte(END);
        } catch (IOException full) {
            say.accept("the recording is incomplete: " + full.getMessage());
        }
    }

    @Override
    public void close() {
        if (!isOver) {
            end();
        }
    }
}
