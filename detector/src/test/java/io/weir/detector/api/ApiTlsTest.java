package io.weir.detector.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.ApiConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API over TLS, with a certificate that the JDK's keytool makes for this test alone. */
class ApiTlsTest {
    private static final String PASSWORD = "changeit";
    private static final String BAN = "{\"prefix\":\"203.0.113.9\"}";

    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private RunningDaemon daemon;

    @SuppressWarnings("NullAway.Init")
    private ApiServer server;

    @SuppressWarnings("NullAway.Init")
    private SSLContext trusting;

    private int port;

    @BeforeEach
    void start() throws Exception {
        daemon = new RunningDaemon(folder, "[{ prefix: 198.51.100.0/24 }]");
        Path store = folder.resolve("weir.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "weir",
                        "-dname",
                        "CN=weir",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), said);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path certificate = pem("CERTIFICATE", keys.getCertificate("weir").getEncoded());
        Path key = pem(
                "PRIVATE KEY",
                Objects.requireNonNull(keys.getKey("weir", PASSWORD.toCharArray()))
                        .getEncoded());
        ApiConfig config = new ApiConfig(
                folder.resolve("s2"),
                Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                Optional.of(new ApiConfig.Tls(certificate, key)),
                Optional.of(folder.resolve("view")),
                Optional.of(folder.resolve("operate")));
        server = ApiServer.open(config, daemon.control, () -> "");
        port = Objects.requireNonNull(server.address()).getPort();
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("weir", keys.getCertificate("weir"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
    }

    private Path pem(String what, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                folder.resolve(what.replace(' ', '-') + ".pem"),
                "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n");
    }

    @AfterEach
    void stop() {
        server.close();
        daemon.close();
    }

    private HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private int status(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        }
    }

    private static HttpRequest.Builder banning(HttpRequest.Builder request) {
        return request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(BAN));
    }

    @Test
    void asksForATokenAlsoOverTls() throws Exception {
        assertEquals(401, status(request("/api/v1/status", "")));
        assertEquals(401, status(request("/api/v1/status", "another-token-0123456789")));
        assertEquals(200, status(request("/api/v1/status", RunningDaemon.VIEW)));
        assertEquals(403, status(banning(request("/api/v1/bans", RunningDaemon.VIEW))));
        assertEquals(200, status(banning(request("/api/v1/bans", RunningDaemon.OPERATE))));
        assertEquals(1, daemon.control.bans().size());
    }

    @Test
    void givesALongCaptureOverTls() throws Exception {
        byte[] packets = new byte[1_000_003];
        new java.util.Random(1).nextBytes(packets);
        Files.write(folder.resolve("state/captures/20260101T000000000Z-syn.pcapng"), packets);
        HttpRequest get = request("/api/v1/capture?name=20260101T000000000Z-syn.pcapng", RunningDaemon.OPERATE)
                .build();
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
            assertArrayEquals(
                    packets,
                    client.send(get, HttpResponse.BodyHandlers.ofByteArray()).body());
        }
    }

    /** A token sent in the clear by mistake gets no answer that would make the mistake work. */
    @Test
    void answersNothingInTheClear() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                                    + RunningDaemon.OPERATE + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertFalse(reply.contains("HTTP/") || reply.contains("version"), reply);
        }
    }

    @Test
    void isntTrustedByWhoDoesntKnowItsCertificate() {
        try (HttpClient stranger = HttpClient.newHttpClient()) {
            HttpRequest get = request("/api/v1/status", RunningDaemon.VIEW).build();
            assertThrows(SSLException.class, () -> stranger.send(get, HttpResponse.BodyHandlers.ofString()));
        }
    }

    @Test
    void saysWhatIsWrongWithAKeyThatIsNone() throws IOException {
        Path certificate = folder.resolve("CERTIFICATE.pem");
        ApiConfig config = new ApiConfig(
                folder.resolve("s3"),
                Optional.empty(),
                Optional.of(new ApiConfig.Tls(certificate, certificate)),
                Optional.empty(),
                Optional.empty());
        IOException refused = assertThrows(IOException.class, () -> ApiServer.open(config, daemon.control, () -> ""));
        assertTrue(String.valueOf(refused.getMessage()).contains("must be a certificate and its key"));
    }
}
