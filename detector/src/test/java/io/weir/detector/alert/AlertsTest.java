package io.weir.detector.alert;

import static io.weir.detector.flood.FloodReport.State.ENDED;
import static io.weir.detector.flood.FloodReport.State.STARTED;
import static io.weir.detector.flood.FloodReport.State.UPDATED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.capture.linux.UnixDatagram;
import io.weir.detector.config.AlertTemplate;
import io.weir.detector.config.AlertsConfig;
import io.weir.detector.config.SyslogTarget;
import io.weir.detector.event.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AlertsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    Path folder;

    private final List<String> problems = new ArrayList<>();

    private record Request(String id, String timestamp, String signature, String body) {}

    private static HttpServer server(BlockingQueue<Request> requests, int... statuses) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(request(exchange));
            int answer = requests.size() <= statuses.length ? statuses[requests.size() - 1] : 204;
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static Request request(HttpExchange exchange) throws IOException {
        return new Request(
                String.valueOf(exchange.getRequestHeaders().getFirst("webhook-id")),
                String.valueOf(exchange.getRequestHeaders().getFirst("webhook-timestamp")),
                String.valueOf(exchange.getRequestHeaders().getFirst("webhook-signature")),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static AlertsConfig.Webhook hook(HttpServer server, Optional<Path> secret, AlertTemplate template) {
        return new AlertsConfig.Webhook(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook"), secret, template);
    }

    private Alerts open(AlertsConfig config) throws IOException {
        return Alerts.open(
                config, (socket, line) -> UnixDatagram.send(socket.toString(), line, "syslog"), problems::add);
    }

    @Test
    void webhookIsSignedAsStandardWebhooksHasIt() throws Exception {
        BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
        HttpServer server = server(requests);
        byte[] key = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
        Path secret = Files.writeString(
                folder.resolve("key"), "whsec_" + Base64.getEncoder().encodeToString(key) + "\n");
        AlertTemplate template = new AlertTemplate("{\"text\": \"{{severity}}: {{summary}}\", \"all\": {{alerts}}}");
        try (Alerts alerts = open(new AlertsConfig(
                SECOND, List.of(hook(server, Optional.of(secret), template)), Optional.empty(), Optional.empty()))) {
            alerts.accept(Floods.syn("a", "198.51.100.10", STARTED, "syn-\"\n{{alerts}}"));
            Request request = requests.take();
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] code = mac.doFinal(
                    (request.id() + "." + request.timestamp() + "." + request.body()).getBytes(StandardCharsets.UTF_8));
            assertEquals("v1," + Base64.getEncoder().encodeToString(code), request.signature());
            assertTrue(
                    request.body()
                            .startsWith("{\"text\": \"alert: syn-\\\"\\n{{alerts}} flood on 198.51.100.10 port 80: "
                                    + "20.3k pps, threshold 1k pps, seen after 87 ms\", \"all\": [{\"timestamp\":"),
                    request.body());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void webhookThatFailsIsTriedAgainUnderTheSameName() throws Exception {
        BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
        HttpServer server = server(requests, 503, 429);
        Webhook webhook = new Webhook(
                hook(server, Optional.empty(), AlertTemplate.DEFAULT), Optional.empty(), "h", Duration.ofMillis(5));
        try {
            webhook.tell(List.of(alert(Floods.syn("a", "198.51.100.10", STARTED))), 0);
            assertEquals(3, requests.size());
            assertEquals(1, requests.stream().map(Request::id).distinct().count());
            requests.clear();
        } finally {
            server.stop(0);
        }
        IOException gone = assertThrows(
                IOException.class, () -> webhook.tell(List.of(alert(Floods.syn("a", "198.51.100.10", ENDED))), 0));
        assertTrue(String.valueOf(gone.getMessage()).endsWith("tried 5 times"), gone::toString);
    }

    @Test
    void webhookThatIsRefusedIsNotTriedAgain() throws Exception {
        BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
        HttpServer server = server(requests, 401);
        Webhook webhook = Webhook.of(hook(server, Optional.empty(), AlertTemplate.DEFAULT), "h");
        try {
            IOException refused = assertThrows(
                    IOException.class,
                    () -> webhook.tell(List.of(alert(Floods.syn("a", "198.51.100.10", STARTED))), 0));
            assertEquals("refuses it, status 401", refused.getMessage());
            assertEquals(1, requests.size());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void syslogGetsOneLineOfRfc5424ForEachAlert() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Alerts alerts = open(new AlertsConfig(
                        SECOND,
                        List.of(),
                        Optional.of(new SyslogTarget.Udp(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()))),
                        Optional.empty()))) {
            alerts.accept(Floods.syn("a", "198.51.100.10", STARTED));
            String line = receive(socket);
            String head = "<25>1 2026-01-02T03:04:05.123456Z [!-~]{1,255} weir "
                    + ProcessHandle.current().pid() + " flood - \ufeff";
            assertTrue(line.matches(head + "syn-spoofed flood on 198\\.51\\.100\\.10 port 80: 20\\.3k pps.*"), line);
            alerts.accept(new Event.TableFull(Floods.START_NANOS, "connections", 1_000_000, 12));
            assertTrue(receive(socket).endsWith("table of connections is full: 12 of 1,000,000 entries gave way"));
        }
    }

    @Test
    void syslogOverTcpCountsItsLetters() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Alerts alerts = open(new AlertsConfig(
                        SECOND,
                        List.of(),
                        Optional.of(new SyslogTarget.Tcp(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()))),
                        Optional.empty()))) {
            alerts.accept(Floods.syn("a", "198.51.100.10", STARTED));
            try (Socket socket = server.accept()) {
                byte[] all = socket.getInputStream().readAllBytes();
                String text = new String(all, StandardCharsets.UTF_8);
                int space = text.indexOf(' ');
                assertEquals(all.length - space - 1, Integer.parseInt(text.substring(0, space)), text);
                assertTrue(text.substring(space + 1).startsWith("<25>1 2026-01-02T03:04:05.123456Z "), text);
            }
        }
    }

    /** As syslog(3) has it, so that every daemon that reads there understands it. */
    @Test
    void theHostsOwnSyslogIsToldThroughItsSocket() throws Exception {
        Path socket = folder.resolve("log");
        Process listener = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\n"
                                + "print('ready',flush=True)\nprint(s.recv(4096).decode(),flush=True)",
                        socket.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = listener.inputReader(StandardCharsets.UTF_8);
                Alerts alerts = open(new AlertsConfig(
                        SECOND, List.of(), Optional.of(new SyslogTarget.Local(socket)), Optional.empty()))) {
            assertEquals("ready", said.readLine());
            alerts.accept(Floods.syn("a", "198.51.100.10", STARTED));
            String line = String.valueOf(said.readLine());
            String head = "<25>(Jan|Dec)  ?\\d+ \\d\\d:04:05 weir\\["
                    + ProcessHandle.current().pid() + "]: ";
            assertTrue(line.matches(head + "syn-spoofed flood on 198\\.51\\.100\\.10 port 80: 20\\.3k pps.*"), line);
        } finally {
            listener.destroyForcibly();
        }
        assertEquals(List.of(), problems);
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    /** FastNetMon calls it for an attack of an address, whatever its kinds. */
    @Test
    void scriptIsCalledAsByFastNetMon() throws Exception {
        Path log = folder.resolve("log");
        Path script = folder.resolve("notify.sh");
        Files.writeString(
                script, "#!/bin/sh\n{ echo \"$# $1 $2 $3 $4\"; cat; echo .; } >> '" + log + "'\n[ $4 != ban ]\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        try (Alerts alerts = open(new AlertsConfig(SECOND, List.of(), Optional.empty(), Optional.of(script)))) {
            alerts.accept(Floods.syn("a", "198.51.100.10", STARTED));
            alerts.accept(Floods.syn("b", "198.51.100.10", STARTED));
            alerts.accept(Floods.syn("a", "198.51.100.10", UPDATED));
            alerts.accept(Floods.syn("a", "198.51.100.10", ENDED));
            alerts.accept(Floods.syn("b", "198.51.100.10", ENDED));
            alerts.accept(Floods.syn("never told", "198.51.100.99", ENDED));
        }
        List<String> lines = Files.readAllLines(log);
        assertEquals(
                List.of(
                        "4 198.51.100.10 incoming 20311 ban",
                        "4 198.51.100.10 incoming 20311 attack_details",
                        "4 198.51.100.10 incoming 20311 attack_details",
                        "4 198.51.100.10 incoming 25000 unban"),
                lines.stream().filter(line -> line.startsWith("4 ")).toList());
        assertEquals(
                List.of(
                        "IP: 198.51.100.10",
                        "Attack type: syn_flood",
                        "Initial attack power: 20311 packets per second",
                        "Peak attack power: 25000 packets per second",
                        "Attack direction: incoming",
                        "Attack protocol: tcp",
                        "Total incoming traffic: 10 mbps"),
                lines.subList(1, 8));
        assertEquals(
                List.of("4 198.51.100.10 incoming 25000 unban", "."), lines.subList(lines.size() - 2, lines.size()));
        assertEquals(
                List.of("alerts are lost: script " + script + ": ban of 198.51.100.10 ended with status 1"), problems);
    }

    /** As FastNetMon's own samples do: read all of a ban's details and mail them, take an unban without reading. */
    @Test
    void scriptThatMailsABanOfFastNetMonsGetsItsDetails() throws Exception {
        Path mails = folder.resolve("mails");
        Path mail = Files.writeString(
                folder.resolve("mail"), "#!/bin/sh\n{ echo \"subject: $2; to: $3\"; cat; } >> '" + mails + "'\n");
        Path script = Files.writeString(folder.resolve("notify.sh"), """
                #!/usr/bin/env bash
                PATH='%s':$PATH
                if [ "$4" = ban ]; then
                  details=$(</dev/stdin)
                  echo "$details" | mail -s "$1 blocked because of $2 attack with power $3 pps" root
                  exit 0
                fi
                if [ "$4" = unban ]; then exit 0; fi
                """.formatted(folder));
        for (Path file : List.of(mail, script)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        try (Alerts alerts = open(new AlertsConfig(SECOND, List.of(), Optional.empty(), Optional.of(script)))) {
            alerts.accept(Floods.syn("a", "198.51.100.10", STARTED));
            alerts.accept(Floods.syn("a", "198.51.100.10", ENDED));
        }
        List<String> lines = Files.readAllLines(mails);
        assertEquals(
                "subject: 198.51.100.10 blocked because of incoming attack with power 20311 pps; to: root",
                lines.getFirst());
        assertEquals("IP: 198.51.100.10", lines.get(1));
        assertEquals(
                1, lines.stream().filter(line -> line.startsWith("subject")).count());
        assertEquals(List.of(), problems);
    }

    /** The first goes out at once; what comes while a receiver is slow goes out together, the newest state of each. */
    @Test
    void slowReceiverIsToldTheRestTogetherAndHoldsUpNobody() throws Exception {
        CountDownLatch isTold = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        List<List<Alert>> told = new ArrayList<>();
        List<Long> lefts = new ArrayList<>();
        Receiver slow = new Receiver() {
            @Override
            public String name() {
                return "slow";
            }

            @Override
            public void tell(List<Alert> alerts, long left) throws InterruptedException {
                told.add(alerts);
                lefts.add(left);
                isTold.countDown();
                mayGoOn.await();
            }
        };
        try (Channel channel = new Channel(slow, SECOND, problems::add)) {
            channel.add(alert(Floods.syn("a", "198.51.100.10", STARTED)));
            isTold.await();
            for (int i = 0; i < 3 * Channel.MOST_WAITING; i++) {
                channel.add(alert(Floods.syn("u" + i, "198.51.100.10", UPDATED)));
            }
            channel.add(alert(Floods.syn("u0", "198.51.100.10", UPDATED)));
            channel.add(alert(Floods.syn("a", "198.51.100.10", ENDED)));
            mayGoOn.countDown();
        }
        assertEquals(
                List.of(1, Channel.MOST_WAITING / 2 + 1),
                told.stream().map(List::size).toList());
        assertEquals("a ENDED", told.getLast().getLast().key());
        assertEquals(List.of(0L, 3L * Channel.MOST_WAITING - Channel.MOST_WAITING / 2), lefts);
    }

    @Test
    void nobodyIsWokenForReloads() {
        assertEquals(
                Optional.empty(),
                Alert.of(new Event.Reloaded(Floods.START_NANOS, Event.ReloadResult.APPLIED, List.of())));
    }

    private static Alert alert(Event event) {
        return Alert.of(event).orElseThrow();
    }
}
