package io.weir.detector.config.group;

import io.weir.detector.config.tree.Value;
import io.weir.filter.address.IpPrefix;

/** What a rule names as its source or destination. */
sealed interface AddressTerm {
    /** As its file has it. */
    String text();

    record Prefix(IpPrefix prefix) implements AddressTerm {
        @Override
        public String text() {
            return prefix.toString();
        }
    }

    /** Whoever is a member of a group. */
    record GroupMembers(String text, Value place) implements AddressTerm {}

    record PrefixList(String text, Value place) implements AddressTerm {}
}
