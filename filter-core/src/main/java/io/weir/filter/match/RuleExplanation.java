package io.weir.filter.match;

import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Why a packet gets its verdict. Rules are indexes into the rule set.
 *
 * @param decider the rule that decides
 * @param box which of its boxes holds the packet, the first of several
 * @param runnersUp the rules behind it that match too, the next first: each would decide if those before it weren't
 *     there. At most {@value #SHOWN} and the last rule of the set
 * @param nearMisses rules before it that match but for one thing, the nearest first, at most {@value #SHOWN}
 */
public record RuleExplanation(
        FiveTuple packet, int decider, RuleBox box, List<Integer> runnersUp, List<NearMiss> nearMisses) {
    /** What a box looks at. */
    public enum Field {
        SOURCE,
        DESTINATION,
        SOURCE_PORT,
        DESTINATION_PORT,
        PROTOCOL
    }

    /**
     * A rule that all but matched.
     *
     * @param box the box that fails in this field alone, the first of several
     */
    public record NearMiss(int rule, RuleBox box, Field field) {}

    private static final int SHOWN = 3;

    public RuleExplanation {
        runnersUp = List.copyOf(runnersUp);
        nearMisses = List.copyOf(nearMisses);
    }

    /** @throws IllegalStateException as {@link RuleSet#decide} */
    public static RuleExplanation of(RuleSet set, FiveTuple packet) {
        List<Rule> rules = set.rules();
        int decider = set.decide(packet);
        List<Integer> runnersUp = new ArrayList<>();
        for (int rule = decider + 1; rule < rules.size(); rule++) {
            boolean isShown = runnersUp.size() < SHOWN || rule == rules.size() - 1;
            if (isShown && rules.get(rule).matches(packet)) {
                runnersUp.add(rule);
            }
        }
        List<NearMiss> nearMisses = new ArrayList<>();
        for (int rule = decider - 1; rule >= 0 && nearMisses.size() < SHOWN; rule--) {
            nearMiss(rule, rules.get(rule), packet).ifPresent(nearMisses::add);
        }
        RuleBox box = rules.get(decider).boxes().stream()
                .filter(candidate -> candidate.contains(packet))
                .findFirst()
                .orElseThrow();
        return new RuleExplanation(packet, decider, box, runnersUp, nearMisses);
    }

    private static Optional<NearMiss> nearMiss(int rule, Rule candidate, FiveTuple packet) {
        for (RuleBox box : candidate.boxes()) {
            Set<Field> failing = failing(box, packet);
            if (box.ipVersion() == packet.ipVersion() && failing.size() == 1) {
                return Optional.of(new NearMiss(rule, box, failing.iterator().next()));
            }
        }
        return Optional.empty();
    }

    private static Set<Field> failing(RuleBox box, FiveTuple packet) {
        Set<Field> failing = EnumSet.noneOf(Field.class);
        addUnless(box.source().contains(packet.sourceHigh(), packet.sourceLow()), Field.SOURCE, failing);
        addUnless(
                box.destination().contains(packet.destinationHigh(), packet.destinationLow()),
                Field.DESTINATION,
                failing);
        addUnless(box.sourcePorts().contains(packet.sourcePort()), Field.SOURCE_PORT, failing);
        addUnless(box.destinationPorts().contains(packet.destinationPort()), Field.DESTINATION_PORT, failing);
        addUnless(
                box.protocol() == RuleBox.ANY_PROTOCOL || box.protocol() == packet.protocol(), Field.PROTOCOL, failing);
        return failing;
    }

    private static void addUnless(boolean holds, Field field, Set<Field> failing) {
        if (!holds) {
            failing.add(field);
        }
    }
}
