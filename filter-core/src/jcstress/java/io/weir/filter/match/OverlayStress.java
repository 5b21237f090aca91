package io.weir.filter.match;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Overlays that follow each other share the words of {@link OverlayFront} and {@link OverlayMasks}. Whatever is being set
 * in them, a reader of an overlay finds the rules of that one and no later ones.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "before both insertions")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "between them")
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "after both")
@Outcome(expect = FORBIDDEN, desc = "rules of another overlay than the one that was read")
@State
public class OverlayStress {
    private static final VarHandle CURRENT;
    private static final PacketBatch PACKETS = new PacketBatch();
    private static final int[] FIRST = {0};

    static {
        try {
            CURRENT = MethodHandles.lookup().findVarHandle(OverlayStress.class, "current", RuleSnapshot.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
        PACKETS.sourceLow[0] = IpAddress.mapped(0xc0000201);
        PACKETS.destinationLow[0] = IpAddress.mapped(0xc6336402);
        PACKETS.protocol[0] = 6;
    }

    /** Made once: what is made for each try decides how many there are. */
    private static final ThreadLocal<LookupScratch> SCRATCH = ThreadLocal.withInitial(LookupScratch::new);

    private static final Rule NARROW = rule(new IpPrefix(4, 0, IpAddress.mapped(0xc0000200), 24));
    private static final RuleSnapshot COMPILED = compiled();

    private final int[] numbers = new int[1];
    private RuleSnapshot current = COMPILED;

    private static RuleSnapshot compiled() {
        Rule wide = rule(new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0));
        Classifier classifier = Classifier.ofRules(List.of(wide));
        return new RuleSnapshot(
                classifier,
                new LiveBoxes(classifier.family(4)),
                new LiveBoxes(classifier.family(6)),
                new Rule[] {wide},
                Overlay.EMPTY);
    }

    private static Rule rule(IpPrefix source) {
        IpPrefix any = new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0);
        RuleBox box = new RuleBox(source, any, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL);
        return new Rule(new RuleOrigin("stress", "sg", ""), "", Direction.INGRESS, Policy.ACCEPT, 1, List.of(box), "");
    }

    /** Each before all others. */
    @Actor
    public void insert() {
        Overlay one = Overlay.EMPTY.with(NARROW, 2);
        CURRENT.setRelease(this, COMPILED.with(one));
        CURRENT.setRelease(this, COMPILED.with(one.with(NARROW, 1)));
    }

    @Actor
    public void look(II_Result seen) {
        RuleSnapshot taken = (RuleSnapshot) CURRENT.getAcquire(this);
        seen.r1 = taken.overlay.size;
        taken.find(PACKETS, FIRST, 1, SCRATCH.get(), numbers);
        seen.r2 = numbers[0];
    }
}
