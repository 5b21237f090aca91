package io.weir.detector.config.tree;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A block of keys, those of it that are known. Reports unknown and repeated ones when it is made. */
public final class Section {
    private final Value whole;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();

    Section(Value whole, Node.Mapping mapping, Keys keys) {
        this.whole = whole;
        for (Node.Entry entry : mapping.entries()) {
            if (whole.faults().isFull()) {
                return;
            }
            if (entry.key() instanceof Node.Scalar key) {
                take(key, entry.value(), keys);
            } else {
                fault(entry.key().line(), "", "a key must be a word; known here are " + String.join(", ", keys.read()));
            }
        }
    }

    private void take(Node.Scalar key, Node node, Keys keys) {
        String name = key.text();
        String path = pathOf(name);
        Integer earlier = lines.get(name);
        if (earlier != null) {
            fault(key.line(), path, "given twice, first on line " + earlier + "; keep one");
        } else if (keys.isKnown(name)) {
            lines.put(name, key.line());
            values.put(name, new Value(node, path, whole.faults()));
        } else {
            String hint = NearestWord.of(name, keys.read())
                    .map(near -> "did you mean '" + near + "'? ")
                    .orElse("");
            fault(key.line(), path, "unknown key; " + hint + "known here are " + String.join(", ", keys.read()));
        }
    }

    /** The value of a key, if it was given. */
    public Optional<Value> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The value of a key unless it is null or an empty text: clouds write both for what isn't set. */
    public Optional<Value> given(String key) {
        return get(key).filter(value -> !(value.node() instanceof Node.Scalar scalar)
                || !scalar.isNull() && !scalar.text().isEmpty());
    }

    /** The block itself, for faults about it as a whole. */
    public Value whole() {
        return whole;
    }

    /** The value of a key that must be there. */
    public Optional<Value> require(String key, String meaning) {
        Value value = values.get(key);
        if (value == null) {
            fault(whole.node().line(), pathOf(key), "missing; give " + meaning);
        }
        return Optional.ofNullable(value);
    }

    private String pathOf(String key) {
        return whole.keyPath().isEmpty() ? key : whole.keyPath() + '.' + key;
    }

    private void fault(int line, String path, String problem) {
        whole.faults().add(line, path, "", problem);
    }
}
