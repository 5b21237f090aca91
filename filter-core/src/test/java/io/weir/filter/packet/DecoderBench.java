package io.weir.filter.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Decodes one frame at a time: every column is poisoned before, and the frame lies in a segment that ends with its last
 * captured byte, so that a column forgotten or a byte read too far shows.
 */
final class DecoderBench {
    static final int POISON = 0x5a5a5a5a;
    static final int LARGEST_FRAME = 1 << 17;

    final PacketBatch batch = new PacketBatch();
    private final FrameDecoder decoder = new FrameDecoder();
    private final MemorySegment memory = Arena.ofAuto().allocate(LARGEST_FRAME);

    /** Decodes an Ethernet frame captured whole; returns the batch, whose packet 0 it is. */
    static PacketBatch decode(String hex) {
        return decode(LinkType.ETHERNET, hex);
    }

    static PacketBatch decode(int linkType, String hex) {
        byte[] frame = Packets.bytes(hex);
        return new DecoderBench().decode(linkType, frame, frame.length, frame.length);
    }

    PacketBatch decode(int linkType, byte[] frame, int captured, int wire) {
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, memory, 0, captured);
        poison(batch);
        batch.frames = memory.asSlice(0, captured);
        batch.size = 1;
        batch.frameOffset[0] = 0;
        batch.capturedLength[0] = captured;
        batch.wireLength[0] = wire;
        batch.linkType[0] = linkType;
        decoder.decode(batch);
        return batch;
    }

    static DecodeOutcome outcome(PacketBatch batch) {
        return DecodeOutcome.of(batch.outcome[0]);
    }

    static Application application(PacketBatch batch) {
        return Application.of(batch.application[0]);
    }

    static void poison(PacketBatch b) {
        Arrays.fill(b.outcome, (byte) POISON);
        for (int[] column : intColumns(b)) {
            Arrays.fill(column, POISON);
        }
        for (long[] column : longColumns(b)) {
            Arrays.fill(column, POISON);
        }
        for (byte[] column : byteColumns(b)) {
            Arrays.fill(column, (byte) POISON);
        }
    }

    /** Every decoded column but the outcome, at packet {@code i}. */
    static long[] row(PacketBatch b, int i) {
        int[][] ints = intColumns(b);
        long[][] longs = longColumns(b);
        byte[][] bytes = byteColumns(b);
        long[] row = new long[ints.length + longs.length + bytes.length];
        int at = 0;
        for (int[] column : ints) {
            row[at++] = column[i];
        }
        for (long[] column : longs) {
            row[at++] = column[i];
        }
        for (byte[] column : bytes) {
            row[at++] = column[i];
        }
        return row;
    }

    static int[][] intColumns(PacketBatch b) {
        return new int[][] {
            b.ipOffset,
            b.ipLength,
            b.protocol,
            b.timeToLive,
            b.ipIdentification,
            b.fragmentOffset,
            b.transportOffset,
            b.sourcePort,
            b.destinationPort,
            b.tcpFlags,
            b.tcpSequence,
            b.tcpAcknowledgment,
            b.tcpWindow,
            b.tcpOptions,
            b.tcpMaximumSegmentSize,
            b.icmpTypeCode,
            b.payloadOffset,
            b.payloadCaptured,
            b.payloadLength,
            b.dnsNameOffset,
            b.dnsNameLength,
            b.dnsType,
            b.dnsFlags
        };
    }

    static long[][] longColumns(PacketBatch b) {
        return new long[][] {b.sourceHigh, b.sourceLow, b.destinationHigh, b.destinationLow};
    }

    static byte[][] byteColumns(PacketBatch b) {
        return new byte[][] {b.ipVersion, b.fragment, b.tcpWindowScale, b.application, b.tunnel};
    }
}
