package io.weir.detector.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A GET on a connection of its own each; served when the whole answer is there, and says 200. */
final class WebRequests implements OpenLoop.Asker {
    private static final byte[] OK = "HTTP/1.1 200 ".getBytes(StandardCharsets.US_ASCII);

    private final OpenLoop loop;
    private final InetSocketAddress target;
    private final List<InetAddress> sources;
    private final byte[] text;
    private final ByteBuffer answer = ByteBuffer.allocate(1 << 16);
    private int next;

    WebRequests(OpenLoop loop, InetAddress target, int port, List<InetAddress> sources) {
        this.loop = loop;
        this.target = new InetSocketAddress(target, port);
        this.sources = List.copyOf(sources);
        text = ("GET / HTTP/1.1\r\nHost: " + target.getHostAddress()
                        + "\r\nUser-Agent: weir-users\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void ask(OpenLoop.Request request) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        Visit visit = new Visit(channel, request);
        request.onTimeout(visit::end);
        try {
            channel.bind(new InetSocketAddress(sources.get(next++ % sources.size()), 0));
            channel.connect(target);
            channel.register(loop.selector(), SelectionKey.OP_CONNECT, visit);
        } catch (IOException e) {
            request.failed();
            visit.end();
        }
    }

    private final class Visit implements OpenLoop.Ready {
        private final SocketChannel channel;
        private final OpenLoop.Request request;
        private boolean isGood;

        Visit(SocketChannel channel, OpenLoop.Request request) {
            this.channel = channel;
            this.request = request;
        }

        @Override
        public void ready(SelectionKey key) {
            try {
                if (key.isConnectable() && channel.finishConnect()) {
                    channel.write(ByteBuffer.wrap(text)); // An empty send buffer takes it whole.
                    key.interestOps(SelectionKey.OP_READ);
                } else if (key.isReadable()) {
                    read();
                }
            } catch (IOException e) {
                request.failed();
                end();
            }
        }

        private void read() throws IOException {
            answer.clear();
            int bytes = channel.read(answer);
            if (bytes >= OK.length && !isGood) {
                isGood = answer.flip().slice(0, OK.length).equals(ByteBuffer.wrap(OK));
            }
            if (bytes < 0) {
                if (isGood) {
                    request.served();
                } else {
                    request.failed();
                }
                end();
            }
        }

        void end() {
            try {
                channel.close();
            } catch (IOException e) {
                request.failed(); // Closed is closed.
            }
        }
    }
}
