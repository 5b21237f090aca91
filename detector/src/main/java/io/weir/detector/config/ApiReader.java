package io.weir.detector.config;

import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the {@code api} block. */
final class ApiReader {
    private static final List<String> KEYS = List.of("socket", "listen", "tls", "tokens");
    private static final List<String> TLS_KEYS = List.of("certificate", "key");
    private static final List<String> TOKEN_KEYS = List.of("view", "operate");
    private static final String LISTEN = "an address and a port such as 127.0.0.1:9447 or [::1]:9447";
    private static final Pattern ADDRESS_AND_PORT = Pattern.compile("(\\[([0-9a-fA-F:.]+)]|([0-9.]+)):(\\d{1,5})");
    private static final int PORT_MAXIMUM = 65_535;
    /** sun_path of Linux less its closing zero. */
    static final int SOCKET_BYTES_MAXIMUM = 107;

    private final Path file;

    private ApiReader(Path file) {
        this.file = file;
    }

    static ApiConfig read(Path file, Value value) {
        ApiReader reader = new ApiReader(file);
        return value.section(KEYS).map(section -> reader.read(value, section)).orElse(ApiConfig.DEFAULT);
    }

    private ApiConfig read(Value value, Section section) {
        Optional<Section> tokens = section.get("tokens").flatMap(given -> given.section(TOKEN_KEYS));
        Optional<Value> listen = section.get("listen");
        Optional<InetSocketAddress> address = listen.flatMap(given -> address(given, LISTEN));
        ApiConfig api = new ApiConfig(
                section.get("socket").flatMap(this::socket).orElse(ApiConfig.DEFAULT_SOCKET),
                address,
                section.get("tls").flatMap(this::tls),
                tokens.flatMap(given -> given.get("view")).flatMap(path -> FilePath.beside(file, path)),
                tokens.flatMap(given -> given.get("operate")).flatMap(path -> FilePath.beside(file, path)));
        boolean isBeyond = address.isPresent() && !address.get().getAddress().isLoopbackAddress();
        if (isBeyond
                && (api.tls().isEmpty()
                        || api.viewToken().isEmpty() && api.operateToken().isEmpty())) {
            listen.get().fault("is reached from other hosts; give tls and tokens, or listen on 127.0.0.1 or [::1]");
        }
        if (address.isEmpty() && listen.isEmpty() && (api.tls().isPresent() || tokens.isPresent())) {
            value.fault("has tls or tokens, but nothing to use them for; give listen, " + LISTEN);
        }
        return api;
    }

    private Optional<Path> socket(Value value) {
        Optional<Path> path = FilePath.beside(file, value);
        if (path.isPresent() && path.get().toString().length() > SOCKET_BYTES_MAXIMUM) {
            return value.fault("is too long; Linux allows " + SOCKET_BYTES_MAXIMUM + " bytes for the path of a socket");
        }
        return path;
    }

    private Optional<ApiConfig.Tls> tls(Value value) {
        Optional<Section> section = value.section(TLS_KEYS);
        Optional<Path> certificate = section.flatMap(given -> given.require("certificate", "a file in PEM"))
                .flatMap(path -> FilePath.beside(file, path));
        Optional<Path> key = section.flatMap(given -> given.require("key", "a file in PEM"))
                .flatMap(path -> FilePath.beside(file, path));
        return certificate.flatMap(first -> key.map(second -> new ApiConfig.Tls(first, second)));
    }

    /** @param allowed what it should be, with an example */
    static Optional<InetSocketAddress> address(Value value, String allowed) {
        return address(value, 0, allowed);
    }

    /** @param skipped letters before the address */
    static Optional<InetSocketAddress> address(Value value, int skipped, String allowed) {
        Optional<String> text = value.text(allowed);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher parts = ADDRESS_AND_PORT.matcher(text.get().substring(skipped));
        if (!parts.matches()) {
            return value.fault("isn't known; write " + allowed);
        }
        String host = parts.group(2) != null ? parts.group(2) : parts.group(3);
        int port = Integer.parseInt(parts.group(4));
        if (port > PORT_MAXIMUM || !(IpPrefix.parse(host) instanceof IpPrefix.Parsed.Valid valid)) {
            return value.fault("isn't known; write " + allowed);
        }
        return Optional.of(new InetSocketAddress(inet(valid.prefix()), port));
    }

    private static InetAddress inet(IpPrefix host) {
        byte[] bytes = IpAddress.isIpv4(host.high(), host.low())
                ? ByteBuffer.allocate(Integer.BYTES).putInt((int) host.low()).array()
                : ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(host.high())
                        .putLong(host.low())
                        .array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
