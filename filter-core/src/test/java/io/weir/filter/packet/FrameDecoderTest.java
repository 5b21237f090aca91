package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.SampleFrames.Sample;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FrameDecoderTest {
    /** Of the source, and of the engine. */
    private static final List<String> OTHER_COLUMNS = List.of(
            "frameOffset",
            "capturedLength",
            "wireLength",
            "timestampNanos",
            "linkType",
            "interfaceIndex",
            "http2Requests",
            "http2Path",
            "http2Names",
            "http2Traits",
            "verdict");

    private final DecoderBench bench = new DecoderBench();

    static List<Sample> samples() {
        return SampleFrames.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void decodesEverySample(Sample sample) {
        byte[] frame = sample.bytes();
        assertEquals(
                DecodeOutcome.OK,
                DecoderBench.outcome(bench.decode(sample.linkType(), frame, frame.length, frame.length)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void frameTruncatedOnTheWireIsMalformedAtEveryLength(Sample sample) {
        byte[] frame = sample.bytes();
        for (int length = 0; length < frame.length; length++) {
            PacketBatch b = bench.decode(sample.linkType(), frame, length, length);
            DecodeOutcome outcome = DecoderBench.outcome(b);
            assertTrue(outcome.isMalformed(), sample + " truncated to " + length + " bytes: " + outcome);
            Invariants.check(b, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void bytesBehindThePacketAreNoPayload(Sample sample) {
        byte[] frame = sample.bytes();
        byte[] padded = Arrays.copyOf(frame, frame.length + 9);
        Arrays.fill(padded, frame.length, padded.length, (byte) 0xff);
        long[] plain = DecoderBench.row(bench.decode(sample.linkType(), frame, frame.length, frame.length), 0);
        PacketBatch b = bench.decode(sample.linkType(), padded, padded.length, padded.length);
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertArrayEquals(plain, DecoderBench.row(b, 0));
    }

    @Test
    void frameWithoutIpLeavesNothingOfTheBatchBefore() {
        PacketBatch b = DecoderBench.decode(Packets.ethernet(0x0806, "00".repeat(46)));
        assertEquals(DecodeOutcome.NOT_IP, DecoderBench.outcome(b));
        long[] row = DecoderBench.row(b, 0);
        long[] expected = new long[row.length];
        assertEquals(-1, b.tcpWindowScale[0]);
        b.tcpWindowScale[0] = 0;
        assertArrayEquals(expected, DecoderBench.row(b, 0));
    }

    @Test
    void poisonReachesEveryDecodedColumn() {
        long columns = Arrays.stream(PacketBatch.class.getFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .filter(field -> field.getType().isArray())
                .map(Field::getName)
                .filter(name -> !OTHER_COLUMNS.contains(name))
                .collect(Collectors.counting());
        PacketBatch b = new PacketBatch();
        assertEquals(columns, DecoderBench.row(b, 0).length + 1, "a new column is missing in DecoderBench");
    }

    @Test
    void decodesOnlyTheRangeAsked() {
        byte[] frame = Packets.bytes(Packets.ethernet4(Packets.ipv4(6, Packets.SYN)));
        PacketBatch b = new PacketBatch();
        DecoderBench.poison(b);
        b.size = 3;
        try (Arena arena = Arena.ofConfined()) {
            b.frames = arena.allocate(frame.length).copyFrom(MemorySegment.ofArray(frame));
            Arrays.fill(b.capturedLength, frame.length);
            Arrays.fill(b.wireLength, frame.length);
            Arrays.fill(b.linkType, LinkType.ETHERNET);
            new FrameDecoder().decode(b, 1, 2);
        }
        assertEquals((byte) DecoderBench.POISON, b.outcome[0]);
        assertEquals(40000, b.sourcePort[1]);
        assertEquals(DecoderBench.POISON, b.sourcePort[2]);
    }

    @Test
    void eachPacketOfABatchIsDecodedAsAlone() {
        List<Sample> samples = SampleFrames.all();
        PacketBatch b = new PacketBatch();
        DecoderBench.poison(b);
        try (Arena arena = Arena.ofConfined()) {
            b.frames = arena.allocate(1 << 16);
            long at = 3;
            for (int i = 0; i < samples.size(); i++) {
                byte[] frame = samples.get(i).bytes();
                MemorySegment.copy(MemorySegment.ofArray(frame), 0, b.frames, at, frame.length);
                b.frameOffset[i] = at;
                b.capturedLength[i] = frame.length;
                b.wireLength[i] = frame.length;
                b.linkType[i] = samples.get(i).linkType();
                at += frame.length;
            }
            b.size = samples.size();
            new FrameDecoder().decode(b);
        }
        for (int i = 0; i < b.size; i++) {
            Sample sample = samples.get(i);
            PacketBatch alone = DecoderBench.decode(sample.linkType(), sample.hex());
            assertArrayEquals(DecoderBench.row(alone, 0), DecoderBench.row(b, i), sample.name());
        }
    }
}
