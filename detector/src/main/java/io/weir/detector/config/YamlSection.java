package io.weir.detector.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A block of keys, those of it that are known. Reports unknown and repeated ones when it is made. */
final class YamlSection {
    /** Keys of the contract that no part of this version reads: a rule that isn't enforced must not look as if it were. */
    private static final List<String> LATER = List.of("groups", "members", "prefix_lists");

    private final YamlValue whole;
    private final Map<String, YamlValue> values = new HashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();

    YamlSection(YamlValue whole, YamlNode.Mapping mapping, List<String> keys) {
        this.whole = whole;
        for (YamlNode.Entry entry : mapping.entries()) {
            if (whole.faults().isFull()) {
                return;
            }
            if (entry.key() instanceof YamlNode.Scalar key) {
                take(key, entry.value(), keys);
            } else {
                fault(entry.key().line(), "", "a key must be a word; known here are " + String.join(", ", keys));
            }
        }
    }

    private void take(YamlNode.Scalar key, YamlNode node, List<String> keys) {
        String name = key.text();
        String path = pathOf(name);
        Integer earlier = lines.get(name);
        if (earlier != null) {
            fault(key.line(), path, "given twice, first on line " + earlier + "; keep one");
        } else if (keys.contains(name)) {
            lines.put(name, key.line());
            values.put(name, new YamlValue(node, path, whole.faults()));
        } else if (LATER.contains(name)) {
            fault(key.line(), path, "security groups are not supported in this version; remove '" + name + "'");
        } else {
            String hint = NearestWord.of(name, keys)
                    .map(near -> "did you mean '" + near + "'? ")
                    .orElse("");
            fault(key.line(), path, "unknown key; " + hint + "known here are " + String.join(", ", keys));
        }
    }

    /** The value of a key, if it was given. */
    Optional<YamlValue> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The value of a key that must be there. */
    Optional<YamlValue> require(String key, String meaning) {
        YamlValue value = values.get(key);
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
