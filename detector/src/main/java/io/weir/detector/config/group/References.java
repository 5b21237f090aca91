package io.weir.detector.config.group;

import io.weir.filter.address.IpPrefix;
import java.util.List;
import java.util.Map;

/**
 * What the names in rules stand for.
 *
 * @param members by group id
 * @param prefixLists by prefix list id
 */
public record References(Map<String, List<IpPrefix>> members, Map<String, List<IpPrefix>> prefixLists) {
    public static final References NONE = new References(Map.of(), Map.of());

    public References {
        members = Map.copyOf(members);
        prefixLists = Map.copyOf(prefixLists);
    }
}
