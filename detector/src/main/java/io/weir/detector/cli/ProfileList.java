package io.weir.detector.cli;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.ProfileText;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The profiles that have a name, for people. */
final class ProfileList {
    private ProfileList() {}

    /** A table of all. */
    static String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%-34s %9s  %s%n", "PROFILE", "RATE", "WHAT IT HOLDS"));
        for (String name : LoadProfiles.names()) {
            double rate = LoadProfiles.named(name).stream()
                    .map(LoadProfile::floods)
                    .flatMap(List::stream)
                    .mapToDouble(flood -> flood.packetsPerSecond())
                    .sum();
            String shown = rate == 0 ? "" : String.format(Locale.ROOT, "%,.0f/s", rate);
            text.append(String.format(Locale.ROOT, "%-34s %9s  %s%n", name, shown, ProfileText.of(name)));
        }
        return text.toString();
    }

    /** What to say of a name that isn't known. */
    static CommandException unknown(String name) {
        List<String> near = LoadProfiles.names().stream()
                .filter(known -> known.contains(name.toLowerCase(Locale.ROOT)) && name.length() > 2
                        || distance(known, name.toLowerCase(Locale.ROOT)) <= 2 + name.length() / 6)
                .sorted(Comparator.comparingInt(known -> distance(known, name.toLowerCase(Locale.ROOT))))
                .limit(3)
                .toList();
        String advice = near.isEmpty() ? "" : "did you mean " + String.join(", ", near) + "? ";
        return CommandException.wrongUsage(
                "'" + name + "' is no profile; " + advice + "'weir generate --list' tells what there is");
    }

    /** Letters to put in, take out or change (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
