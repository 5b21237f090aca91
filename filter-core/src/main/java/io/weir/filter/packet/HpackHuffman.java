package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * The Huffman code of HPACK (RFC 7541 section 5.2, appendix B). It is canonical: codes of one length stand in the order of
 * their symbols, so that the lengths tell it.
 */
final class HpackHuffman {
    private static final int LONGEST = 30;
    /** Of symbols 0 to 255, each length as the character {@code 'A' + length}. The end of string, 30 ones, is padding. */
    private static final String LENGTHS = "NX]]]]]]]Y_]]_]]]]]]]]_]]]]]]]]]"
            + "GKKMNGILKKILIGGGFFFGGGGGGGHIPGMK"
            + "NGHHHHHHHHHHHHHHHHHHHHHHIHINTNOG"
            + "PFGFGFGGGFHHGGGFGHGFFGHHHHHPLON]"
            + "UWUUWWWXWXXXXXYXYYWXYXXXXVWXWXXY"
            + "WVUWWXXVXWWYVWXXVVWVXWXXUWWWXWWX"
            + "[[UTWXWZ[[[\\\\[YZTV[\\\\[\\YVV[[]\\\\\\"
            + "UYUVWVVXWWZZYY[X[\\[[\\\\\\\\\\]\\\\\\\\\\[";

    /** By length: the first code, and where its symbol stands in {@link #SYMBOLS}. */
    private static final int[] FIRST_CODE = new int[LONGEST + 2];

    private static final int[] FIRST_SYMBOL = new int[LONGEST + 2];
    private static final byte[] SYMBOLS = new byte[LENGTHS.length()];

    static {
        int code = 0;
        int at = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code <<= 1;
            FIRST_CODE[length] = code;
            FIRST_SYMBOL[length] = at;
            for (int symbol = 0; symbol < LENGTHS.length(); symbol++) {
                if (LENGTHS.charAt(symbol) - 'A' == length) {
                    SYMBOLS[at++] = (byte) symbol;
                    code++;
                }
            }
        }
        FIRST_SYMBOL[LONGEST + 1] = at;
    }

    private HpackHuffman() {}

    /** Decodes the bytes from {@code at} to {@code end - 1} as far as there is room; returns how many bytes that gave. */
    static int decode(MemorySegment frames, long at, long end, byte[] into) {
        int count = 0;
        int code = 0;
        int length = 0;
        for (long next = at; next < end; next++) {
            int octet = Bytes.u8(frames, next);
            for (int bit = Byte.SIZE - 1; bit >= 0; bit--) {
                code = code << 1 | octet >>> bit & 1;
                length++;
                int rank = code - FIRST_CODE[length];
                if (rank < FIRST_SYMBOL[length + 1] - FIRST_SYMBOL[length]) {
                    if (count == into.length) {
                        return count;
                    }
                    into[count++] = SYMBOLS[FIRST_SYMBOL[length] + rank];
                    code = 0;
                    length = 0;
                } else if (length == LONGEST) {
                    return count; // the end of string, which nobody may send
                }
            }
        }
        return count;
    }
}
