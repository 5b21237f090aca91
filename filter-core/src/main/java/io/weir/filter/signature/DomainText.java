package io.weir.filter.signature;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Reads a domain name in presentation format (RFC 1035 section 5.1), perhaps with {@code *.} in front. */
final class DomainText {
    static final String ALLOWED = "no domain name; write one such as www.example.com, or *.example.com for all beneath;"
            + " labels of 1 to 63 bytes, special ones as \\DDD";

    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST_NAME = 255;

    private DomainText() {}

    static Optional<DomainSuffix> parse(String text) {
        boolean isBeneath = text.startsWith("*.");
        String name = isBeneath ? text.substring(2) : text;
        if (name.equals(".") && !isBeneath) {
            return Optional.of(new DomainSuffix(new byte[1], false));
        }
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        ByteArrayOutputStream label = new ByteArrayOutputStream();
        int at = 0;
        while (at < name.length()) {
            char c = name.charAt(at);
            if (c == '.') {
                if (!end(label, wire)) {
                    return Optional.empty();
                }
                at++;
            } else if (c == '\\') {
                int length = escape(name, at, label);
                if (length == 0) {
                    return Optional.empty();
                }
                at += length;
            } else if (c <= ' ' || c > '~' || c == '*') {
                return Optional.empty();
            } else {
                label.write(c);
                at++;
            }
        }
        // A dot at the end is allowed, two aren't.
        boolean isWhole = name.endsWith(".") && label.size() == 0 && wire.size() > 0 || end(label, wire);
        wire.write(0);
        return isWhole && wire.size() <= LONGEST_NAME
                ? Optional.of(new DomainSuffix(wire.toByteArray(), isBeneath))
                : Optional.empty();
    }

    private static boolean end(ByteArrayOutputStream label, ByteArrayOutputStream wire) {
        if (label.size() == 0 || label.size() > LONGEST_LABEL) {
            return false;
        }
        wire.write(label.size());
        wire.writeBytes(label.toByteArray());
        label.reset();
        return true;
    }

    /** Characters of the escape at {@code at}, 0 where it is none. */
    private static int escape(String name, int at, ByteArrayOutputStream label) {
        String digits = name.substring(at + 1, Math.min(at + 4, name.length()));
        if (digits.matches("[01][0-9][0-9]|2[0-4][0-9]|25[0-5]")) {
            label.write(Integer.parseInt(digits));
            return 4;
        }
        if (at + 1 < name.length() && (name.charAt(at + 1) == '.' || name.charAt(at + 1) == '\\')) {
            label.write(name.charAt(at + 1));
            return 2;
        }
        return 0;
    }
}
