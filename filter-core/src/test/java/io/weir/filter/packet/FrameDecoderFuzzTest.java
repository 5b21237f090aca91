package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.packet.SampleFrames.Sample;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Frames that nobody would send; seeded, so that a failure comes back. */
final class FrameDecoderFuzzTest {
    private static final int MUTATED_FRAMES = 400_000;
    private static final int RANDOM_FRAMES = 200_000;
    private static final int[] LINK_TYPES = {0, 1, 9, 12, 14, 50, 51, 101, 108, 113, 228, 229, 276, 147};
    /** Values that lengths, versions and kinds turn on. */
    private static final int[] EDGES = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 17, 20, 40, 44, 51, 58, 63, 64, 127, 128, 192, 254, 255
    };

    private final DecoderBench bench = new DecoderBench();
    private final RequestShape shape = new RequestShape();
    private final IcmpQuote quote = new IcmpQuote();
    private final Set<DecodeOutcome> seen = EnumSet.noneOf(DecodeOutcome.class);

    @Test
    void mutatedFramesNeverThrowAndKeepTheContract() {
        Random random = new Random(20260102);
        List<Sample> samples = SampleFrames.all();
        for (int n = 0; n < MUTATED_FRAMES; n++) {
            Sample sample = samples.get(random.nextInt(samples.size()));
            byte[] frame = sample.bytes();
            for (int k = random.nextInt(6); k >= 0; k--) {
                boolean edge = random.nextBoolean();
                int value = edge ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(256);
                frame[random.nextInt(frame.length)] = (byte) value;
            }
            boolean otherLink = random.nextInt(8) == 0;
            int linkType = otherLink ? LINK_TYPES[random.nextInt(LINK_TYPES.length)] : sample.linkType();
            decode(linkType, frame, random, n);
        }
        assertEquals(EnumSet.allOf(DecodeOutcome.class), withRare(seen), "outcomes reached");
    }

    /** A chain of tags or extension headers that long doesn't come from mutation; they have tests of their own. */
    private static Set<DecodeOutcome> withRare(Set<DecodeOutcome> seen) {
        seen.add(DecodeOutcome.LINK_TOO_DEEP);
        seen.add(DecodeOutcome.IPV6_EXTENSION_CHAIN);
        return seen;
    }

    @Test
    void randomBytesNeverThrowAndKeepTheContract() {
        Random random = new Random(20260103);
        for (int n = 0; n < RANDOM_FRAMES; n++) {
            byte[] frame = new byte[random.nextInt(200)];
            random.nextBytes(frame);
            decode(LINK_TYPES[random.nextInt(LINK_TYPES.length)], frame, random, n);
        }
    }

    private void decode(int linkType, byte[] frame, Random random, int n) {
        int captured = random.nextInt(4) == 0 ? random.nextInt(frame.length + 1) : frame.length;
        int wire = random.nextInt(4) == 0 ? captured + random.nextInt(100) : captured;
        try {
            PacketBatch b = bench.decode(linkType, frame, captured, wire);
            seen.add(DecodeOutcome.of(b.outcome[0]));
            Invariants.check(b, 0);
            quote.read(b, 0);
            shape.read(b, 0);
            if (b.application[0] == Application.HTTP_REQUEST.ordinal()) {
                RequestHead.awaited(b, 0);
                RequestHead.endsHead(b, 0);
            }
        } catch (RuntimeException | AssertionError e) {
            String hex = java.util.HexFormat.of().formatHex(frame, 0, captured);
            throw new AssertionError("frame " + n + ", link type " + linkType + ", wire " + wire + ": " + hex, e);
        }
    }
}
