package io.weir.detector.api;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.weir.detector.api.Control.Subscription;
import io.weir.detector.config.ApiConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves the API over a Unix socket, and over TCP where that is configured. */
public final class ApiServer implements AutoCloseable {
    /** Of each listener: one more is closed at once. However many there are over TCP, the administrator gets through. */
    private static final int MOST_CONNECTIONS = 2_048;

    private static final int LINE_BYTES_MAXIMUM = 4_096;
    private static final int HEADERS_BYTES_MAXIMUM = 16_384;
    private static final int CHUNK_BYTES = 8_192;
    /** 20,000 bans with their reasons. */
    private static final int BODY_BYTES_MAXIMUM = 4 << 20;

    private static final int WORKERS = 2;
    private static final int MOST_WAITING = 64;
    private static final long BEAT_SECONDS = 15;
    private static final long ENDING_MILLIS = 2_000;

    private static final String MACHINE_ID = "io.netty.machineId";

    static {
        // Netty names its channels after a hardware address, and warns where no interface has one. Nobody asks for the
        // names.
        if (System.getProperty(MACHINE_ID) == null) {
            System.setProperty(MACHINE_ID, "02:00:00:00:00:00:00:01");
        }
    }

    private final EventLoopGroup loop;
    private final ThreadPoolExecutor executor;
    private final Routes routes;
    private final Access access;
    private final EventStream events;
    private final ApiHandler.Audit audit;
    private final @Nullable SslContext tls;
    private final Path socket;
    private final Subscription subscription;
    private @Nullable InetSocketAddress address;

    private ApiServer(
            ApiConfig config, Control control, Supplier<String> metrics, Function<String, ThreadFactory> threads)
            throws IOException {
        access = Access.of(config);
        tls = tls(config);
        loop = new MultiThreadIoEventLoopGroup(1, threads.apply("weir-api"), NioIoHandler.newFactory());
        executor = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                threads.apply("weir-request"));
        routes = new Routes(control, metrics);
        audit = control::audit;
        events = new EventStream(loop.next());
        socket = config.socket();
        subscription = control.listen(events::tell);
        loop.scheduleAtFixedRate(events::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
    }

    /** The same, by threads like any other. */
    public static ApiServer open(ApiConfig config, Control control, Supplier<String> metrics) throws IOException {
        return open(
                config,
                control,
                metrics,
                name -> Thread.ofPlatform().daemon().name(name).factory());
    }

    /**
     * Begins to serve.
     *
     * @param metrics what a scrape is answered
     * @param threads makes daemon threads of a name
     * @throws IOException if an address can't be had or a file not be read; the message says which, and what would help
     */
    public static ApiServer open(
            ApiConfig config, Control control, Supplier<String> metrics, Function<String, ThreadFactory> threads)
            throws IOException {
        claim(config.socket());
        ApiServer server = new ApiServer(config, control, metrics, threads);
        try {
            server.bind(NioServerDomainSocketChannel.class, UnixDomainSocketAddress.of(config.socket()), true);
            Files.setPosixFilePermissions(config.socket(), PosixFilePermissions.fromString("rw-rw----"));
            if (config.listen().isPresent()) {
                Channel bound = server.bind(
                        NioServerSocketChannel.class, config.listen().get(), false);
                server.address = (InetSocketAddress) bound.localAddress();
            }
            return server;
        } catch (IOException | RuntimeException failed) {
            server.close();
            throw failed;
        }
    }

    /** Where it listens over TCP, with the port that it got; null for nowhere. */
    public @Nullable InetSocketAddress address() {
        return address;
    }

    /** Removes what a daemon that died left; a living one's is refused. */
    private static void claim(Path socket) throws IOException {
        Path folder = socket.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (!Files.exists(socket)) {
            return;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException dead) {
            Files.deleteIfExists(socket);
            return;
        }
        throw new IOException(
                socket + " belongs to another daemon that runs; name another socket: api: { socket: PATH }");
    }

    private static @Nullable SslContext tls(ApiConfig config) throws IOException {
        if (config.tls().isEmpty()) {
            return null;
        }
        ApiConfig.Tls files = config.tls().get();
        try {
            return SslContextBuilder.forServer(
                            files.certificate().toFile(), files.key().toFile())
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (IllegalArgumentException | IOException unusable) {
            throw new IOException(
                    "api.tls: " + files.certificate() + " and " + files.key() + " must be a certificate and its key"
                            + " (PKCS #8) in PEM: " + unusable.getMessage(),
                    unusable);
        }
    }

    private Channel bind(Class<? extends ServerChannel> type, SocketAddress where, boolean isUnix) throws IOException {
        AtomicInteger connections = new AtomicInteger();
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(type)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        begin(channel, isUnix, connections);
                    }
                })
                .bind(where)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "can't listen on " + where + ": " + bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private void begin(Channel channel, boolean isUnix, AtomicInteger connections) {
        if (connections.incrementAndGet() > MOST_CONNECTIONS) {
            connections.decrementAndGet();
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
        ChannelPipeline pipeline = channel.pipeline();
        SslContext secured = tls;
        if (secured != null && !isUnix) {
            pipeline.addLast(secured.newHandler(channel.alloc()));
        }
        pipeline.addLast(new HttpServerCodec(LINE_BYTES_MAXIMUM, HEADERS_BYTES_MAXIMUM, CHUNK_BYTES))
                .addLast(new HttpObjectAggregator(BODY_BYTES_MAXIMUM))
                .addLast(new ChunkedWriteHandler())
                .addLast(new ApiHandler(routes, access, events, executor, audit, isUnix));
    }

    @Override
    public void close() {
        subscription.close();
        executor.shutdownNow();
        loop.shutdownGracefully(0, ENDING_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(ENDING_MILLIS);
        try {
            Files.deleteIfExists(socket);
        } catch (IOException gone) {
            // The next start removes it.
        }
    }
}
