package io.weir.filter.fault;

/**
 * One thing that is wrong in an input.
 *
 * @param file the file as the user named it
 * @param line counted from 1, or 0 where the place is known by its key path alone
 * @param keyPath such as {@code protect[0].thresholds.syn.pps}, or empty for the file as a whole
 * @param value the offending text as it stands, or empty
 * @param problem what is wrong, and what is allowed
 */
public record Fault(String file, int line, String keyPath, String value, String problem) {
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line);
        }
        text.append(": ");
        if (!keyPath.isEmpty()) {
            text.append(keyPath).append(": ");
        }
        if (!value.isEmpty()) {
            text.append('\'').append(value).append("' ");
        }
        return text.append(problem).toString();
    }
}
