package io.weir.detector.config.tree;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What somebody probably meant. */
final class NearestWord {
    /** Longer words aren't slips of the known ones. */
    private static final int LENGTH_MAXIMUM = 40;

    private NearestWord() {}

    /** The known word one slip away, two for words of more than four letters; case and hyphens don't count. */
    static Optional<String> of(String word, List<String> known) {
        if (word.length() > LENGTH_MAXIMUM) {
            return Optional.empty();
        }
        String plain = word.toLowerCase(Locale.ROOT).replace('-', '_');
        Optional<String> nearest = Optional.empty();
        int best = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(plain, candidate.toLowerCase(Locale.ROOT));
            if (distance < best && distance <= (candidate.length() > 4 ? 2 : 1)) {
                best = distance;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    /** Optimal string alignment: letters inserted, deleted, replaced, or two neighbours swapped. */
    static int distance(String left, String right) {
        int[][] rows = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                int replaced = rows[i - 1][j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                rows[i][j] = Math.min(replaced, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1);
                if (swapped) {
                    rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
                }
            }
        }
        return rows[left.length()][right.length()];
    }
}
