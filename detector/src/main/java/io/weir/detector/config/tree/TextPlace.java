package io.weir.detector.config.tree;

/** The place behind a text, both counted from 1. */
record TextPlace(int line, int column) {
    static TextPlace of(String before) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < before.length(); i++) {
            if (before.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new TextPlace(line, before.codePointCount(lineStart, before.length()) + 1);
    }
}
