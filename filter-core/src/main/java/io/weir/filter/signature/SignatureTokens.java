package io.weir.filter.signature;

/** The words of a signature with their places: commas, texts in quotes, and what stands between blanks. */
final class SignatureTokens {
    private final String text;
    /** Where the current word starts. */
    private int start;

    private int end;

    SignatureTokens(String text) {
        this.text = text;
        next();
    }

    /** Where the current word starts, from 0. */
    int position() {
        return start;
    }

    boolean isAtEnd() {
        return start == text.length();
    }

    /** The current word, empty at the end. */
    String word() {
        return text.substring(start, end);
    }

    boolean isComma() {
        return word().equals(",");
    }

    /** Takes the current word. */
    String take() {
        String taken = word();
        next();
        return taken;
    }

    private void next() {
        start = end;
        while (start < text.length() && text.charAt(start) == ' ') {
            start++;
        }
        end = start;
        if (start == text.length()) {
            return;
        }
        if (text.charAt(start) == ',') {
            end++;
        } else if (text.charAt(start) == '"') {
            int quote = text.indexOf('"', start + 1);
            end = quote < 0 ? text.length() : quote + 1;
        } else {
            while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != ',') {
                end++;
            }
        }
    }
}
