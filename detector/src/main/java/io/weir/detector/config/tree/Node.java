package io.weir.detector.config.tree;

import java.util.List;

/** A YAML or JSON document as a tree; each node knows the line it starts on, counted from 1. */
public sealed interface Node {
    int line();

    /** @param plain whether it stands without quotes, so that {@code null} and nothing mean no value; of a number too */
    record Scalar(int line, String text, boolean plain) implements Node {
        public boolean isNull() {
            return plain
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }
    }

    record Sequence(int line, List<Node> items) implements Node {}

    record Mapping(int line, List<Entry> entries) implements Node {}

    record Entry(Node key, Node value) {}
}
