package io.weir.detector.report;

import java.util.ArrayList;
import java.util.List;

/** Rows in aligned columns. A heading that starts with {@code >} aligns its column to the right. */
final class TextTable {
    private final boolean[] isRight;
    private final List<List<String>> rows = new ArrayList<>();
    /** By row: what stands on lines of its own below it, or empty. */
    private final List<String> notes = new ArrayList<>();

    TextTable(String... headings) {
        isRight = new boolean[headings.length];
        List<String> heading = new ArrayList<>();
        for (int i = 0; i < headings.length; i++) {
            isRight[i] = headings[i].startsWith(">");
            heading.add(isRight[i] ? headings[i].substring(1) : headings[i]);
        }
        rows.add(heading);
        notes.add("");
    }

    void add(String... cells) {
        rows.add(List.of(cells));
        notes.add("");
    }

    /** Adds a line below the last row. */
    void addNote(String note) {
        String before = notes.getLast();
        notes.set(notes.size() - 1, before.isEmpty() ? note : before + '\n' + note);
    }

    /** Every row on a line of its own, indented; {@code style} is applied to the headings. */
    void appendTo(StringBuilder text, String indent, TextStyle style) {
        int[] widths = new int[isRight.length];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (int line = 0; line < rows.size(); line++) {
            StringBuilder cells = new StringBuilder();
            List<String> row = rows.get(line);
            for (int i = 0; i < row.size(); i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                cells.append(i == 0 ? "" : "  ")
                        .append(isRight[i] ? padding : "")
                        .append(row.get(i))
                        .append(isRight[i] ? "" : padding);
            }
            String trimmed = cells.toString().stripTrailing();
            text.append(indent)
                    .append(line == 0 ? style.faint(trimmed) : trimmed)
                    .append('\n');
            notes.get(line)
                    .lines()
                    .forEach(note ->
                            text.append(indent).append("  ").append(note).append('\n'));
        }
    }
}
