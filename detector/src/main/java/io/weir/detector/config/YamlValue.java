package io.weir.detector.config;

import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A value with its place in the file. Each reading method yields the value as its type, or adds the fault that says why
 * not and yields nothing.
 *
 * @param keyPath such as {@code protect[0].prefix}; empty for the whole file
 */
record YamlValue(YamlNode node, String keyPath, Faults faults) {
    /** @param allowed what must stand here, as in "must be {@code allowed}" */
    Optional<String> text(String allowed) {
        return switch (node) {
            case YamlNode.Scalar scalar when !scalar.isNull() -> Optional.of(scalar.text());
            default -> refuseShape(allowed);
        };
    }

    List<YamlValue> items(String allowed) {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            refuseShape(allowed);
            return List.of();
        }
        List<YamlValue> items = new ArrayList<>();
        for (YamlNode item : sequence.items()) {
            items.add(new YamlValue(item, keyPath + '[' + items.size() + ']', faults));
        }
        return items;
    }

    /** @param keys those known here; others are faults, as is one given twice */
    Optional<YamlSection> section(List<String> keys) {
        return switch (node) {
            case YamlNode.Mapping mapping -> Optional.of(new YamlSection(this, mapping, keys));
            default -> refuseShape("a block with the keys " + String.join(", ", keys));
        };
    }

    /** A whole number with k, M or G where that is meant, both bounds included. */
    OptionalLong number(long minimum, long maximum) {
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

    <E extends Enum<E>> Optional<E> choice(E[] values) {
        List<String> words = Arrays.stream(values).map(Enum::toString).toList();
        String allowed = "one of " + String.join(", ", words);
        Optional<String> text = text(allowed);
        Optional<E> choice = text.map(words::indexOf).filter(at -> at >= 0).map(at -> values[at]);
        if (text.isPresent() && choice.isEmpty()) {
            fault("isn't known; write " + allowed);
        }
        return choice;
    }

    Optional<IpPrefix> prefix() {
        return text("an address or a prefix such as 198.51.100.0/24").flatMap(text -> switch (IpPrefix.parse(text)) {
            case IpPrefix.Parsed.Valid valid -> Optional.of(valid.prefix());
            case IpPrefix.Parsed.Invalid invalid -> fault(invalid.problem());
        });
    }

    /** Adds a fault about this value; yields nothing, whatever the caller's type. */
    <T> Optional<T> fault(String problem) {
        String value = node instanceof YamlNode.Scalar scalar ? scalar.text() : "";
        faults.add(node.line(), keyPath, value, problem);
        return Optional.empty();
    }

    private <T> Optional<T> refuseShape(String allowed) {
        return switch (node) {
            case YamlNode.Scalar scalar when scalar.isNull() -> fault("has no value; it must be " + allowed);
            case YamlNode.Scalar _ -> fault("is a single value; it must be " + allowed);
            case YamlNode.Sequence _ -> fault("is a list; it must be " + allowed);
            case YamlNode.Mapping _ -> fault("is a block of keys; it must be " + allowed);
        };
    }
}
