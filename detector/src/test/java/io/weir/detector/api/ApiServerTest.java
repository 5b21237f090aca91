package io.weir.detector.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.event.Event;
import io.weir.detector.metrics.Metric;
import io.weir.detector.testing.Json;
import io.weir.detector.testing.Promtool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerTest {
    private static final String PROTECT = "[{ prefix: 198.51.100.0/24 }]";
    private static final String BAN = "{\"prefix\":\"203.0.113.9\",\"for\":\"1h\",\"reason\":\"test\"}";

    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private RunningDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = new RunningDaemon(folder, PROTECT);
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private HttpRequest.Builder tcp(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.address.getPort() + path));
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private static int status(String reply) {
        return Integer.parseInt(reply.substring(9, 12));
    }

    private static String body(String reply) {
        return reply.substring(reply.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void describesEachOfItsRoutesAndNoOther() {
        String description = body(daemon.ask("GET", "/api/v1/openapi.json", ""));
        TreeSet<String> described = new TreeSet<>();
        Json.asObject(Json.object(description.replace("\n", "")).get("paths"))
                .forEach((path, operations) -> Json.asObject(operations)
                        .keySet()
                        .forEach(method -> described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path)));
        TreeSet<String> served = new Routes(daemon.control, () -> "")
                .all().stream()
                        .map(route -> route.method() + " " + route.path())
                        .collect(Collectors.toCollection(TreeSet::new));
        served.add("GET " + Routes.EVENTS);
        served.add("GET /api/v1/openapi.json");
        assertEquals(served, described);
    }

    @Test
    void answersEveryRouteThatOnlyLooks() {
        for (Routes.Route route : new Routes(daemon.control, () -> "").all()) {
            if (route.method().equals("GET")
                    && !route.path().equals("/api/v1/flood")
                    && !route.path().equals("/api/v1/source")
                    && !route.path().equals("/api/v1/preview")
                    && !route.path().equals("/api/v1/capture")) {
                assertEquals(200, status(daemon.ask("GET", route.path(), "")), route.path());
            }
        }
        assertEquals(404, status(daemon.ask("GET", "/api/v1/flood?id=x", "")));
    }

    @Test
    void bansAndLiftsAndKeepsBansOverARestart() throws IOException {
        String added = daemon.ask("POST", "/api/v1/bans", BAN);
        assertEquals(200, status(added), added);
        assertTrue(body(added).contains("\"prefix\":\"203.0.113.9/32\""), added);
        daemon.close();
        daemon = new RunningDaemon(folder, PROTECT);
        assertTrue(body(daemon.ask("GET", "/api/v1/bans", "")).contains("203.0.113.9/32"));
        assertEquals(200, status(daemon.ask("DELETE", "/api/v1/bans?prefix=203.0.113.9", "")));
        assertEquals("{\"bans\":[]}", body(daemon.ask("GET", "/api/v1/bans", "")));
        assertEquals(404, status(daemon.ask("DELETE", "/api/v1/bans?prefix=203.0.113.9", "")));
    }

    @Test
    void takesAndRestoresTwentyThousandBans() throws IOException {
        String bans = IntStream.range(0, 20_000)
                .mapToObj(i -> "{\"prefix\":\"10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + "\"}")
                .collect(Collectors.joining(",", "{\"bans\":[", "]}"));
        assertEquals(200, status(daemon.ask("POST", "/api/v1/bans", bans)));
        daemon.close();
        daemon = new RunningDaemon(folder, PROTECT);
        assertEquals(20_000, daemon.control.bans().size());
    }

    @Test
    void bansAllOrNoneAndSaysWhatIsWrongWithEach() {
        String reply = daemon.ask(
                "POST",
                "/api/v1/bans",
                "{\"bans\":[{\"prefix\":\"203.0.113.300\"},{\"prefix\":\"203.0.113.9\",\"for\":\"soon\"},{\"who\":1}]}");
        assertEquals(422, status(reply), reply);
        Map<String, Object> problem = Json.object(body(reply));
        assertEquals("about:blank", problem.get("type"));
        assertEquals(4, problem.get("problems") instanceof List<?> problems ? problems.size() : 0, reply);
        assertEquals(409, status(daemon.ask("POST", "/api/v1/bans", "{\"prefix\":\"192.0.0.0/16\"}")));
        assertEquals(200, status(daemon.ask("POST", "/api/v1/bans?dry_run=true", BAN)));
        assertEquals(List.of(), daemon.control.bans());
    }

    @Test
    void reloadsThresholdsAndRollsBackWhatNobodyConfirms() throws Exception {
        String before = body(daemon.ask("GET", "/api/v1/thresholds", ""));
        Files.writeString(
                daemon.config,
                Files.readString(daemon.config)
                        .replace("198.51.100.0/24 }", "198.51.100.0/24, thresholds: { syn: { pps: 77 } } }"));
        assertEquals(200, status(daemon.ask("POST", "/api/v1/reload?dry_run=true", "")));
        assertEquals(before, body(daemon.ask("GET", "/api/v1/thresholds", "")));
        assertEquals(200, status(daemon.ask("POST", "/api/v1/reload", "{\"confirm\":\"500ms\"}")));
        assertTrue(body(daemon.ask("GET", "/api/v1/thresholds", "")).contains("\"syn\":{\"pps\":77}"));
        long end = System.nanoTime() + 10_000_000_000L;
        while (!body(daemon.ask("GET", "/api/v1/thresholds", "")).equals(before)) {
            assertTrue(System.nanoTime() < end, "it wasn't rolled back");
            Thread.sleep(50);
        }
        assertEquals(409, status(daemon.ask("POST", "/api/v1/confirm", "")));
        assertEquals(200, status(daemon.ask("POST", "/api/v1/reload", "{\"confirm\":\"1h\"}")));
        assertEquals(200, status(daemon.ask("POST", "/api/v1/confirm", "")));
        assertTrue(body(daemon.ask("GET", "/api/v1/thresholds", "")).contains("\"syn\":{\"pps\":77}"));
    }

    @Test
    void saysHowFarSourcesAreBelievedPageByPage() {
        TreeSet<String> listed = new TreeSet<>();
        int pages = 0;
        Object next = 0L;
        while (next != null) {
            Map<String, Object> page =
                    Json.object(body(daemon.ask("GET", "/api/v1/sources?limit=7&score=300&from=" + next, "")));
            for (Object source : page.get("sources") instanceof List<?> sources ? sources : List.of()) {
                listed.add(String.valueOf(Json.asObject(source).get("address")));
            }
            next = page.get("next");
            pages++;
        }
        assertEquals(RunningDaemon.CREDIBLE, listed);
        assertTrue(pages >= 3, () -> "20 sources, 7 a page");
        String one = body(daemon.ask("GET", "/api/v1/source?address=" + listed.getFirst(), ""));
        assertTrue(one.contains("\"credible\":true") && one.contains("2 completed handshakes"), one);
        String nobody = body(daemon.ask("GET", "/api/v1/source?address=2001:db8::1", ""));
        assertEquals(
                "{\"sources\":[{\"address\":\"2001:db8::1\",\"score\":0,\"credible\":false,\"parts\":[]}]}", nobody);
        assertEquals(422, status(daemon.ask("GET", "/api/v1/source?address=nobody", "")));
        assertEquals(422, status(daemon.ask("GET", "/api/v1/sources?limit=0", "")));
        assertEquals(422, status(daemon.ask("GET", "/api/v1/sources?score=-1", "")));
    }

    @Test
    void keepsTheOldConfigurationOnAnyFault() throws IOException {
        String good = Files.readString(daemon.config);
        Files.writeString(daemon.config, good + "x: 1\ny: 2\n");
        String reply = daemon.ask("POST", "/api/v1/reload", "");
        assertEquals(422, status(reply), reply);
        assertTrue(
                reply.contains("weir.yaml:6: x: unknown key") && reply.contains("weir.yaml:7: y: unknown key"), reply);
        Files.writeString(daemon.config, good.replace("eth0", "eth1") + "tables: { connections: 2k }\n");
        reply = daemon.ask("POST", "/api/v1/reload", "");
        assertEquals(409, status(reply), reply);
        assertTrue(reply.contains("run differs") && reply.contains("tables differs"), reply);
    }

    @Test
    void letsAViewerChangeNothing() throws Exception {
        HttpRequest.Builder ban = tcp("/api/v1/bans")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(BAN));
        assertEquals(401, send(ban.build()).statusCode());
        assertEquals(401, send(tcp("/api/v1/status").build()).statusCode());
        assertEquals(
                403,
                send(ban.copy()
                                .header("Authorization", "Bearer " + RunningDaemon.VIEW)
                                .build())
                        .statusCode());
        assertEquals(
                200,
                send(tcp("/api/v1/status")
                                .header("Authorization", "Bearer " + RunningDaemon.VIEW)
                                .build())
                        .statusCode());
        assertEquals(List.of(), daemon.control.bans());
        assertEquals(
                200,
                send(ban.copy()
                                .header("Authorization", "Bearer " + RunningDaemon.OPERATE)
                                .build())
                        .statusCode());
        assertEquals(1, daemon.control.bans().size());
    }

    @Test
    void setsThresholdsAsAWhole() {
        String path = "/api/v1/thresholds?prefix=198.51.100.0/24";
        String before = body(daemon.ask("GET", path, ""));
        String body = "{\"thresholds\":{\"syn\":{\"pps\":\"2k\"}},\"prefix_thresholds\":{\"udp\":{\"bps\":1000000}}}";
        assertEquals(
                "{\"said\":[\"changed: thresholds\"],\"preview\":{\"span_ns\":0,\"packets\":0,\"bytes\":0,"
                        + "\"now\":{\"dropped\":0,\"dropped_bytes\":0,\"passed\":0,\"established\":0,\"floods\":[]},"
                        + "\"then\":{\"dropped\":0,\"dropped_bytes\":0,\"passed\":0,\"established\":0,\"floods\":[]}}}",
                body(daemon.ask("PUT", path + "&dry_run=true", body)));
        assertEquals(before, body(daemon.ask("GET", path, "")));
        assertEquals(422, status(daemon.ask("PUT", path, body.replace("1000000", "1"))));
        assertEquals(422, status(daemon.ask("PUT", path, "{}")));
        assertEquals(404, status(daemon.ask("PUT", "/api/v1/thresholds?prefix=203.0.113.0/24", body)));
        assertEquals(before, body(daemon.ask("GET", path, "")));
        assertEquals(200, status(daemon.ask("PUT", path, body)));
        String after = body(daemon.ask("GET", path, ""));
        assertTrue(after.contains("\"syn\":{\"pps\":2000}"), after);
        assertEquals(
                before,
                after.replace("\"syn\":{\"pps\":2000}", "\"syn\":{\"pps\":1000}")
                        .replace(",\"bps\":1000000", ""));
        // The file says otherwise.
        assertEquals("{\"said\":[\"changed: thresholds\"]}", body(daemon.ask("POST", "/api/v1/reload", "")));
        assertEquals(before, body(daemon.ask("GET", path, "")));
    }

    @Test
    void tellsWhoChangedWhatAndNothingOfDryRuns() throws Exception {
        daemon.ask("GET", "/api/v1/status", "");
        daemon.ask("POST", "/api/v1/bans?dry_run=true", BAN);
        daemon.ask("POST", "/api/v1/bans", BAN);
        daemon.ask("DELETE", "/api/v1/bans?prefix=203.0.113.1%0Aaudit", "");
        send(tcp("/api/v1/observe")
                .header("Authorization", "Bearer " + RunningDaemon.OPERATE)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"observe\":\n" + " ".repeat(500) + "true}"))
                .build());
        String user = "user " + System.getProperty("user.name") + " over the Unix socket";
        long end = System.nanoTime() + 10_000_000_000L;
        List<Event.Audited> told = List.of();
        while (told.size() < 3 && System.nanoTime() < end) {
            Thread.sleep(20);
            told = daemon.events.stream()
                    .filter(Event.Audited.class::isInstance)
                    .map(Event.Audited.class::cast)
                    .toList();
        }
        assertEquals(
                List.of(
                        new Event.Audited(0, user, "ban", BAN, true),
                        new Event.Audited(0, user, "unban", "prefix=203.0.113.1 audit", false),
                        new Event.Audited(0, "operate token from 127.0.0.1", "observe", "{\"observe\": true}", true)),
                told.stream()
                        .map(one -> new Event.Audited(0, one.who(), one.action(), one.detail(), one.isDone()))
                        .toList());
    }

    @Test
    void listsConnectionsPageByPage() {
        TreeSet<String> listed = new TreeSet<>();
        Object next = 0L;
        int pages = 0;
        while (next != null) {
            Map<String, Object> page =
                    Json.object(body(daemon.ask("GET", "/api/v1/connections?limit=7&from=" + next, "")));
            for (Object one : page.get("connections") instanceof List<?> all ? all : List.of()) {
                Map<String, Object> connection = Json.asObject(one);
                assertEquals("203.0.113.10", connection.get("src_ip"));
                assertEquals("198.51.100.10", connection.get("dest_ip"));
                assertEquals("TCP", connection.get("proto"));
                assertEquals(443L, connection.get("dest_port"));
                listed.add(connection.get("src_port") + " " + connection.get("state"));
            }
            next = page.get("next");
            pages++;
        }
        assertEquals(
                IntStream.range(0, RunningDaemon.CONNECTIONS)
                        .mapToObj(i -> 40_000 + i + " open")
                        .collect(Collectors.toCollection(TreeSet::new)),
                listed);
        assertTrue(pages >= 3, () -> "20 connections, 7 a page");
    }

    @ParameterizedTest
    @CsvSource({
        "prefix=203.0.113.0/24, 20",
        "prefix=198.51.100.10, 20",
        "prefix=192.0.2.0/24, 0",
        "port=443, 20",
        "port=40003, 1",
        "protocol=tcp, 20",
        "protocol=6, 20",
        "protocol=udp, 0",
        "state=open, 20",
        "state=closed, 0",
        "port=40003&prefix=192.0.2.1, 0"
    })
    void filtersConnections(String query, int expected) {
        String reply = daemon.ask("GET", "/api/v1/connections?limit=1000&" + query, "");
        assertEquals(
                expected, Json.object(body(reply)).get("connections") instanceof List<?> all ? all.size() : -1, reply);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=1001",
                "port=65536",
                "protocol=tpc",
                "protocol=256",
                "state=up",
                "prefix=x",
                "from=-1"
            })
    void refusesAFilterThatMeansNothing(String query) {
        assertEquals(422, status(daemon.ask("GET", "/api/v1/connections?" + query, "")));
    }

    @Test
    void saysWhatABanWouldHaveDropped() {
        String preview = body(daemon.ask("GET", "/api/v1/preview?prefix=203.0.113.0/24", ""));
        assertEquals("{\"span_ns\":0,\"packets\":0,\"bytes\":0,\"passed\":0,\"established\":0}", preview);
        assertEquals(422, status(daemon.ask("GET", "/api/v1/preview", "")));
    }

    @Test
    void givesCapturesToWhoMayOperate() throws Exception {
        String name = "20260101T000000000Z-syn.pcapng";
        byte[] packets = new byte[3_000_000];
        new Random(1).nextBytes(packets);
        Files.write(folder.resolve("state/captures").resolve(name), packets);
        assertTrue(body(daemon.ask("GET", "/api/v1/captures", ""))
                .startsWith("{\"captures\":[{\"name\":\"" + name + "\",\"bytes\":3000000,"));
        HttpRequest.Builder get = tcp("/api/v1/capture?name=" + name);
        try (HttpClient client = HttpClient.newHttpClient()) {
            // One after the other on one connection, and as it was written.
            for (int i = 0; i < 3; i++) {
                HttpResponse<byte[]> answer = client.send(
                        get.copy()
                                .header("Authorization", "Bearer " + RunningDaemon.OPERATE)
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                assertEquals(200, answer.statusCode());
                assertArrayEquals(packets, answer.body());
            }
        }
        assertEquals(
                403,
                send(get.header("Authorization", "Bearer " + RunningDaemon.VIEW).build())
                        .statusCode());
        for (String other : List.of("", "..", "../sources.bin", "..%2Fsources.bin", "%2Fetc%2Fpasswd", name + "%00")) {
            assertEquals(404, status(daemon.ask("GET", "/api/v1/capture?name=" + other, "")), other);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, http://evil.example, 403",
        "Origin, null, 403",
        "Content-Type, text/plain, 415",
        "Content-Type, application/x-www-form-urlencoded, 415"
    })
    void refusesWhatAnotherSiteSends(String name, String value, int expected) throws Exception {
        HttpRequest.Builder ban = tcp("/api/v1/bans")
                .header("Authorization", "Bearer " + RunningDaemon.OPERATE)
                .header(name, value)
                .POST(HttpRequest.BodyPublishers.ofString(BAN));
        if (!name.equals("Content-Type")) {
            ban.header("Content-Type", "application/json");
        }
        assertEquals(expected, send(ban.build()).statusCode());
        assertEquals(List.of(), daemon.control.bans());
    }

    /** DNS rebinding: a name of another site that points here. */
    @Test
    void refusesAnotherHostsName() throws Exception {
        String reply = overTcp("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer "
                + RunningDaemon.VIEW + "\r\n\r\n");
        assertEquals(403, status(reply), reply);
    }

    private String overTcp(String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(daemon.address.getAddress(), daemon.address.getPort()));
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/console/../../weir.yaml",
                "/vendor/uPlot.min.css",
                "/openapi.json",
                "//etc/passwd",
                "/api/v1/status/../../../etc/passwd",
                "/index.html%00.js"
            })
    void servesNothingButItsOwnFiles(String path) {
        assertEquals(404, status(daemon.ask("GET", path, "")), path);
    }

    @Test
    void endsOversizedAndMalformedRequests() {
        String head = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        for (String request : List.of(
                "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\n\r\n",
                head + "X: " + "a".repeat(40_000) + "\r\n\r\n",
                head + "Content-Length: 99999999\r\n\r\n",
                "\u0000\u0001\u0002 nonsense\r\n\r\n")) {
            // Answered, or cut off without a word where more was sent than was read.
            String reply = daemon.raw(request);
            assertTrue(reply.isEmpty() || status(reply) >= 400, reply);
        }
        assertEquals(405, status(daemon.ask("PATCH", "/api/v1/bans", "")));
        assertEquals(200, status(daemon.ask("GET", "/api/v1/status", "")));
    }

    /** Whoever takes all connections over TCP is in nobody's way but his own. */
    @Test
    void staysReachableBehindTenThousandConnections() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 10_000; i++) {
                Socket socket = new Socket();
                sockets.add(socket);
                try {
                    socket.connect(daemon.address, 1_000);
                } catch (IOException full) {
                    break;
                }
            }
            assertTrue(sockets.size() > 2_048, () -> sockets.size() + " connections");
            assertEquals(200, status(daemon.ask("GET", "/api/v1/status", "")));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void tellsEventsAsTheyHappen() throws Exception {
        try (Socket socket = new Socket(daemon.address.getAddress(), daemon.address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + RunningDaemon.VIEW + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            await(in, ": hello");
            daemon.ask("POST", "/api/v1/bans", BAN);
            await(in, "event: ban");
            String data = in.readLine();
            assertTrue(data != null && data.contains("\"prefix\":\"203.0.113.9/32\""), data);
        }
    }

    private static void await(BufferedReader in, String wanted) throws IOException {
        for (String line = in.readLine(); ; line = in.readLine()) {
            assertFalse(line == null, "the stream ended before " + wanted);
            if (wanted.equals(line)) {
                return;
            }
        }
    }

    @Test
    void scrapesEveryMetricOfTheCatalogueButThoseOfFloods() {
        String scraped = body(daemon.ask("GET", "/metrics", ""));
        for (Metric metric : Metric.values()) {
            boolean isOfFloods = metric.text().startsWith("weir_flood");
            assertEquals(!isOfFloods, scraped.contains("\n" + metric.text()), metric.text() + " in\n" + scraped);
        }
    }

    /** Prometheus' own tool: its format, and its habits of naming. */
    @Test
    void whatPrometheusScrapesIsWhatItExpects() throws Exception {
        assertEquals("", Promtool.check(body(daemon.ask("GET", "/metrics", "")), "check", "metrics"));
    }

    @Test
    void countsPacketsByInterfaceDirectionVerdictAndReason() {
        String scraped = body(daemon.ask("GET", "/metrics", ""));
        for (String name : List.of("weir_packets_total", "weir_bytes_total")) {
            for (String direction : List.of("ingress", "egress", "transit")) {
                assertTrue(
                        scraped.contains("\n" + name + "{direction=\"" + direction
                                + "\",interface=\"eth0\",reason=\"syn-flood\",verdict=\"drop\"} 0.0\n"),
                        scraped);
            }
        }
    }

    @Test
    void tellsHowFullTheQueueIs() {
        String status = body(daemon.ask("GET", "/api/v1/status", ""));
        assertTrue(
                status.contains("\"intakes\":[{\"name\":\"queue 0\",\"waiting\":16384,\"capacity\":65536,"
                        + "\"unit\":\"packets\",\"lost_packets\":3}]"),
                status);
        String scraped = body(daemon.ask("GET", "/metrics", ""));
        assertTrue(scraped.contains("\nweir_capture_fill_ratio{intake=\"queue 0\"} 0.25\n"), scraped);
    }

    @Test
    void refusesASocketThatALivingDaemonHas() {
        IOException refused = assertThrows(IOException.class, () -> new RunningDaemon(folder, PROTECT));
        assertTrue(String.valueOf(refused.getMessage()).contains("belongs to another daemon that runs"));
    }
}
