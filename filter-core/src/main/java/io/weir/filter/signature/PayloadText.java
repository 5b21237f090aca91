package io.weir.filter.signature;

import java.util.HexFormat;
import java.util.Optional;

/** Reads the head of a payload: hex digits, {@code ??} for any byte, or text in quotes. */
final class PayloadText {
    static final String ALLOWED = "1 to " + PayloadHead.LONGEST
            + " bytes as 0x and two hex digits each, ?? for any, such as 0x17??032a, or as printable text in \"quotes\"";

    private static final String HEX = "0x";
    private static final String ANY = "??";

    private PayloadText() {}

    static Optional<PayloadHead> parse(String word) {
        if (word.startsWith(HEX)) {
            return hex(word.substring(HEX.length()));
        }
        boolean isQuoted = word.length() > 2 && word.startsWith("\"") && word.endsWith("\"");
        return isQuoted ? text(word.substring(1, word.length() - 1)) : Optional.empty();
    }

    private static Optional<PayloadHead> hex(String digits) {
        int length = digits.length() / 2;
        if (digits.length() % 2 != 0 || length < 1 || length > PayloadHead.LONGEST) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        boolean[] isFixed = new boolean[length];
        boolean isAnyFixed = false;
        for (int i = 0; i < length; i++) {
            String pair = digits.substring(2 * i, 2 * i + 2);
            if (!pair.equals(ANY)) {
                if (!HexFormat.isHexDigit(pair.charAt(0)) || !HexFormat.isHexDigit(pair.charAt(1))) {
                    return Optional.empty();
                }
                bytes[i] = (byte) HexFormat.fromHexDigits(pair);
                isFixed[i] = true;
                isAnyFixed = true;
            }
        }
        return isAnyFixed ? Optional.of(PayloadHead.of(bytes, isFixed)) : Optional.empty();
    }

    private static Optional<PayloadHead> text(String characters) {
        if (characters.length() > PayloadHead.LONGEST) {
            return Optional.empty();
        }
        byte[] bytes = new byte[characters.length()];
        boolean[] isFixed = new boolean[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            char c = characters.charAt(i);
            if (c < ' ' || c > '~') {
                return Optional.empty();
            }
            bytes[i] = (byte) c;
            isFixed[i] = true;
        }
        return Optional.of(PayloadHead.of(bytes, isFixed));
    }
}
