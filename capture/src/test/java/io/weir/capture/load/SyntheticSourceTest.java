package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.sink.PacketSink;
import io.weir.capture.source.PacketSource;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyntheticSourceTest {
    private final LoadProfile profile =
            LoadProfiles.named("mixed").orElseThrow().withSeconds(2).withFloodRate(3_000);

    @Test
    void deliversThePacketsOfTheSimulatorWithTheirLabels() {
        List<Packet> delivered = new ArrayList<>();
        PacketBatch batch = new PacketBatch();
        try (SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, 1))) {
            while (source.fill(batch) != PacketSource.END) {
                assertTrue(batch.frames.isNative());
                for (int i = 0; i < batch.size; i++) {
                    delivered.add(packet(batch, i, source.label(i)));
                }
            }
            long bytes = delivered.stream()
                    .mapToLong(packet -> packet.frame().limit())
                    .sum();
            assertEquals(bytes, source.bytesRead());
            assertEquals(PacketSource.END, source.fill(batch));
            assertEquals(0, batch.size);
        }
        assertEquals(Packet.all(profile, 1), delivered);
    }

    @Test
    void theGeneratorGivesASinkEverythingAndCountsIt() throws IOException {
        List<Packet> taken = new ArrayList<>();
        TrafficGenerator.Summary summary = TrafficGenerator.generate(profile, 1, new PacketSink() {
            @Override
            public void accept(PacketBatch batch) {
                for (int i = 0; i < batch.size; i++) {
                    taken.add(packet(batch, i, 0));
                }
            }

            @Override
            public void close() {
                throw new AssertionError("the sink is its owner's to close");
            }
        });
        List<Packet> expected = Packet.all(profile, 1);
        assertEquals(
                expected.stream().map(Packet::frame).toList(),
                taken.stream().map(Packet::frame).toList());
        assertEquals(expected.size(), summary.packets());
        assertEquals(count(expected, false), summary.attackPackets());
        assertEquals(count(expected, true), summary.answerPackets());
        assertEquals(0, summary.refusedArrivals());
    }

    private static long count(List<Packet> packets, boolean answers) {
        return packets.stream()
                .filter(packet -> packet.isAttack() && packet.isAnswer() == answers)
                .count();
    }

    private static Packet packet(PacketBatch batch, int index, int label) {
        assertEquals(LinkType.ETHERNET, batch.linkType[index]);
        assertEquals(batch.wireLength[index], batch.capturedLength[index]);
        byte[] bytes = batch.frames
                .asSlice(batch.frameOffset[index], batch.capturedLength[index])
                .toArray(ValueLayout.JAVA_BYTE);
        return new Packet(batch.timestampNanos[index], ByteBuffer.wrap(bytes), label);
    }
}
