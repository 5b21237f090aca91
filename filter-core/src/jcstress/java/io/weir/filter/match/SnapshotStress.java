package io.weir.filter.match;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What a reader may see while a rule is deleted: the rule, or the one behind it, and once the latter never again the
 * former. Numbers are places in the rule set; -1 would be a packet that no rule judged.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "before the deletion")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the deletion came between")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "after the deletion")
@Outcome(expect = FORBIDDEN, desc = "half a change, or back in time")
@State
public class SnapshotStress {
    private static final FiveTuple HEADER = new FiveTuple(0, IpAddress.mapped(1), 0, IpAddress.mapped(2), 3, 4, 6);

    private final RuleSnapshot snapshot;
    private final LookupScratch scratch = new LookupScratch();

    public SnapshotStress() {
        IpPrefix any = new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0);
        RuleBox box = new RuleBox(any, any, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL);
        Rule rule =
                new Rule(new RuleOrigin("stress", "sg", ""), "", Direction.INGRESS, Policy.ACCEPT, 1, List.of(box), "");
        Classifier classifier = Classifier.ofRules(List.of(rule, rule));
        snapshot = new RuleSnapshot(
                classifier,
                new LiveBoxes(classifier.family(4)),
                new LiveBoxes(classifier.family(6)),
                new Rule[] {rule, rule},
                Overlay.EMPTY);
    }

    @Actor
    public void delete() {
        snapshot.delete(0);
    }

    @Actor
    public void look(II_Result seen) {
        seen.r1 = snapshot.find(HEADER, scratch);
        seen.r2 = snapshot.find(HEADER, scratch);
    }
}
