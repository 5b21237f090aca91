package io.weir.detector.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The {@code api} block: where a daemon can be asked and steered.
 *
 * @param socket of Unix, for whoever may write to it: the administrator
 * @param listen over TCP, too; beyond loopback only with {@code tls} and a token
 * @param viewToken file with the token of those who may look; without one everybody on this host may
 * @param operateToken file with the token of those who may change things; without one nobody may over TCP
 */
public record ApiConfig(
        Path socket,
        Optional<InetSocketAddress> listen,
        Optional<Tls> tls,
        Optional<Path> viewToken,
        Optional<Path> operateToken) {
    public static final Path DEFAULT_SOCKET = Path.of("/run/weir/weir.sock");

    public static final ApiConfig DEFAULT =
            new ApiConfig(DEFAULT_SOCKET, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Files in PEM: a certificate with those that lead to it, and its key in PKCS #8. */
    public record Tls(Path certificate, Path key) {}
}
