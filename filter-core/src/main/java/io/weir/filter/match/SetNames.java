package io.weir.filter.match;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers sets as they come, equal ones alike. */
final class SetNames {
    private final List<BitSet> sets = new ArrayList<>();
    private final Map<BitSet, Integer> known = new HashMap<>();

    private int nameOf(BitSet set) {
        return known.computeIfAbsent(set, added -> {
            sets.add(added);
            return sets.size() - 1;
        });
    }

    /** By name. */
    List<BitSet> sets() {
        return sets;
    }

    /** The name of what each pair has in common, the second running faster. At most 65,535 names hold. */
    static char[] product(List<BitSet> firsts, List<BitSet> seconds, SetNames names) {
        char[] product = new char[firsts.size() * seconds.size()];
        int at = 0;
        for (BitSet first : firsts) {
            for (BitSet second : seconds) {
                BitSet both = (BitSet) first.clone();
                both.and(second);
                product[at++] = (char) names.nameOf(both);
            }
        }
        return product;
    }
}
