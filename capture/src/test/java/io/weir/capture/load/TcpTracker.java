package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.TcpFlags;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows connections as RFC 9293 has them without loss: every segment starts where the last one ended. */
final class TcpTracker {
    private final Map<String, Side> sides = new HashMap<>();
    private int opened;
    private int closed;

    private static final class Side {
        private int next;
        private boolean finished;
    }

    void see(Packet packet) {
        String key = packet.source() + ">" + packet.destination();
        Side other = sides.get(packet.destination() + ">" + packet.source());
        int flags = packet.tcpFlags();
        if ((flags & TcpFlags.SYN) != 0) {
            open(packet, key, other);
            return;
        }
        Side side = sides.get(key);
        assertNotNull(side, "a segment before its SYN");
        assertNotNull(other, "a segment before the SYN-ACK");
        assertEquals(side.next, packet.sequence());
        assertTrue(other.next - packet.acknowledgment() >= 0, "acknowledges what wasn't sent");
        int length = packet.tcpPayloadLength();
        assertTrue(length == 0 || !side.finished, "data after FIN");
        side.next += length;
        if ((flags & TcpFlags.FIN) != 0) {
            side.next++;
            side.finished = true;
        } else if (side.finished && other.finished) {
            assertEquals(other.next, packet.acknowledgment());
            closed++;
        }
    }

    private void open(Packet packet, String key, @Nullable Side other) {
        if ((packet.tcpFlags() & TcpFlags.ACK) != 0) {
            assertNotNull(other, "a SYN-ACK before the SYN");
            assertEquals(other.next, packet.acknowledgment());
        } else {
            opened++;
        }
        Side side = new Side();
        side.next = packet.sequence() + 1;
        assertEquals(0, packet.tcpPayloadLength());
        sides.put(key, side);
    }

    int opened() {
        return opened;
    }

    int closed() {
        return closed;
    }
}
