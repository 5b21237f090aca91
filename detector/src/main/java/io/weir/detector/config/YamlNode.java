package io.weir.detector.config;

import java.util.List;

/** A YAML document as a tree; each node knows the line it starts on, counted from 1. */
sealed interface YamlNode {
    int line();

    /** @param plain whether it stands without quotes, so that {@code null} and nothing mean no value */
    record Scalar(int line, String text, boolean plain) implements YamlNode {
        boolean isNull() {
            return plain
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }
    }

    record Sequence(int line, List<YamlNode> items) implements YamlNode {}

    record Mapping(int line, List<Entry> entries) implements YamlNode {}

    record Entry(YamlNode key, YamlNode value) {}
}
