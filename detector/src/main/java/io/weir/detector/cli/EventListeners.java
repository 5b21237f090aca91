package io.weir.detector.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Many who listen to a daemon's events, and a slow one with hardly any room for them. What they are told waits in the
 * kernel until they are counted, so that they take no time from whom they listen to: theirs would be another host's.
 */
final class EventListeners implements AutoCloseable {
    private static final byte[] REQUEST =
            "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SLOW_BUFFER_BYTES = 4_096;

    private final List<SocketChannel> channels = new ArrayList<>();

    private EventListeners() {}

    static EventListeners open(InetSocketAddress address, int count) throws IOException {
        EventListeners all = new EventListeners();
        for (int i = 0; i <= count; i++) {
            SocketChannel channel = SocketChannel.open();
            all.channels.add(channel);
            if (i == count) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, SLOW_BUFFER_BYTES);
            }
            channel.connect(address);
            channel.write(ByteBuffer.wrap(REQUEST));
        }
        return all;
    }

    /** Reads what all have been told so far, in bytes. */
    long bytes() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        long bytes = 0;
        for (SocketChannel channel : channels) {
            channel.configureBlocking(false);
            for (int read = channel.read(buffer); read > 0; read = channel.read(buffer)) {
                bytes += read;
                buffer.clear();
            }
            buffer.clear();
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
