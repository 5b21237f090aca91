package io.weir.detector.config.group;

import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.IpPrefix;
import java.util.Optional;

/** Values that several kinds of file have in common. Each yields the value, or adds a fault and yields nothing. */
final class Fields {
    private Fields() {}

    /** A text, or the fallback where the key isn't there or isn't a text. */
    static String text(Section section, String key, String fallback) {
        return section.given(key).flatMap(value -> value.text("a text")).orElse(fallback);
    }

    /**
     * A prefix of a cloud's rule. Bits beyond its length are cleared: both clouds match on the network alone (AWS even
     * stores it so), and refusing what a cloud accepts would refuse a working group.
     *
     * @param version 4 or 6
     */
    static Optional<IpPrefix> network(Value value, int version) {
        Optional<String> text = value.text("an IPv" + version + " prefix");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().indexOf('*') >= 0) {
            return value.fault("is masked; put the real IPv" + version + " prefix there");
        }
        return switch (IpPrefix.parseNetwork(text.get())) {
            case IpPrefix.Parsed.Invalid invalid -> value.fault(invalid.problem());
            case IpPrefix.Parsed.Valid valid ->
                valid.prefix().version() == version
                        ? Optional.of(valid.prefix())
                        : value.fault(
                                "is of IPv" + valid.prefix().version() + "; an IPv" + version + " prefix belongs here");
        };
    }
}
