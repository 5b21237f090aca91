package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts for people, compared without the numbers that vary and the width of columns. */
final class TextShape {
    private static final String NUMBER = "\\d+(\\.\\d+)?";
    private static final List<String[]> WORDS = List.of(
            new String[] {"COUNT", "\\d{1,3}(,\\d{3})*"},
            new String[] {"SIZE", NUMBER + " [kMG]?B"},
            new String[] {"SHARE", NUMBER + " %"},
            new String[] {"RATE", NUMBER + " ?[kMG]? ?"},
            new String[] {"TIME", NUMBER + " (ns|µs|ms|s)"},
            new String[] {"DATE", "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}"},
            new String[] {"FILE", "\\S+"},
            new String[] {"MORE", ".*"});

    private TextShape() {}

    /** Each line as expected, where a word in capitals stands for a number of its kind. */
    static void assertMatches(String text, String... expected) {
        List<String> lines = text.lines().toList();
        for (int i = 0; i < Math.min(expected.length, lines.size()); i++) {
            String line = lines.get(i);
            String wanted = expected[i];
            assertTrue(pattern(wanted).matcher(line).matches(), () -> "<" + line + "> isn't <" + wanted + ">");
        }
        assertEquals(expected.length, lines.size(), text);
    }

    private static Pattern pattern(String expected) {
        String indent = expected.substring(
                0, expected.length() - expected.stripLeading().length());
        StringBuilder pattern = new StringBuilder(indent);
        String separator = "";
        for (String word : expected.strip().split(" ")) {
            String quoted = Pattern.quote(word);
            for (String[] known : WORDS) {
                quoted = quoted.replaceFirst(known[0], Matcher.quoteReplacement("\\E" + known[1] + "\\Q"));
            }
            pattern.append(separator).append(quoted);
            separator = " *";
        }
        return Pattern.compile(pattern.toString());
    }
}
