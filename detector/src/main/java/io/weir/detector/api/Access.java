package io.weir.detector.api;

import io.weir.detector.config.ApiConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may do what. Over the Unix socket the file's permissions have decided already. */
final class Access {
    private static final String BEARER = "Bearer ";
    private static final int TOKEN_MINIMUM = 16;
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final byte @Nullable [] viewToken;
    private final byte @Nullable [] operateToken;

    private Access(byte @Nullable [] viewToken, byte @Nullable [] operateToken) {
        this.viewToken = viewToken;
        this.operateToken = operateToken;
    }

    /** @throws IOException if a token can't be read or is too short */
    static Access of(ApiConfig config) throws IOException {
        return new Access(token(config.viewToken()), token(config.operateToken()));
    }

    private static byte @Nullable [] token(Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            return null;
        }
        String token = Files.readString(file.get()).strip();
        if (token.length() < TOKEN_MINIMUM || token.chars().anyMatch(letter -> letter <= ' ' || letter > '~')) {
            throw new IOException(file.get() + ": a token is one line of at least " + TOKEN_MINIMUM
                    + " letters and digits; openssl rand -hex 24 makes one");
        }
        return token.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The role of whoever asks over TCP.
     *
     * @param authorization the header, or null
     */
    Role role(@Nullable String authorization) {
        byte[] given = authorization != null && authorization.startsWith(BEARER)
                ? authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8)
                : new byte[0];
        // Compared in a time that doesn't tell how much of it is right.
        if (operateToken != null && MessageDigest.isEqual(operateToken, given)) {
            return Role.OPERATE;
        }
        if (viewToken == null || MessageDigest.isEqual(viewToken, given)) {
            return Role.VIEW;
        }
        return Role.NOBODY;
    }

    /**
     * Whether a request names the server as itself: else a page of another site may have had its own name point here.
     *
     * @param host the header, or null
     */
    static boolean isOurs(@Nullable String host, InetSocketAddress local) {
        if (host == null) {
            return false;
        }
        int colon = host.endsWith("]") ? -1 : host.lastIndexOf(':');
        String name = colon < 0 ? host : host.substring(0, colon);
        if (local.getAddress().isLoopbackAddress()) {
            return LOCAL_NAMES.contains(name);
        }
        // Beyond loopback there is TLS, whose certificate says who we are, and a token that no other site has.
        return true;
    }

    /** Whether a page of another site sent it. */
    static boolean isForeign(@Nullable String origin, @Nullable String host) {
        return origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host);
    }
}
