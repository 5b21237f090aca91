package io.weir.capture.load;

import io.weir.capture.source.PacketSource;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The smallest packets of connections that are there: so many shake hands, then take turns in sending six bytes and
 * acknowledging them, all at one rate. What a table of connections costs, nothing else.
 */
public final class ConnectionSource implements PacketSource {
    private static final int CLIENTS = 0x0a00_0001;
    private static final int SERVER = 0xc633_640a;
    private static final int SERVER_PORT = 80;
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 40_000;
    private static final int PAYLOAD_BYTES = 6;
    private static final int SLOT_LENGTH = 64;
    private static final int WINDOW = 65_535;
    private static final int HANDSHAKE = 3;
    private static final long START_NANOS = 1_767_225_600_000_000_000L; // 2026-01-01

    private final Arena arena = Arena.ofShared();
    private final MemorySegment frames = arena.allocate((long) PacketBatch.CAPACITY * SLOT_LENGTH, 64);
    private final MemorySegment payload = arena.allocate(PAYLOAD_BYTES);
    private final FrameBuilder builder = new FrameBuilder().minimumLength(FrameBuilder.MINIMUM_ON_WIRE);
    private final int connections;
    private final long packets;
    private final long gapNanos;
    private long next;

    /**
     * @param connections at most 100 million
     * @param segments of each connection after its handshake
     */
    public ConnectionSource(int connections, int segments, int packetsPerSecond) {
        this.connections = connections;
        this.packets = (long) connections * (HANDSHAKE + segments);
        this.gapNanos = 1_000_000_000L / packetsPerSecond;
    }

    @Override
    public int fill(PacketBatch batch) {
        batch.frames = frames;
        int size = 0;
        while (size < PacketBatch.CAPACITY && next < packets) {
            long offset = (long) size * SLOT_LENGTH;
            int length = frame((int) (next % connections), (int) (next / connections), offset);
            batch.frameOffset[size] = offset;
            batch.capturedLength[size] = length;
            batch.wireLength[size] = length;
            batch.timestampNanos[size] = START_NANOS + next * gapNanos;
            batch.linkType[size] = LinkType.ETHERNET;
            batch.interfaceIndex[size++] = 0;
            next++;
        }
        batch.size = size;
        return size == 0 ? END : size;
    }

    private int frame(int connection, int turn, long offset) {
        int client = CLIENTS + connection / PORTS;
        int port = FIRST_PORT + connection % PORTS;
        int sent = Math.max(0, turn - HANDSHAKE + 1) / 2 * PAYLOAD_BYTES;
        int clientNext = connection + (turn == 0 ? 0 : 1) + sent;
        int serverNext = ~connection + (turn <= 1 ? 0 : 1);
        boolean isServer = turn == 1 || turn >= HANDSHAKE && (turn - HANDSHAKE) % 2 == 1;
        if (isServer) {
            builder.ipv4(SERVER, client);
            int flags = turn == 1 ? TcpFlags.SYN | TcpFlags.ACK : TcpFlags.ACK;
            return builder.tcp(frames, offset, SERVER_PORT, port, serverNext, clientNext, flags, WINDOW);
        }
        builder.ipv4(client, SERVER);
        if (turn >= HANDSHAKE) {
            builder.payload(payload, 0, PAYLOAD_BYTES);
        }
        int flags = turn == 0 ? TcpFlags.SYN : TcpFlags.ACK;
        return builder.tcp(frames, offset, port, SERVER_PORT, clientNext, turn == 0 ? 0 : serverNext, flags, WINDOW);
    }

    @Override
    public long bytesRead() {
        return next * FrameBuilder.MINIMUM_ON_WIRE;
    }

    @Override
    public long bytesTotal() {
        return packets * FrameBuilder.MINIMUM_ON_WIRE;
    }

    @Override
    public void close() {
        arena.close();
    }
}
