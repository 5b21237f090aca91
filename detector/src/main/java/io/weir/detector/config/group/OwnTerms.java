package io.weir.detector.config.group;

import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a source or destination of Weir's own form, see {@link OwnGroupReader}. */
final class OwnTerms {
    private static final String ANY = "any";
    private static final String GROUP = "group";
    private static final String PREFIX_LIST = "prefix_list";
    private static final String ALLOWED = "any, a prefix, sg-…, pl-…, {group: ID}, {prefix_list: ID} or a list of such";

    private OwnTerms() {}

    /** None for everywhere, and where a fault was added. */
    static List<AddressTerm> read(Optional<Value> given, int protocol) {
        if (given.isEmpty()) {
            return List.of();
        }
        Value value = given.get();
        if (!(value.node() instanceof Node.Sequence)) {
            return isAny(value)
                    ? List.of()
                    : term(value, protocol).map(List::of).orElse(List.of());
        }
        List<AddressTerm> terms = new ArrayList<>();
        List<Value> items = value.items(ALLOWED);
        for (Value item : items) {
            if (isAny(item)) {
                item.fault("stands in a list; write it alone");
            } else {
                term(item, protocol).ifPresent(terms::add);
            }
        }
        if (items.isEmpty()) {
            value.fault("is empty; it must be " + ALLOWED);
        }
        return terms;
    }

    private static boolean isAny(Value value) {
        return value.node() instanceof Node.Scalar scalar && scalar.text().equals(ANY);
    }

    private static Optional<AddressTerm> term(Value value, int protocol) {
        if (value.node() instanceof Node.Mapping) {
            return value.section(List.of(GROUP, PREFIX_LIST)).flatMap(OwnTerms::reference);
        }
        Optional<String> text = value.text(ALLOWED);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().startsWith("sg-")) {
            return Optional.of(new AddressTerm.GroupMembers(text.get(), value));
        }
        if (text.get().startsWith("pl-")) {
            return Optional.of(new AddressTerm.PrefixList(text.get(), value));
        }
        return switch (IpPrefix.parse(text.get())) {
            case IpPrefix.Parsed.Valid valid -> prefix(value, valid.prefix(), protocol);
            case IpPrefix.Parsed.Invalid invalid -> value.fault(invalid.problem() + "; allowed is " + ALLOWED);
        };
    }

    private static Optional<AddressTerm> prefix(Value value, IpPrefix prefix, int protocol) {
        int wrong = prefix.version() == 4 ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
        if (protocol == wrong) {
            return value.fault("is of IPv" + prefix.version() + ", where " + Protocols.name(wrong)
                    + " has no packets; the protocol must be " + (prefix.version() == 4 ? "icmp" : "icmpv6"));
        }
        return Optional.of(new AddressTerm.Prefix(prefix));
    }

    private static Optional<AddressTerm> reference(Section section) {
        Optional<Value> group = section.given(GROUP);
        Optional<Value> list = section.given(PREFIX_LIST);
        if (group.isPresent() == list.isPresent()) {
            return section.whole().fault("must name either group or prefix_list");
        }
        return group.isPresent()
                ? group.get().text("an id").map(id -> new AddressTerm.GroupMembers(id, group.get()))
                : list.get().text("an id").map(id -> new AddressTerm.PrefixList(id, list.get()));
    }
}
