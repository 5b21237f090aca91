package io.weir.detector.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Questions for an address (RFC 1035) from a port of each source; served when an answer without error is there. */
final class DnsQuestions implements OpenLoop.Asker {
    private static final String[] NAME = {"www", "example", "test"};
    private static final int RECEIVE_BYTES = 1 << 20;

    private final List<Port> ports = new ArrayList<>();
    private final Map<Integer, OpenLoop.Request> open = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(2048);
    private int next;

    DnsQuestions(OpenLoop loop, InetAddress target, int port, List<InetAddress> sources) throws IOException {
        for (InetAddress source : sources) {
            DatagramChannel channel = DatagramChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
            channel.bind(new InetSocketAddress(source, 0));
            channel.connect(new InetSocketAddress(target, port));
            Port made = new Port(channel);
            channel.register(loop.selector(), SelectionKey.OP_READ, made);
            ports.add(made);
        }
    }

    @Override
    public void ask(OpenLoop.Request request) {
        int id = next++ & 0xffff;
        open.put(id, request);
        request.onTimeout(() -> open.remove(id));
        buffer.clear().putShort((short) id).putShort((short) 0x0100);
        buffer.putShort((short) 1).putShort((short) 0).putInt(0);
        for (String label : NAME) {
            buffer.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        buffer.put((byte) 0).putShort((short) 1).putShort((short) 1).flip();
        try {
            ports.get(id % ports.size()).channel.write(buffer);
        } catch (IOException e) {
            request.failed();
        }
    }

    private final class Port implements OpenLoop.Ready {
        private final DatagramChannel channel;

        Port(DatagramChannel channel) {
            this.channel = channel;
        }

        @Override
        public void ready(SelectionKey key) {
            try {
                buffer.clear();
                while (channel.read(buffer) > 0) {
                    buffer.flip();
                    int flags = buffer.limit() < 12 ? 0 : buffer.getShort(2);
                    OpenLoop.Request request = open.remove(buffer.getShort(0) & 0xffff);
                    if (request != null && (flags & 0x8000) != 0 && (flags & 0xf) == 0) {
                        request.served();
                    }
                    buffer.clear();
                }
            } catch (IOException e) {
                // An ICMP error for an earlier question: that one runs into its time-out.
                buffer.clear();
            }
        }
    }
}
