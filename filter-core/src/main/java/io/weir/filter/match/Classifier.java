package io.weir.filter.match;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds the first rule that matches a packet, of 0 to {@value #MOST_BOXES} boxes of each IP version, at a cost that has a
 * bound known from the rules alone: {@link ClassifierBound}. Nothing is remembered between packets, so what an attacker
 * sends changes nothing for the next one. Immutable, of any thread; lookups allocate nothing.
 */
public final class Classifier {
    /** What a lookup answers where no rule matches. */
    public static final int NONE = -1;

    /** Boxes of one IP version that can be compiled. */
    public static final int MOST_BOXES = 240_000;

    private final Family ipv4;
    private final Family ipv6;

    private Classifier(List<RuleBox> boxes, int[] ruleOf) {
        ipv4 = new Family(boxes, ruleOf, 4);
        ipv6 = new Family(boxes, ruleOf, 6);
    }

    /**
     * A classifier that answers with places in this list.
     *
     * @throws IllegalArgumentException for more boxes of one IP version than {@value #MOST_BOXES}
     */
    public static Classifier ofRules(List<Rule> rules) {
        return ofParts(rules.stream().map(Rule::boxes).toList());
    }

    /** As {@link #ofRules}: each list is one rule. */
    static Classifier ofParts(List<List<RuleBox>> rules) {
        List<RuleBox> boxes = new ArrayList<>();
        rules.forEach(boxes::addAll);
        int[] ruleOf = new int[boxes.size()];
        int end = 0;
        for (int rule = 0; rule < rules.size(); rule++) {
            Arrays.fill(ruleOf, end, end += rules.get(rule).size(), rule);
        }
        return new Classifier(boxes, ruleOf);
    }

    /** As {@link #ofRules}: each box is one rule. */
    public static Classifier ofBoxes(List<RuleBox> boxes) {
        int[] ruleOf = new int[boxes.size()];
        Arrays.setAll(ruleOf, i -> i);
        return new Classifier(boxes, ruleOf);
    }

    /**
     * Finds the rule for each packet listed.
     *
     * @param packets indices into the batch of packets whose addresses are decoded, at most {@value
     *     PacketBatch#CAPACITY} of them in {@code 0 <= i < count}
     * @param rules takes at {@code i} the rule for packet {@code packets[i]}, or {@link #NONE}
     */
    public void find(PacketBatch batch, int[] packets, int count, LookupScratch scratch, int[] rules) {
        find(batch, packets, count, scratch, ipv4.live, ipv6.live, rules);
    }

    void find(
            PacketBatch batch,
            int[] packets,
            int count,
            LookupScratch scratch,
            LiveBoxes live4,
            LiveBoxes live6,
            int[] rules) {
        Arrays.fill(rules, 0, count, NONE);
        int chosen = scratch.gather(batch, packets, count, 4);
        if (chosen > 0) {
            ipv4.find(scratch, live4, rules);
        }
        // A packet between the two versions is neither's: no box holds it.
        if (chosen < count && scratch.gather(batch, packets, count, 6) > 0) {
            ipv6.find(scratch, live6, rules);
        }
    }

    /** @param rules takes the rule for each header, or {@link #NONE} */
    public void find(HeaderBatch headers, LookupScratch scratch, int[] rules) {
        Arrays.fill(rules, 0, headers.size, NONE);
        int chosen = scratch.gather(headers, 4);
        if (chosen > 0) {
            ipv4.find(scratch, ipv4.live, rules);
        }
        if (chosen < headers.size && scratch.gather(headers, 6) > 0) {
            ipv6.find(scratch, ipv6.live, rules);
        }
    }

    /** The rule for one header, or {@link #NONE}. */
    public int find(FiveTuple tuple, LookupScratch scratch) {
        return find(tuple, scratch, ipv4.live, ipv6.live);
    }

    int find(FiveTuple tuple, LookupScratch scratch, LiveBoxes live4, LiveBoxes live6) {
        int version = scratch.gather(tuple);
        if (version == 0) {
            return NONE;
        }
        Family family = version == 4 ? ipv4 : ipv6;
        family.find(scratch, version == 4 ? live4 : live6, scratch.single);
        return scratch.single[0];
    }

    /**
     * What the slowest header costs. Computed when first asked for: a second or less at 10,000 boxes.
     *
     * @param version 4 or 6
     */
    public ClassifierBound bound(int version) {
        return family(version).slowest().bound();
    }

    /**
     * Headers that cost as much as any, or nearly: those of the dearest pairs of addresses, with addresses, ports and
     * protocols drawn at random within them.
     *
     * @param version 4 or 6
     */
    public List<FiveTuple> slowestHeaders(int version, int count, long seed) {
        return family(version).slowest().headers(count, seed);
    }

    Family family(int version) {
        return version == 4 ? ipv4 : ipv6;
    }

    /** Bytes that the tables hold, what only building needs left out. */
    public long sizeBytes() {
        return ipv4.tables.sizeBytes() + ipv6.tables.sizeBytes();
    }

    /** The boxes of one IP version. */
    static final class Family {
        final MatchTables tables;
        final LiveBoxes live;
        private final StagedLookup lookup;
        /** By box, its rule. */
        final int[] ruleOf;

        private Optional<SlowestHeaders> slowest = Optional.empty();

        Family(List<RuleBox> boxes, int[] ruleOf, int version) {
            int[] chosen = IntStream.range(0, boxes.size())
                    .filter(i -> boxes.get(i).ipVersion() == version)
                    .toArray();
            if (chosen.length > MOST_BOXES) {
                throw new IllegalArgumentException(chosen.length + " IPv" + version
                        + " address and port combinations; at most " + MOST_BOXES + " can be compiled");
            }
            this.ruleOf = Arrays.stream(chosen).map(i -> ruleOf[i]).toArray();
            tables = MatchTables.of(Arrays.stream(chosen).mapToObj(boxes::get).toList(), version);
            lookup = new StagedLookup(tables);
            live = new LiveBoxes(this);
        }

        synchronized SlowestHeaders slowest() {
            if (slowest.isEmpty()) {
                slowest = Optional.of(new SlowestHeaders(tables));
            }
            return slowest.get();
        }

        void find(LookupScratch scratch, LiveBoxes live, int[] rules) {
            lookup.find(scratch, live);
            writeRules(scratch, rules);
        }

        private void writeRules(LookupScratch scratch, int[] rules) {
            int[] ints = scratch.ints;
            for (int k = 0; k < scratch.count; k++) {
                int box = ints[LookupScratch.BEST + k];
                rules[ints[LookupScratch.PLACES + k]] = box == StagedLookup.NO_BOX ? NONE : ruleOf[box];
            }
        }
    }
}
