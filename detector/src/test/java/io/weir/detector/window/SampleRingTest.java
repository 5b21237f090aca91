package io.weir.detector.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.PacketBatch;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SampleRingTest {
    private final SampleRing ring = new SampleRing();
    private final PacketBatch batch = new PacketBatch();

    @Test
    void keepsEveryColumnAtItsExtremes() {
        batch.sourceHigh[3] = Long.MIN_VALUE;
        batch.sourceLow[3] = -1;
        batch.sourcePort[3] = 65_535;
        batch.destinationPort[3] = 65_534;
        batch.protocol[3] = 255;
        batch.tcpFlags[3] = 0x1ff;
        batch.icmpTypeCode[3] = 0xffff;
        batch.application[3] = (byte) Application.TLS_CLIENT_HELLO.ordinal();
        batch.fragment[3] = Fragment.PRESENT | Fragment.FIRST | Fragment.MORE;
        ring.add(batch, 3, 7, 9, 5, 100);
        assertEquals(Long.MIN_VALUE, ring.sourceHigh(0));
        assertEquals(-1, ring.sourceLow(0));
        assertEquals(65_535, ring.sourcePort(0));
        assertEquals(65_534, ring.destinationPort(0));
        assertEquals(255, ring.protocol(0));
        assertEquals(0x1ff, ring.tcpFlags(0));
        assertEquals(0xffff, ring.icmpTypeCode(0));
        assertEquals(Application.TLS_CLIENT_HELLO, ring.application(0));
        assertEquals(Fragment.PRESENT | Fragment.FIRST | Fragment.MORE, ring.fragment(0));
    }

    @Test
    void aSampleMatchesItsTargetOrItsGroupInItsClassSinceItsTime() {
        ring.add(batch, 0, 7, 9, 5, 100);
        assertTrue(ring.matches(0, 7, 5, 100));
        assertTrue(ring.matches(0, 9, 5, 0));
        assertFalse(ring.matches(0, 8, 5, 100));
        assertFalse(ring.matches(0, 7, 4, 100));
        assertFalse(ring.matches(0, 7, 5, 101));
    }

    @Test
    void keepsTheNewestSamples() {
        int added = 3 * SampleRing.CAPACITY / 2;
        for (int n = 0; n < added; n++) {
            batch.sourceLow[0] = n;
            ring.add(batch, 0, 0, -1, 0, n);
            assertEquals(Math.min(n + 1, SampleRing.CAPACITY), ring.size());
        }
        Set<Long> kept = new HashSet<>();
        for (int sample = 0; sample < ring.size(); sample++) {
            kept.add(ring.sourceLow(sample));
        }
        assertEquals(SampleRing.CAPACITY, kept.size());
        assertTrue(kept.stream().allMatch(source -> source >= added - SampleRing.CAPACITY));
    }
}
