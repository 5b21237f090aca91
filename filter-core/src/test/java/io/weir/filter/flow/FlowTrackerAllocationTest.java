package io.weir.filter.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FlowTrackerAllocationTest {
    private static final int PACKETS = 1_000_000;
    /** Without compiled code an access to a segment may allocate: wait for it. */
    private static final int ROUNDS = 20;

    private static final int SLOT = 256;

    private final PacketBatch batch = new PacketBatch();
    private final FrameBuilder builder = new FrameBuilder();
    private final FlowTracker flows = new FlowTracker(new FlowHash(1), 4_096, FlowTimeouts.DEFAULT, true);
    private final MemorySegment payload = Arena.ofAuto().allocate(64);
    private final Set<Integer> relations = new HashSet<>();
    private long nowNanos;
    private int salt;

    @Test
    void tracksAMillionPacketsWithoutAllocating() {
        fill();
        see();
        assertTrue(relations.size() >= 8, () -> "the packets stand in all ways: " + relations);
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && allocated != 0; round++) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int n = 0; n < PACKETS; n += batch.size) {
                track();
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, allocated, "bytes allocated for " + PACKETS + " packets");
    }

    private long track() {
        // Other ports every time: the tables fill, age and overflow.
        salt = salt * 31 + 7;
        for (int i = 0; i < batch.size; i++) {
            batch.sourcePort[i] = batch.sourcePort[i] == 80 ? 80 : salt & 0xffff;
            batch.destinationPort[i] = batch.destinationPort[i] == 80 ? 80 : salt & 0xffff;
        }
        long sum = flows.prepare(batch, 0, batch.size);
        for (int i = 0; i < batch.size; i++) {
            nowNanos += 1_000_000;
            int relation = flows.relate(batch, i, nowNanos, i % 2 == 0);
            flows.commit(batch, i, nowNanos, relation, i % 7 == 0 ? Wire.DROP : Wire.PASS);
            sum += relation;
        }
        return sum;
    }

    private void see() {
        for (int n = 0; n < 100; n++) {
            flows.prepare(batch, 0, batch.size);
            for (int i = 0; i < batch.size; i++) {
                nowNanos += 1_000_000;
                int relation = flows.relate(batch, i, nowNanos, i % 2 == 0);
                relations.add(relation);
                flows.commit(batch, i, nowNanos, relation, i % 7 == 0 ? Wire.DROP : Wire.PASS);
                if (batch.fragment[i] != 0 && i % 64 == 15) {
                    flows.rememberFirstFragment(batch, i, nowNanos, 1);
                }
            }
        }
    }

    private void fill() {
        batch.frames = Arena.ofAuto().allocate((long) SLOT * PacketBatch.CAPACITY);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            long at = (long) i * SLOT;
            int length = frame(at, i / 16, i % 16);
            batch.frameOffset[i] = at;
            batch.capturedLength[i] = length;
            batch.wireLength[i] = length;
            batch.linkType[i] = LinkType.ETHERNET;
        }
        batch.size = PacketBatch.CAPACITY;
        new FrameDecoder().decode(batch);
        for (int i = 15; i < PacketBatch.CAPACITY; i += 16) {
            batch.fragment[i] = Fragment.PRESENT;
        }
    }

    private int frame(long at, int client, int step) {
        boolean isReply = step == 1 || step == 6 || step == 9;
        long high = client % 2 == 0 ? 0 : 0x2001_0db8_0000_0000L;
        long one = client % 2 == 0 ? IpAddress.mapped(client) : client;
        long other = client % 2 == 0 ? IpAddress.mapped(9_999) : 9_999;
        builder.addresses(high, isReply ? other : one, high, isReply ? one : other)
                .payload(payload, 0, step == 3 || step == 4 ? 10 : 0);
        MemorySegment out = batch.frames;
        return switch (step) {
            case 0 -> builder.tcp(out, at, 1, 80, 0, 0, TcpFlags.SYN, 1);
            case 1 -> builder.tcp(out, at, 80, 1, 0, 1, TcpFlags.SYN | TcpFlags.ACK, 1);
            case 2 -> builder.tcp(out, at, 1, 80, 1, 1, TcpFlags.ACK, 1);
            case 3 -> builder.tcp(out, at, 1, 80, 1, 1, TcpFlags.ACK, 1);
            case 4 -> builder.tcp(out, at, 1, 80, client * 100_000_000, 5, TcpFlags.ACK, 1);
            case 5, 7 -> builder.udp(out, at, 1, 80);
            case 6 -> builder.udp(out, at, 80, 1);
            case 8 -> builder.icmp(out, at, high == 0 ? 8 : 128, 0, 80 << 16);
            case 9 -> builder.icmp(out, at, high == 0 ? 0 : 129, 0, 80 << 16);
            case 10 -> builder.icmp(out, at, high == 0 ? 3 : 1, 0, 0);
            case 11 -> builder.tcp(out, at, 1, 80, 1, 1, TcpFlags.RST, 1);
            default -> builder.ip(out, at, step == 12 ? 47 : 50);
        };
    }
}
