package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Answers of servers that were asked in the target's name. Each server gives the same answer every time. */
final class ReflectionFlood extends PacketFlood {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    /** Where plain attackers let everything go. */
    private static final int ATTACKED_PORT = 80;

    private final ReflectedAnswers service;
    private final boolean isDns;

    ReflectionFlood(FloodVector vector, Setting setting) {
        super(setting);
        service = ReflectedAnswers.of(vector);
        isDns = vector == FloodVector.DNS_REFLECTION;
    }

    @Override
    void send(long now, Tap tap) {
        headers.dontFragment = false;
        // The servers are real ones: their own TTL, whatever the tool that asked them.
        headers.timeToLive = Math.floorMod(headers.timeToLive - 1, 64) + 1 + ((headers.low & 4) == 0 ? 0 : 64);
        boolean isOnePort = headers.tool() != FloodTool.MIMIC;
        FrameBuilder frame = address(tap);
        Slice answer = service.answer(LoadRandom.mix(headers.low));
        if (isDns) {
            MemorySegment memory = ReflectedAnswers.MEMORY;
            MemorySegment.copy(memory, answer.offset(), tap.scratch, 0, answer.length());
            tap.scratch.set(SHORT, 0, (short) headers.sequence);
            tap.scratchPayload(answer.length());
        } else {
            frame.payload(ReflectedAnswers.MEMORY, answer.offset(), answer.length());
        }
        tap.udp(service.port(), isOnePort ? ATTACKED_PORT : headers.port, label);
    }
}
