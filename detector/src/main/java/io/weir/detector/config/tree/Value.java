package io.weir.detector.config.tree;

import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * A value with its place in the file. Each reading method yields the value as its type, or adds the fault that says why
 * not and yields nothing.
 *
 * @param keyPath such as {@code protect[0].prefix}; empty for the whole file
 */
public record Value(Node node, String keyPath, Faults faults) {
    /** @param allowed what must stand here, as in "must be {@code allowed}" */
    public Optional<String> text(String allowed) {
        return switch (node) {
            case Node.Scalar scalar when !scalar.isNull() -> Optional.of(scalar.text());
            default -> refuseShape(allowed);
        };
    }

    public List<Value> items(String allowed) {
        if (!(node instanceof Node.Sequence sequence)) {
            refuseShape(allowed);
            return List.of();
        }
        List<Value> items = new ArrayList<>();
        for (Node item : sequence.items()) {
            items.add(new Value(item, keyPath + '[' + items.size() + ']', faults));
        }
        return items;
    }

    /** @param keys those known here; others are faults, as is one given twice */
    public Optional<Section> section(List<String> keys) {
        return section(Keys.of(keys));
    }

    public Optional<Section> section(Keys keys) {
        return switch (node) {
            case Node.Mapping mapping -> Optional.of(new Section(this, mapping, keys));
            default -> refuseShape("a block with the keys " + String.join(", ", keys.read()));
        };
    }

    /** A whole number with k, M or G where that is meant, both bounds included. */
    public OptionalLong number(long minimum, long maximum) {
        String allowed = "from " + NumberText.format(minimum) + " to " + NumberText.format(maximum);
        Optional<String> text = text("a number " + allowed);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong number = NumberText.parse(text.get());
        if (number.isEmpty()) {
            fault("isn't a whole number; write one " + allowed + "; k, M and G are decimal (50k, 1.5M)");
        } else if (number.getAsLong() < minimum || number.getAsLong() > maximum) {
            fault("is out of range; write a number " + allowed);
            return OptionalLong.empty();
        }
        return number;
    }

    public <E extends Enum<E>> Optional<E> choice(E[] values) {
        List<String> words = Arrays.stream(values).map(Enum::toString).toList();
        String allowed = "one of " + String.join(", ", words);
        Optional<String> text = text(allowed);
        Optional<E> choice = text.map(words::indexOf).filter(at -> at >= 0).map(at -> values[at]);
        if (text.isPresent() && choice.isEmpty()) {
            fault("isn't known; write " + allowed);
        }
        return choice;
    }

    /** One of a few words, in any case. */
    public <T> Optional<T> word(Map<String, T> words) {
        String allowed = "one of " + String.join(", ", new TreeSet<>(words.keySet()));
        Optional<String> text = text(allowed);
        T known = words.get(text.orElse("").toLowerCase(Locale.ROOT));
        if (text.isPresent() && known == null) {
            fault("isn't known; it must be " + allowed);
        }
        return Optional.ofNullable(known);
    }

    /** What stands under each key of a block whose keys anybody may choose. */
    public Map<String, Value> entries(String allowed) {
        Map<String, Value> entries = new LinkedHashMap<>();
        if (!(node instanceof Node.Mapping mapping)) {
            refuseShape(allowed);
            return entries;
        }
        for (Node.Entry entry : mapping.entries()) {
            if (!(entry.key() instanceof Node.Scalar key)) {
                faults.add(entry.key().line(), keyPath, "", "has a key that is no word; it must be " + allowed);
                continue;
            }
            Value value = new Value(entry.value(), keyPath + '.' + key.text(), faults);
            if (entries.putIfAbsent(key.text(), value) != null) {
                faults.add(key.line(), value.keyPath(), "", "given twice; keep one");
            }
        }
        return entries;
    }

    public Optional<IpPrefix> prefix() {
        return text("an address or a prefix such as 198.51.100.0/24").flatMap(text -> switch (IpPrefix.parse(text)) {
            case IpPrefix.Parsed.Valid valid -> Optional.of(valid.prefix());
            case IpPrefix.Parsed.Invalid invalid -> fault(invalid.problem());
        });
    }

    /** Adds a fault about this value; yields nothing, whatever the caller's type. */
    public <T> Optional<T> fault(String problem) {
        String value = node instanceof Node.Scalar scalar ? scalar.text() : "";
        faults.add(node.line(), keyPath, value, problem);
        return Optional.empty();
    }

    private <T> Optional<T> refuseShape(String allowed) {
        return switch (node) {
            case Node.Scalar scalar when scalar.isNull() -> fault("has no value; it must be " + allowed);
            case Node.Scalar _ -> fault("is a single value; it must be " + allowed);
            case Node.Sequence _ -> fault("is a list; it must be " + allowed);
            case Node.Mapping _ -> fault("is a block of keys; it must be " + allowed);
        };
    }
}
