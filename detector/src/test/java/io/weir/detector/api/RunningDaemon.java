package io.weir.detector.api;

import io.weir.detector.config.ApiConfig;
import io.weir.detector.config.ConfigReader;
import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.EventDesk;
import io.weir.detector.daemon.FloodCaptures;
import io.weir.detector.daemon.LiveControl;
import io.weir.detector.daemon.LiveSettings;
import io.weir.detector.event.Event;
import io.weir.detector.event.Findings;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.metrics.DaemonMetrics;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/** A daemon without traffic: engine, control and server are real; a thread takes the place of the one that judges. */
final class RunningDaemon implements AutoCloseable {
    static final String OPERATE = "operate-token-0123456789";
    static final String VIEW = "view-token-0123456789";

    /** Sources that an earlier run knew. */
    static final SortedSet<String> CREDIBLE = IntStream.range(0, 20)
            .mapToObj(i -> i % 2 == 0 ? "203.0.113." + i : "2001:db8::" + (100 + i))
            .collect(Collectors.toCollection(TreeSet::new));

    static final int CONNECTIONS = 20;

    final Path socket;
    final Path config;
    final LiveControl control;
    final InetSocketAddress address;

    private final ApiServer server;
    final List<Event> events = new CopyOnWriteArrayList<>();
    private final EventDesk desk;
    final FloodCaptures captures;
    private final Thread judge;
    private volatile boolean isEnding;

    /** Saves sources as an earlier run would have, see SourceFile: two handshakes each, the addresses {@link #CREDIBLE}. */
    private static void saveSources(Path file) throws IOException {
        ByteBuffer entries = ByteBuffer.allocate(CREDIBLE.size() * 32);
        long units = System.currentTimeMillis() * 2 / 125 & 0xffff_ffffL;
        for (String address : CREDIBLE) {
            long[] halves = new long[2];
            IpAddress.parse(address, halves);
            entries.putLong(halves[0])
                    .putLong(halves[1])
                    .putLong(units << 32 | units)
                    .putLong(2L << 52);
        }
        CRC32C checksum = new CRC32C();
        checksum.update(entries.array());
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(
                file,
                ByteBuffer.allocate(24 + entries.capacity())
                        .put("WEIRSRC1".getBytes(StandardCharsets.US_ASCII))
                        .putLong(0)
                        .putInt(CREDIBLE.size())
                        .putInt((int) checksum.getValue())
                        .put(entries.array())
                        .array());
    }

    /** @param protect what stands under {@code protect} */
    RunningDaemon(Path folder, String protect) throws IOException {
        config = Files.writeString(
                folder.resolve("weir.yaml"),
                "protect: " + protect + "\nrun: { mode: queue, interfaces: [eth0] }\nmanagement: [192.0.2.0/28]\n"
                        + "state: state\napi: { socket: s, listen: '127.0.0.1:0', tokens: { view: view, operate: operate } }\n");
        Files.writeString(folder.resolve("view"), VIEW + "\n");
        Files.writeString(folder.resolve("operate"), OPERATE + "\n");
        saveSources(folder.resolve("state/sources.bin"));
        WeirConfig read =
                ConfigReader.read(config) instanceof ConfigResult.Loaded loaded ? loaded.config() : WeirConfig.DEFAULT;
        RunConfig run = read.run().orElseThrow();
        LiveSettings settings = new LiveSettings(read, run, read.protect());
        Findings findings = new Findings(100);
        desk = new EventDesk(events::add);
        Engine engine = new Engine(EngineSettings.forLive(read, read.protect(), 1, false), 1, desk);
        connect(engine);
        captures =
                FloodCaptures.open(read.captures().orElseThrow(), read.state().orElseThrow(), problem -> {});
        control = new LiveControl(
                engine,
                new Kernel(),
                settings,
                "test",
                () -> ConfigReader.read(config),
                findings,
                new LatencyRecorder(false),
                new LatencyRecorder(false),
                desk,
                captures);
        List<String> problems = control.restore();
        if (!problems.isEmpty()) {
            throw new IOException(problems.toString());
        }
        judge = Thread.ofPlatform().daemon().start(() -> {
            long nowNanos = 1_000_000_000L;
            while (!isEnding) {
                control.turn(nowNanos);
                nowNanos += 1_000_000L;
                Thread.onSpinWait();
            }
            control.close();
        });
        ApiConfig api = read.api();
        socket = api.socket();
        server = ApiServer.open(api, control, new DaemonMetrics(control, "test", "queue", run.interfaces()));
        address = Objects.requireNonNull(server.address());
    }

    /** Opens connections from 203.0.113.10 to 198.51.100.10:443, whom an earlier run knew. */
    private static void connect(Engine engine) {
        PacketBatch batch = new PacketBatch();
        FrameBuilder builder = new FrameBuilder();
        batch.frames = Arena.ofAuto().allocate(256);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
        int client = 0xcb00_710a;
        int server = 0xc633_640a;
        for (int port = 40_000; port < 40_000 + CONNECTIONS; port++) {
            int length = builder.ipv4(client, server).tcp(batch.frames, 0, port, 443, 100, 0, TcpFlags.SYN, 60_000);
            judge(engine, batch, length);
            length = builder.ipv4(server, client)
                    .tcp(batch.frames, 0, 443, port, 500, 101, TcpFlags.SYN | TcpFlags.ACK, 60_000);
            judge(engine, batch, length);
            length = builder.ipv4(client, server).tcp(batch.frames, 0, port, 443, 101, 501, TcpFlags.ACK, 60_000);
            judge(engine, batch, length);
        }
    }

    private static void judge(Engine engine, PacketBatch batch, int length) {
        batch.capturedLength[0] = length;
        batch.wireLength[0] = length;
        batch.timestampNanos[0] += 100_000;
        engine.worker().judge(batch);
    }

    /** A queue a quarter full. */
    private static final class Kernel implements LiveControl.Kernel {
        @Override
        public void change(LiveSettings settings) {}

        @Override
        public List<Intake> intakes() {
            return List.of(new Intake("queue 0", 16_384, 65_536, "packets", 3));
        }
    }

    /** Sends bytes over the Unix socket and reads until the daemon closes or resets. */
    String raw(String request) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
            StringBuilder all = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(65_536);
            try {
                while (channel.read(buffer) >= 0) {
                    all.append(StandardCharsets.UTF_8.decode(buffer.flip()));
                    buffer.clear();
                }
            } catch (IOException reset) {
                // It closed without reading all that was sent.
            }
            return all.toString();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    String ask(String method, String path, String body) {
        return raw(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + (body.isEmpty() ? "" : "Content-Type: application/json\r\n")
                + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    @Override
    public void close() {
        isEnding = true;
        try {
            judge.join();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        server.close();
        captures.close();
        desk.close();
    }
}
