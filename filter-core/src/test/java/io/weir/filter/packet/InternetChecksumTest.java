package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InternetChecksumTest {
    @Test
    void sumsTheExampleOfRfc1071() {
        MemorySegment bytes = nativeBytes("0001f203f4f5f6f7");
        assertEquals(0xddf2, InternetChecksum.sum(bytes, 0, 8));
        assertEquals(0x220d, InternetChecksum.finish(0xddf2));
    }

    @Test
    void sumsAsTheDefinitionDoesAtEveryLengthAndOffset() {
        byte[] data = new byte[300];
        new Random(1).nextBytes(data);
        MemorySegment bytes = nativeBytes(HexFormat.of().formatHex(data));
        for (int offset = 0; offset < 9; offset++) {
            for (int length = 0; length + offset <= data.length; length++) {
                assertEquals(definition(data, offset, length), InternetChecksum.sum(bytes, offset, length));
            }
        }
    }

    @Test
    void foldsTheLargestSumsWithoutLosingACarry() {
        MemorySegment bytes = Arena.ofAuto().allocate(65_535);
        bytes.fill((byte) 0xff);
        assertEquals(0xffff, InternetChecksum.sum(bytes, 0, 65_534));
        assertEquals(0, InternetChecksum.finish(0xffff + 0xffff));
    }

    private static int definition(byte[] data, int offset, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (data[offset + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    private static MemorySegment nativeBytes(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        MemorySegment segment = Arena.ofAuto().allocate(bytes.length);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }
}
