package io.weir.capture;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names in the two notations: tshark leaves dots and backslashes inside labels alone, and decodes UTF-8. */
final class DnsNames {
    private static final Pattern NOT_ASCII = Pattern.compile("(\\\\(12[89]|1[3-9]\\d|2\\d\\d)|[^\\x00-\\x7f])+");
    private static final Pattern ESCAPED = Pattern.compile("\\\\(\\d\\d\\d|.)");

    private DnsNames() {}

    /** Whether both are one name, whatever stands in place of bytes that aren't ASCII. */
    static boolean same(String tshark, String decoded) {
        return decoded.equals(".")
                ? tshark.equals("<Root>")
                : plain(NOT_ASCII.matcher(tshark).replaceAll("?"))
                        .equals(plain(NOT_ASCII.matcher(decoded).replaceAll("?")));
    }

    private static String plain(String name) {
        return ESCAPED.matcher(name).replaceAll(match -> {
            String escape = match.group(1);
            String text = escape.length() == 3 ? String.valueOf((char) Integer.parseInt(escape)) : escape;
            return Matcher.quoteReplacement(text);
        });
    }
}
