package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DnsNameTest {
    private static String read(String hex, int maxLength) {
        byte[] bytes = Packets.bytes(hex);
        MemorySegment frames = Arena.ofAuto().allocate(bytes.length + 1L);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, frames, 1, bytes.length);
        return DnsName.read(frames, 1, maxLength);
    }

    @ParameterizedTest
    @CsvSource({
        "00, .",
        "016100, a",
        "0361426302636f00, aBc.co",
        "03612e6200, a\\.b",
        "02615c00, a\\\\",
        "0300207f00, \\000\\032\\127",
        "02c3a900, \\195\\169",
        "027f8000, \\127\\128",
    })
    void writesPresentationFormat(String hex, String text) {
        assertEquals(text, read(hex, Packets.length(hex)));
    }

    @Test
    void stopsWhereTheLabelsEnd() {
        assertEquals("", read("00", 0));
        assertEquals("a", read("0161c00c", 4));
        assertEquals("a", read("01610362", 4));
        assertEquals("a", read("0161", 2));
    }
}
