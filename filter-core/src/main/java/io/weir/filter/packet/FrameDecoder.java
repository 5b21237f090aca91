package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Reads each frame of a batch once and writes its decoded columns. One per worker.
 *
 * <p>Never throws for what a frame holds, and allocates nothing. How far it came stands in {@link PacketBatch#outcome}:
 *
 * <ul>
 *   <li>The IP columns hold from {@link PacketBatch#ipVersion} 4 or 6 on: the fixed IP header (20 or 40 bytes) was
 *       captured, whatever was wrong after it. So a malformed packet can be counted toward its destination.
 *   <li>The transport columns hold what was read before the fault or the cut, and are 0 beyond. A transport header that
 *       the capture cut is {@link DecodeOutcome#OK} once it identifies the packet: see there from which byte on.
 * </ul>
 *
 * <p>Checksums are not verified: a host that leaves them to its network card captures its own packets without.
 *
 * <p>Frames have to lie in native memory ({@link PacketBatch#frames}).
 */
public final class FrameDecoder {
    private static final int OK = Step.stop(DecodeOutcome.OK);

    private final UsualDecoder usual = new UsualDecoder();

    /** Decodes every packet of the batch. */
    public void decode(PacketBatch batch) {
        decode(batch, 0, batch.size);
    }

    /** Decodes the packets from {@code from} to before {@code to}. */
    public void decode(PacketBatch batch, int from, int to) {
        clear(batch, from, to);
        if (usual.decode(batch, from, to) > 0) {
            decodeOther(batch, from, to);
        }
    }

    /** Stage by stage, what {@link UsualDecoder} left. */
    private void decodeOther(PacketBatch batch, int from, int to) {
        MemorySegment frames = batch.frames;
        for (int i = from; i < to; i++) {
            if (!usual.isLeft(i)) {
                continue;
            }
            long frame = batch.frameOffset[i];
            int captured = batch.capturedLength[i];
            int wire = batch.wireLength[i];
            int step = LinkDecoder.decode(batch.linkType[i], frames, frame, captured, wire);
            if (step >= 0) {
                boolean v6 = Step.isIpv6(step);
                int at = Step.ipOffset(step);
                step = v6
                        ? Ipv6Decoder.check(frames, frame, at, captured, wire)
                        : Ipv4Decoder.check(frames, frame, at, captured, wire);
                if (step >= 0 && v6) {
                    Ipv6Decoder.fields(frames, frame, at, batch, i);
                    step = Ipv6Decoder.lengths(frames, frame, at, captured, wire, batch, i);
                } else if (step >= 0) {
                    Ipv4Decoder.fields(frames, frame, at, batch, i);
                    step = Ipv4Decoder.lengths(frames, frame, at, captured, wire, batch, i);
                }
            }
            if (step >= 0) {
                int end = batch.ipOffset[i] + batch.ipLength[i];
                step = TransportDecoder.decode(frames, frame, step, Math.min(captured, end), end, batch, i);
            }
            if (step >= 0) {
                step = TcpDecoder.options(frames, frame, step, captured, batch, i);
            }
            batch.outcome[i] = (byte) Step.outcome(step);
            if (step == OK && batch.payloadCaptured[i] != 0 && batch.transportOffset[i] != 0) {
                PayloadDecoder.decode(frames, frame, batch, i);
            }
        }
    }

    /**
     * Clears every decoded column before the frames are read, so that no decoder has to know which columns the others
     * write. A column at a time is vector code: 130 bytes a packet in less than 2 ns.
     */
    private static void clear(PacketBatch b, int from, int to) {
        Arrays.fill(b.outcome, from, to, (byte) 0);
        clearNetwork(b, from, to);
        clearTransport(b, from, to);
        clearApplication(b, from, to);
    }

    private static void clearNetwork(PacketBatch b, int from, int to) {
        Arrays.fill(b.ipVersion, from, to, (byte) 0);
        Arrays.fill(b.ipOffset, from, to, 0);
        Arrays.fill(b.ipLength, from, to, 0);
        Arrays.fill(b.sourceHigh, from, to, 0);
        Arrays.fill(b.sourceLow, from, to, 0);
        Arrays.fill(b.destinationHigh, from, to, 0);
        Arrays.fill(b.destinationLow, from, to, 0);
        Arrays.fill(b.protocol, from, to, 0);
        Arrays.fill(b.timeToLive, from, to, 0);
        Arrays.fill(b.ipIdentification, from, to, 0);
        Arrays.fill(b.fragment, from, to, (byte) 0);
        Arrays.fill(b.fragmentOffset, from, to, 0);
    }

    private static void clearTransport(PacketBatch b, int from, int to) {
        Arrays.fill(b.transportOffset, from, to, 0);
        Arrays.fill(b.sourcePort, from, to, 0);
        Arrays.fill(b.destinationPort, from, to, 0);
        Arrays.fill(b.tcpFlags, from, to, 0);
        Arrays.fill(b.tcpSequence, from, to, 0);
        Arrays.fill(b.tcpAcknowledgment, from, to, 0);
        Arrays.fill(b.tcpWindow, from, to, 0);
        Arrays.fill(b.tcpOptions, from, to, 0);
        Arrays.fill(b.tcpMaximumSegmentSize, from, to, 0);
        Arrays.fill(b.tcpWindowScale, from, to, (byte) -1);
        Arrays.fill(b.icmpTypeCode, from, to, 0);
    }

    private static void clearApplication(PacketBatch b, int from, int to) {
        Arrays.fill(b.payloadOffset, from, to, 0);
        Arrays.fill(b.payloadCaptured, from, to, 0);
        Arrays.fill(b.payloadLength, from, to, 0);
        Arrays.fill(b.application, from, to, (byte) 0);
        Arrays.fill(b.dnsNameOffset, from, to, 0);
        Arrays.fill(b.dnsNameLength, from, to, 0);
        Arrays.fill(b.dnsType, from, to, 0);
        Arrays.fill(b.dnsFlags, from, to, 0);
        Arrays.fill(b.tunnel, from, to, (byte) 0);
    }
}
