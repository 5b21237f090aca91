package io.weir.detector.daemon;

import io.weir.capture.sink.PacketSink;
import io.weir.capture.source.CaptureException;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.scrub.BanTable;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.fault.Fault;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A live session as {@link SessionRecorder} left it: gives its packets in the batches of then, lets time pass, observing
 * and bans change where they did, and holds every verdict against the one given live. One thread.
 */
public final class RecordedSession implements PacketSource {
    private static final long BUFFER_BYTES = 1 << 20;

    private final Path file;
    private final DataInputStream in;
    private final boolean isObserving;
    private final long hashKey;
    private final List<IpPrefix> protect;
    private final byte[] savedSources;
    private final PacketBatch read = new PacketBatch();
    private final int[] expected = new int[PacketBatch.CAPACITY];

    private PacketSource capture = new Nothing();
    private Optional<Engine> engine = Optional.empty();
    private MemorySegment frames = Arena.ofAuto().allocate(BUFFER_BYTES);
    private int next;
    private long judgedPackets;
    private long differingPackets;
    private String firstDifference = "";

    private RecordedSession(Path file, DataInputStream in) throws IOException {
        this.file = file;
        this.in = in;
        if (in.readLong() != SessionRecorder.MAGIC) {
            throw new IOException("isn't the record of a session: those begin with WEIRSES1");
        }
        isObserving = in.readBoolean();
        hashKey = in.readLong();
        protect = prefixes();
        int sourcesLength = in.readInt();
        if (sourcesLength < 0) {
            throw new IOException("damaged: saved sources of " + sourcesLength + " bytes");
        }
        savedSources = in.readNBytes(sourcesLength);
    }

    /**
     * The session that a capture is of, if it stands beside it.
     *
     * @throws CaptureException if it is damaged
     */
    public static Optional<RecordedSession> beside(List<String> captures) throws CaptureException {
        Path file = SessionRecorder.session(Path.of(captures.getFirst()));
        if (captures.size() > 1 || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
            return Optional.of(new RecordedSession(file, in));
        } catch (EOFException cut) {
            throw new CaptureException(file + ": truncated");
        } catch (IOException damaged) {
            throw new CaptureException(file + ": " + damaged.getMessage());
        }
    }

    /** What the live engine was built from, as far as the configuration is the same. */
    public EngineSettings settings(WeirConfig config) {
        List<ProtectedPrefix> prefixes = config.protect().isEmpty()
                ? protect.stream()
                        .map(prefix -> ProtectedPrefix.of(prefix).with(config.rules()))
                        .toList()
                : config.protect();
        return EngineSettings.forLive(config, prefixes, hashKey, isObserving);
    }

    /**
     * Gives an engine what the live one began with.
     *
     * @param packets of the capture; closed by its owner
     * @throws CaptureException if the saved sources are damaged
     */
    public void begin(Engine built, CaptureFileSource packets) throws IOException {
        engine = Optional.of(built);
        capture = packets;
        if (savedSources.length > 0) {
            List<Fault> faults = built.sources().read(file.toString(), new ByteArrayInputStream(savedSources));
            if (!faults.isEmpty()) {
                throw new CaptureException(faults.getFirst().toString());
            }
        }
    }

    private List<IpPrefix> prefixes() throws IOException {
        int count = in.readInt();
        List<IpPrefix> prefixes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = in.readUTF();
            switch (IpPrefix.parse(text)) {
                case IpPrefix.Parsed.Invalid invalid -> throw new IOException("'" + text + "' " + invalid.problem());
                case IpPrefix.Parsed.Valid valid -> prefixes.add(valid.prefix());
            }
        }
        return prefixes;
    }

    @Override
    public int fill(PacketBatch batch) throws IOException {
        Engine judging = engine.orElseThrow();
        try {
            while (true) {
                int kind = in.readUnsignedByte();
                switch (kind) {
                    case SessionRecorder.BATCH -> {
                        return fill(batch, in.readInt());
                    }
                    case SessionRecorder.IDLE -> judging.worker().idle(in.readLong());
                    case SessionRecorder.OBSERVE -> judging.observe(in.readBoolean());
                    case SessionRecorder.BANS -> judging.ban(BanTable.of(prefixes()));
                    case SessionRecorder.END -> {
                        return END;
                    }
                    default -> throw new CaptureException(file + ": damaged: there is no entry of kind " + kind);
                }
            }
        } catch (EOFException cut) {
            throw new CaptureException(file + ": truncated: the daemon didn't end in order");
        }
    }

    private int fill(PacketBatch batch, int size) throws IOException {
        if (size < 1 || size > PacketBatch.CAPACITY) {
            throw new CaptureException(file + ": damaged: a batch of " + size + " packets");
        }
        long used = 0;
        for (int i = 0; i < size; i++) {
            expected[i] = in.readInt();
            if (next == read.size) {
                next = 0;
                if (capture.fill(read) == END) {
                    throw new CaptureException(file + ": its capture has fewer packets");
                }
            }
            used = copy(batch, i, used);
            next++;
        }
        batch.frames = frames;
        batch.size = size;
        return size;
    }

    /** The batches of a file aren't those of then, and bytes stay only until the next is read. */
    private long copy(PacketBatch batch, int i, long used) {
        int length = read.capturedLength[next];
        if (used + length > frames.byteSize()) {
            MemorySegment larger = Arena.ofAuto().allocate(2 * (used + length));
            MemorySegment.copy(frames, 0, larger, 0, used);
            frames = larger;
        }
        MemorySegment.copy(read.frames, read.frameOffset[next], frames, used, length);
        batch.frameOffset[i] = used;
        batch.capturedLength[i] = length;
        batch.wireLength[i] = read.wireLength[next];
        batch.timestampNanos[i] = read.timestampNanos[next];
        batch.linkType[i] = read.linkType[next];
        batch.interfaceIndex[i] = read.interfaceIndex[next];
        return used + length;
    }

    /** Holds verdicts against those given live. */
    public PacketSink comparison() {
        return new Comparison();
    }

    private final class Comparison implements PacketSink {
        @Override
        public void accept(PacketBatch batch) {
            for (int i = 0; i < batch.size; i++) {
                judgedPackets++;
                if (batch.verdict[i] != expected[i] && differingPackets++ == 0) {
                    firstDifference = "packet " + judgedPackets + " was " + text(expected[i]) + " live and is "
                            + text(batch.verdict[i]) + " now";
                }
            }
        }

        @Override
        public void close() {}
    }

    private static String text(int verdict) {
        return (Verdict.isDrop(verdict) ? "dropped: " : "passed: ") + Verdict.reason(verdict);
    }

    /** Whether every verdict was the one given live. */
    public boolean isSame() {
        return differingPackets == 0;
    }

    /** How the verdicts compare, as one line. */
    public String result() {
        return isSame()
                ? "a session recorded live: all " + judgedPackets + " verdicts are the same"
                : "a session recorded live: " + differingPackets + " of " + judgedPackets
                        + " verdicts differ, the first: " + firstDifference + "; was the configuration the same?";
    }

    @Override
    public long bytesRead() {
        return capture.bytesRead();
    }

    @Override
    public long bytesTotal() {
        return capture.bytesTotal();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Before it begins. */
    private static final class Nothing implements PacketSource {
        @Override
        public int fill(PacketBatch batch) {
            return END;
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        public long bytesTotal() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
