package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.SampleFrames.Sample;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Frames by way of {@link UsualDecoder} and of the stages: the same IP packet behind an Ethernet header, and behind none,
 * where the stages alone decode.
 */
final class UsualDecoderTest {
    private static final int ETHERNET = FrameBuilder.ETHERNET_LENGTH;
    private static final int[] EDGES = {0, 1, 4, 6, 8, 17, 20, 0x20, 0x3f, 0x40, 0x45, 0x46, 0x50, 0x80, 0xf0, 255};

    private final DecoderBench framed = new DecoderBench();
    private final DecoderBench bare = new DecoderBench();
    private final Random random = new Random(20261126);

    private static List<Sample> samples() {
        return SampleFrames.all().stream()
                .filter(sample -> sample.linkType() == LinkType.ETHERNET && isIpv4(sample.bytes()))
                .toList();
    }

    private static boolean isIpv4(byte[] frame) {
        return frame[ETHERNET - 2] == 8 && frame[ETHERNET - 1] == 0;
    }

    @Test
    void everyFrameDecodesAsByTheStages() {
        for (Sample sample : samples()) {
            byte[] frame = sample.bytes();
            for (int captured = ETHERNET; captured <= frame.length; captured++) {
                assertSame(frame, captured, frame.length);
                assertSame(frame, captured, captured);
            }
        }
    }

    @Test
    void mutatedFramesDecodeAsByTheStages() {
        List<Sample> samples = samples();
        Set<DecodeOutcome> seen = EnumSet.noneOf(DecodeOutcome.class);
        for (int n = 0; n < 400_000; n++) {
            byte[] frame = samples.get(random.nextInt(samples.size())).bytes();
            frame = Arrays.copyOf(frame, frame.length + random.nextInt(8));
            for (int k = random.nextInt(4); k > 0; k--) {
                int value = random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(256);
                // Headers, mostly: there the decisions are.
                int most = random.nextBoolean() ? Math.min(42, frame.length - ETHERNET) : frame.length - ETHERNET;
                frame[ETHERNET + random.nextInt(most)] = (byte) value;
            }
            int cut = random.nextInt(3) == 0 ? random.nextInt(frame.length - ETHERNET) : 0;
            int captured = frame.length - cut;
            seen.add(assertSame(frame, captured, random.nextBoolean() ? captured : frame.length));
        }
        assertTrue(seen.size() > 8, seen.toString());
    }

    private DecodeOutcome assertSame(byte[] frame, int captured, int wire) {
        PacketBatch one = framed.decode(LinkType.ETHERNET, frame, captured, wire);
        byte[] packet = Arrays.copyOfRange(frame, ETHERNET, frame.length);
        PacketBatch other = bare.decode(LinkType.IPV4, packet, captured - ETHERNET, wire - ETHERNET);
        assertEquals(DecoderBench.outcome(other), DecoderBench.outcome(one));
        other.ipOffset[0] += other.ipVersion[0] != 0 ? ETHERNET : 0;
        for (int[] offsets : new int[][] {other.transportOffset, other.payloadOffset, other.dnsNameOffset}) {
            offsets[0] += offsets[0] != 0 ? ETHERNET : 0;
        }
        assertArrayEquals(DecoderBench.row(other, 0), DecoderBench.row(one, 0));
        return DecoderBench.outcome(one);
    }
}
