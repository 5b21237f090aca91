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
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A set of rules replaced by another: a reader finds the whole old one or the whole new one, never tables half written. */
@JCStressTest
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the old set")
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the new set")
@Outcome(expect = FORBIDDEN, desc = "neither")
@State
public class PublicationStress {
    private static final FiveTuple HEADER = new FiveTuple(0, IpAddress.mapped(1), 0, IpAddress.mapped(2), 3, 4, 6);

    private final RuleSetPublisher publisher = new RuleSetPublisher(List.of(rule("1")));
    private final LookupScratch scratch = new LookupScratch();

    private static Rule rule(String id) {
        IpPrefix any = new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0);
        RuleBox box = new RuleBox(any, any, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL);
        return new Rule(new RuleOrigin("stress", "sg", ""), id, Direction.INGRESS, Policy.ACCEPT, 1, List.of(box), "");
    }

    @Actor
    public void replace() {
        publisher.replaceAll(List.of(rule("2")));
    }

    @Actor
    public void look(II_Result seen) {
        seen.r1 = seen();
    }

    @Arbiter
    public void end(II_Result seen) {
        seen.r2 = seen();
        publisher.close();
    }

    private int seen() {
        RuleSnapshot snapshot = publisher.current();
        int number = snapshot.find(HEADER, scratch);
        return number < 0 ? number : Integer.parseInt(snapshot.rule(number).id());
    }
}
