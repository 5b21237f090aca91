package io.weir.detector.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.weir.detector.config.AlertConfig;
import io.weir.detector.event.Event;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against receivers that are real: an HTTP server, a socket, a shell script. */
class AlertsTest {
    private static final Event LOSS = new Event.CaptureLoss(1_767_225_600_123_456_789L, 42);

    private final BlockingQueue<String> problems = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder = Path.of("");

    private record Post(String body, String signature) {}

    private static HttpServer server(BlockingQueue<Post> posts, AtomicInteger refusals) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean isRefused = refusals.getAndDecrement() > 0;
            exchange.sendResponseHeaders(isRefused ? 503 : 204, -1);
            exchange.close();
            if (!isRefused) {
                posts.add(new Post(
                        body, String.valueOf(exchange.getRequestHeaders().getFirst("X-Weir-Signature"))));
            }
        });
        server.start();
        return server;
    }

    private AlertConfig webhook(HttpServer server, Optional<Path> template) throws IOException {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
        Path secret = Files.writeString(folder.resolve("secret"), "key\n");
        return new AlertConfig(
                Optional.of(new AlertConfig.Webhook(url, Optional.of(secret), template)),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void postsSignedAndTriesAgain() throws Exception {
        BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
        HttpServer server = server(posts, new AtomicInteger(1));
        try (Alerts alerts = new Alerts(webhook(server, Optional.empty()), problems::add)) {
            alerts.accept(LOSS);
            Post post = posts.poll(20, TimeUnit.SECONDS);
            assertTrue(post != null, problems::toString);
            assertEquals(
                    "{\"events\":[{\"timestamp\":\"2026-01-01T00:00:00.123456789Z\",\"event_type\":\"capture_loss\","
                            + "\"capture_loss\":{\"packets\":42}}]}",
                    post.body());
            String expected = Webhook.signature("key".getBytes(StandardCharsets.UTF_8), post.body());
            assertEquals("sha256=" + expected, post.signature());
        } finally {
            server.stop(0);
        }
    }

    /** RFC 4231 section 4.3. */
    @Test
    void signsAsTheStandardSays() {
        assertEquals(
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                Webhook.signature("Jefe".getBytes(StandardCharsets.UTF_8), "what do ya want for nothing?"));
    }

    @Test
    void fillsATemplate() throws Exception {
        Path template = Files.writeString(folder.resolve("t"), "{\"text\":\"${text}\",\"raw\":${event}}");
        BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
        HttpServer server = server(posts, new AtomicInteger());
        try (Alerts alerts = new Alerts(webhook(server, Optional.of(template)), problems::add)) {
            alerts.accept(new Event.TableFull(1, "sources", 10, 3));
            Post post = posts.poll(20, TimeUnit.SECONDS);
            assertTrue(
                    post != null
                            && post.body()
                                    .startsWith("{\"text\":\"table of sources is full (10 entries): 3 gave way\","),
                    post + "");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void saysWhatCouldNotBeTold() throws Exception {
        AlertConfig config = new AlertConfig(
                Optional.of(new AlertConfig.Webhook(
                        URI.create("http://127.0.0.1:9/hook"), Optional.empty(), Optional.empty())),
                Optional.empty(),
                Optional.empty());
        Alerts alerts = new Alerts(config, problems::add);
        alerts.accept(LOSS);
        alerts.close();
        String problem = problems.poll(10, TimeUnit.SECONDS);
        assertTrue(problem != null && problem.startsWith("1 alerts by webhook weren't told: "), problem);
    }

    @Test
    void sendsSyslogMessages() throws Exception {
        try (DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            receiver.setSoTimeout(10_000);
            AlertConfig config = new AlertConfig(
                    Optional.empty(),
                    Optional.of((InetSocketAddress) receiver.getLocalSocketAddress()),
                    Optional.empty());
            try (Alerts alerts = new Alerts(config, problems::add)) {
                alerts.accept(LOSS);
                DatagramPacket packet = new DatagramPacket(new byte[4_096], 4_096);
                receiver.receive(packet);
                assertEquals(
                        "<28>1 2026-01-01T00:00:00.123456Z - weir "
                                + ProcessHandle.current().pid()
                                + " capture_loss - 42 packets weren't seen: the kernel had no room for them",
                        new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void tellsNobodyOfWhatIsNoAlert() throws Exception {
        BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
        HttpServer server = server(posts, new AtomicInteger());
        try (Alerts alerts = new Alerts(webhook(server, Optional.empty()), problems::add)) {
            alerts.accept(new Event.Reloaded(1, Event.ReloadResult.APPLIED, List.of()));
        } finally {
            server.stop(0);
        }
        assertEquals(0, posts.size());
    }
}
