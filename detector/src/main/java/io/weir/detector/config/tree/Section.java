package io.weir.detector.config.tree;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A block of keys, those of it that are known. Reports unknown and repeated ones when it is made. */
public final class Section {
    private final Value whole;
    private final Map<String, Node.Entry> entries = new HashMap<>();

    Section(Value whole, Node.Mapping mapping, Keys keys) {
        this.whole = whole;
        for (Node.Entry entry : mapping.entries()) {
            if (whole.faults().isFull()) {
                return;
            }
            if (entry.key() instanceof Node.Scalar key) {
                take(key.text(), entry, keys);
            } else {
                fault(entry.key().line(), "", "a key must be a word; known here are " + String.join(", ", keys.read()));
            }
        }
    }

    private void take(String name, Node.Entry entry, Keys keys) {
        int line = entry.key().line();
        if (!keys.isKnown(name)) {
            String hint = NearestWord.of(name, keys.read())
                    .map(near -> "did you mean '" + near + "'? ")
                    .orElse("");
            fault(line, pathOf(name), "unknown key; " + hint + "known here are " + String.join(", ", keys.read()));
            return;
        }
        Node.Entry earlier = entries.putIfAbsent(name, entry);
        if (earlier != null) {
            fault(
                    line,
                    pathOf(name),
                    "given twice, first on line " + earlier.key().line() + "; keep one");
        }
    }

    /** The value of a key, if it was given. */
    public Optional<Value> get(String key) {
        return Optional.ofNullable(entries.get(key)).map(entry -> value(key, entry));
    }

    /** The value of a key unless it is null or an empty text: clouds write both for what isn't set. */
    public Optional<Value> given(String key) {
        Node.Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        boolean isEmpty = entry.value() instanceof Node.Scalar scalar
                && (scalar.isNull() || scalar.text().isEmpty());
        return isEmpty ? Optional.empty() : Optional.of(value(key, entry));
    }

    private Value value(String key, Node.Entry entry) {
        return new Value(entry.value(), pathOf(key), whole.faults());
    }

    /** The block itself, for faults about it as a whole. */
    public Value whole() {
        return whole;
    }

    /** The value of a key that must be there. */
    public Optional<Value> require(String key, String meaning) {
        Optional<Value> value = get(key);
        if (value.isEmpty()) {
            fault(whole.node().line(), pathOf(key), "missing; give " + meaning);
        }
        return value;
    }

    /** As {@link #require}, but null or an empty text is as good as nothing. */
    public Optional<Value> requireGiven(String key, String meaning) {
        Optional<Value> value = given(key);
        if (value.isEmpty()) {
            int line = get(key).orElse(whole).node().line();
            fault(line, pathOf(key), "missing; give " + meaning);
        }
        return value;
    }

    private String pathOf(String key) {
        return whole.keyPath().isEmpty() ? key : whole.keyPath() + '.' + key;
    }

    private void fault(int line, String path, String problem) {
        whole.faults().add(line, path, "", problem);
    }
}
