package io.weir.detector.cli;

import io.weir.detector.config.ApiConfig;
import io.weir.detector.report.JsonView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How commands reach the daemon: HTTP over its Unix socket, one request a connection. */
final class DaemonClient {
    private static final int BUFFER_BYTES = 65_536;
    private static final int UNPROCESSABLE = 422;
    /** Where in what this command wrote: nobody has seen that. */
    private static final Pattern REQUEST = Pattern.compile("^request:\\d+: (bans\\[\\d+\\]\\.\\w+: )?");

    /** What a trial of thresholds takes on a busy machine. */
    private static final long PATIENCE_SECONDS = 60;

    private static final int ERRORS = 400;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The daemon's socket; /run/weir/weir.sock unless its configuration says otherwise.")
    private Path socket = ApiConfig.DEFAULT_SOCKET;

    @Option(names = "--json", description = "Print the daemon's answer as it is, one JSON object.")
    private boolean json;

    boolean isJson() {
        return json;
    }

    Path socket() {
        return socket;
    }

    String get(String path) {
        return ask("GET", path, null);
    }

    /**
     * Asks the daemon.
     *
     * @param body JSON, or null for none
     * @return its answer as JSON
     * @throws CommandException if nobody answers, or the daemon refuses: with what it said
     */
    String ask(String method, String path, @Nullable String body) {
        String reply = exchange(method, path, body);
        int status = Integer.parseInt(reply.substring(9, 12));
        String content = reply.substring(reply.indexOf("\r\n\r\n") + 4);
        if (status < ERRORS) {
            return content;
        }
        String problems = String.join(
                "\n",
                JsonView.of(content).list("problems").stream()
                        .map(problem -> REQUEST.matcher(problem.text()).replaceFirst(""))
                        .toList());
        throw status == UNPROCESSABLE ? CommandException.wrongUsage(problems) : CommandException.failed(problems);
    }

    private String exchange(String method, String path, @Nullable String body) {
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + (body == null ? "" : "Content-Type: application/json\r\n")
                + "Content-Length: " + content.length + "\r\n\r\n";
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            Thread patience = Thread.ofPlatform().daemon().start(() -> closeLater(channel));
            write(channel, head.getBytes(StandardCharsets.US_ASCII));
            write(channel, content);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            while (channel.read(buffer) >= 0) {
                all.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            patience.interrupt();
            if (all.size() == 0) {
                throw CommandException.failed("the daemon at " + socket + " closed the connection without an answer");
            }
            return all.toString(StandardCharsets.UTF_8);
        } catch (AsynchronousCloseException late) {
            throw CommandException.failed("the daemon at " + socket + " didn't answer within " + PATIENCE_SECONDS
                    + " s; is its process stopped? Ended and started again, it takes over what it left in the kernel");
        } catch (IOException nobody) {
            String why = String.valueOf(nobody.getMessage());
            if (why.equals("Permission denied")) {
                throw CommandException.failed(
                        "the daemon's socket " + socket + " is for root and its group (" + why + "); use sudo");
            }
            throw CommandException.failed("no daemon answers at " + socket + " (" + why
                    + "); start one with 'weir run', or name its socket: --socket PATH");
        }
    }

    /** A process that is stopped takes connections, and answers none. */
    private static void closeLater(SocketChannel channel) {
        try {
            TimeUnit.SECONDS.sleep(PATIENCE_SECONDS);
            channel.close();
        } catch (InterruptedException answered) {
            Thread.currentThread().interrupt();
        } catch (IOException closed) {
            // It was meant to be.
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
