package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

/** What holds of every decoded packet, sound or not. */
final class Invariants {
    private Invariants() {}

    static void check(PacketBatch b, int i) {
        DecodeOutcome outcome = DecodeOutcome.of(b.outcome[i]);
        if (b.ipVersion[i] == 0) {
            assertFalse(outcome == DecodeOutcome.OK);
            int windowScale = b.tcpWindowScale[i];
            b.tcpWindowScale[i] = 0;
            assertTrue(Arrays.stream(DecoderBench.row(b, i)).allMatch(value -> value == 0), outcome.text());
            b.tcpWindowScale[i] = (byte) windowScale;
        } else {
            assertTrue(b.ipVersion[i] == 4 || b.ipVersion[i] == 6);
        }
        within(0, b.protocol[i], 255);
        within(0, b.timeToLive[i], 255);
        within(0, b.sourcePort[i], 65_535);
        within(0, b.destinationPort[i], 65_535);
        within(-1, b.tcpWindowScale[i], 14);
        payload(b, i);
        if (outcome == DecodeOutcome.OK) {
            within(b.ipOffset[i] + 20L, b.payloadOffset[i] + (long) b.payloadLength[i], b.wireLength[i]);
            within(0, b.ipOffset[i] + (long) b.ipLength[i], b.wireLength[i]);
        } else {
            assertEquals(0, b.application[i]);
        }
    }

    private static void payload(PacketBatch b, int i) {
        within(0, b.payloadLength[i], Integer.MAX_VALUE);
        within(0, b.payloadCaptured[i], b.payloadLength[i]);
        if (b.payloadCaptured[i] > 0) {
            within(0, b.payloadOffset[i] + (long) b.payloadCaptured[i], b.capturedLength[i]);
        }
        if (b.dnsNameLength[i] > 0) {
            within(b.payloadOffset[i] + 12L, b.dnsNameOffset[i], b.capturedLength[i]);
            within(1, b.dnsNameOffset[i] + (long) b.dnsNameLength[i], b.capturedLength[i]);
            String name = DnsName.read(b.frames, b.frameOffset[i] + b.dnsNameOffset[i], b.dnsNameLength[i]);
            assertFalse(name.isEmpty());
        }
    }

    private static void within(long from, long value, long to) {
        assertTrue(from <= value && value <= to, () -> value + " not in " + from + " to " + to);
    }
}
