package io.weir.detector.report;

/** Lines of at most 80 columns: what is longer goes on below its beginning. */
final class TextLines {
    private static final int WIDTH = 80;

    private final StringBuilder text = new StringBuilder();

    /** Ends the line as it is. */
    void line(String line) {
        text.append(line).append('\n');
    }

    void blank() {
        text.append('\n');
    }

    /** Words between blanks are never cut, so a word longer than a line sticks out. */
    void wrapped(String start, String words) {
        StringBuilder line = new StringBuilder(start);
        String indent = " ".repeat(start.length());
        boolean isFirst = true;
        for (String word : words.split(" ", -1)) {
            if (!isFirst && line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line.setLength(0);
                line.append(indent);
                isFirst = true;
            }
            line.append(isFirst ? "" : " ").append(word);
            isFirst = false;
        }
        text.append(line).append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
