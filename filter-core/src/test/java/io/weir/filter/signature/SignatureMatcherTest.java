package io.weir.filter.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The two ways to ask, of a packet in its batch and of its row, give one answer. */
final class SignatureMatcherTest {
    private static final int FRAME = 256;
    private static final int PAYLOAD = 64;

    private final Random random = new Random(6);
    private final PacketBatch batch = new PacketBatch();
    private final MemorySegment frames = Arena.ofAuto().allocate((long) FRAME * PacketBatch.CAPACITY);

    /** Columns as a decoder may write them, of small numbers so that much agrees. */
    private void fill() {
        batch.frames = frames;
        batch.size = PacketBatch.CAPACITY;
        for (int i = 0; i < batch.size; i++) {
            batch.frameOffset[i] = (long) FRAME * i;
            boolean isV4 = random.nextBoolean();
            batch.ipVersion[i] = (byte) (isV4 ? 4 : 6);
            batch.ipLength[i] = random.nextInt(100);
            batch.sourceHigh[i] = isV4 ? 0 : 0x2001_0db8_0000_0000L;
            batch.sourceLow[i] = isV4 ? 0xffff_0000_0000L | random.nextInt() & 0xffff_ffffL : random.nextLong();
            batch.destinationLow[i] = isV4 ? 0xffff_0000_0000L | random.nextInt(3) : random.nextInt(3);
            batch.protocol[i] = new int[] {6, 17, 1, 58, 47}[random.nextInt(5)];
            batch.timeToLive[i] = random.nextInt(256);
            batch.ipIdentification[i] = random.nextInt(100);
            batch.fragment[i] =
                    new byte[] {0, 0, Fragment.PRESENT | Fragment.FIRST, Fragment.PRESENT}[random.nextInt(4)];
            batch.transportOffset[i] = batch.fragment[i] == Fragment.PRESENT ? 0 : 34;
            batch.sourcePort[i] = random.nextInt(100);
            batch.destinationPort[i] = random.nextInt(100);
            batch.tcpFlags[i] = random.nextInt(0x200);
            batch.tcpSequence[i] = random.nextBoolean() ? random.nextInt(3) : random.nextInt();
            batch.tcpAcknowledgment[i] = random.nextInt(100);
            batch.tcpWindow[i] = random.nextInt(100);
            batch.tcpOptions[i] = random.nextInt(0x80);
            batch.tcpMaximumSegmentSize[i] = random.nextInt(100);
            batch.tcpWindowScale[i] = (byte) (random.nextInt(16) - 1);
            batch.icmpTypeCode[i] = random.nextInt(256) << 8 | random.nextInt(3);
            batch.application[i] = (byte) random.nextInt(Application.values().length);
            batch.payloadOffset[i] = random.nextBoolean() ? 54 : PAYLOAD;
            batch.payloadCaptured[i] = random.nextInt(24);
            name(i);
        }
    }

    private void name(int i) {
        batch.dnsNameLength[i] = 0;
        if (random.nextBoolean()) {
            byte[] name = "\3wWw\7example\3com\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            MemorySegment.copy(name, 0, frames, ValueLayout.JAVA_BYTE, (long) FRAME * i + PAYLOAD + 12, name.length);
            batch.dnsNameOffset[i] = PAYLOAD + 12;
            batch.dnsNameLength[i] = name.length;
            batch.dnsType[i] = random.nextInt(300);
        }
    }

    @Test
    void aRowAnswersAsItsPacketDoes() {
        SomeSignatures some = new SomeSignatures(random);
        long[] row = new long[PacketRow.LONGS + 3];
        int matches = 0;
        for (int n = 0; n < 4_000; n++) {
            if (n % 50 == 0) {
                fill();
            }
            Signature signature = some.next();
            SignatureMatcher matcher = SignatureMatcher.of(signature);
            for (int i = 0; i < batch.size; i += 1 + random.nextInt(4)) {
                PacketRow.write(batch, i, row, 3);
                boolean isMeant = matcher.matches(batch, i);
                assertEquals(isMeant, signature.matches(row, 3), signature::toString);
                matches += isMeant ? 1 : 0;
            }
        }
        assertTrue(matches > 1_000, "only " + matches + " matches");
    }

    @Test
    void someAreSelectedAsEachIsAsked() {
        SomeSignatures some = new SomeSignatures(random);
        int[] packets = new int[PacketBatch.CAPACITY];
        int selected = 0;
        for (int n = 0; n < 4_000; n++) {
            if (n % 50 == 0) {
                fill();
            }
            Signature signature = some.next();
            SignatureMatcher matcher = SignatureMatcher.of(signature);
            List<Integer> meant = new ArrayList<>();
            int count = 0;
            for (int i = random.nextInt(3); i < batch.size; i += 1 + random.nextInt(3)) {
                packets[count++] = i;
                if (matcher.matches(batch, i)) {
                    meant.add(i);
                }
            }
            int left = matcher.select(batch, packets, count);
            assertEquals(meant, Arrays.stream(packets, 0, left).boxed().toList(), signature::toString);
            selected += left;
        }
        assertTrue(selected > 1_000, "only " + selected + " selected");
    }

    @Test
    void aNameMatchesAtItsLabelsWhateverItsCase() {
        fill();
        batch.dnsNameLength[0] = 0;
        do {
            name(0);
        } while (batch.dnsNameLength[0] == 0);
        batch.application[0] = (byte) Application.DNS_QUERY.ordinal();
        assertTrue(isMeant("dns qname www.example.com"));
        assertTrue(isMeant("dns qname *.Example.COM"));
        assertTrue(isMeant("dns qname *.com"));
        assertTrue(!isMeant("dns qname *.www.example.com"));
        assertTrue(!isMeant("dns qname *.xample.com"));
        assertTrue(!isMeant("dns qname example.com"));
    }

    @Test
    void aShortPayloadMatchesOnlyWhatItHolds() {
        fill();
        batch.protocol[0] = 17;
        batch.payloadOffset[0] = PAYLOAD;
        frames.set(ValueLayout.JAVA_LONG_UNALIGNED, PAYLOAD, Long.reverseBytes(0x4142_4344_4546_4748L));
        for (int captured = 0; captured <= 8; captured++) {
            batch.payloadCaptured[0] = captured;
            assertEquals(captured >= 3, isMeant("udp payload \"ABC\"".replace("\"ABC\"", "0x414243")));
            assertEquals(captured >= 8, isMeant("udp payload \"ABCDEFGH\""));
        }
    }

    private boolean isMeant(String text) {
        return Signature.parse(text) instanceof Signature.Parsed.Valid valid
                && SignatureMatcher.of(valid.signature()).matches(batch, 0);
    }
}
