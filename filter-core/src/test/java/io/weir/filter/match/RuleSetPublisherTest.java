package io.weir.filter.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RuleSetPublisherTest {
    private static final int HEADERS = 300;

    private final LookupScratch scratch = new LookupScratch();

    @Test
    void everyChangeIsSeenByTheNextLookup() throws InterruptedException {
        Random random = new Random(1);
        List<RuleBox> boxes = new RuleShapes(4, 11).likeClassBench(400, 30, 60);
        boxes = new ArrayList<>(boxes);
        boxes.addAll(new RuleShapes(6, 11).likeClassBench(400, 30, 60));
        List<Rule> pool = rules(boxes, random);
        List<Rule> expected = new ArrayList<>(pool.subList(0, 200));
        Headers headers4 = new Headers(boxes.subList(0, 400), 4, 1);
        Headers headers6 = new Headers(boxes.subList(400, 800), 6, 1);
        try (RuleSetPublisher publisher = new RuleSetPublisher(expected)) {
            for (int change = 0; change < 2_000; change++) {
                if (change % 500 == 499) {
                    expected = new ArrayList<>(pool.subList(change % 100, change % 100 + 150));
                    publisher.replaceAll(expected);
                } else if (random.nextBoolean() || expected.isEmpty()) {
                    int at = random.nextInt(expected.size() + 1);
                    Rule rule = pool.get(random.nextInt(pool.size()));
                    publisher.insert(at, rule);
                    expected.add(at, rule);
                } else {
                    int at = random.nextInt(expected.size());
                    publisher.delete(at);
                    expected.remove(at);
                }
                assertEquals(expected.size(), publisher.size());
                for (int i = 0; i < 10; i++) {
                    FiveTuple header = i % 2 == 0 ? headers4.next() : headers6.next();
                    assertEquals(decide(expected, header), decide(publisher, header), "change " + change);
                }
            }
        }
    }

    @Test
    void judgesABatchAsItJudgesEachHeader() throws InterruptedException {
        List<RuleBox> boxes = new RuleShapes(4, 12).likeClassBench(HEADERS, 30, 60);
        List<Rule> rules = rules(boxes, new Random(2));
        Headers headers = new Headers(boxes, 4, 3);
        try (RuleSetPublisher publisher = new RuleSetPublisher(rules.subList(0, 200))) {
            for (int i = 200; i < 230; i++) {
                publisher.insert(i % 50, rules.get(i));
            }
            RuleSnapshot snapshot = publisher.current();
            PacketBatch batch = new PacketBatch();
            int[] packets = new int[PacketBatch.CAPACITY];
            FiveTuple[] chosen = new FiveTuple[PacketBatch.CAPACITY];
            for (int i = 0; i < packets.length; i++) {
                packets[i] = i;
                FiveTuple drawn = headers.next();
                chosen[i] = new FiveTuple(
                        0,
                        drawn.sourceLow(),
                        0,
                        drawn.destinationLow(),
                        drawn.sourcePort(),
                        drawn.destinationPort(),
                        6);
                batch.sourceLow[i] = drawn.sourceLow();
                batch.destinationLow[i] = drawn.destinationLow();
                batch.sourcePort[i] = drawn.sourcePort();
                batch.destinationPort[i] = drawn.destinationPort();
                batch.protocol[i] = 6;
            }
            int[] numbers = new int[packets.length];
            snapshot.find(batch, packets, packets.length, scratch, numbers);
            for (int i = 0; i < numbers.length; i++) {
                assertEquals(snapshot.find(chosen[i], scratch), numbers[i]);
            }
        }
    }

    @Test
    void noLookupSeesHalfAChange() throws InterruptedException {
        // Two sets that both decide everything: by rules of their own alone.
        List<Rule> first = everything("first");
        List<Rule> second = everything("second");
        AtomicBoolean isDone = new AtomicBoolean();
        AtomicReference<@Nullable String> problem = new AtomicReference<>();
        try (RuleSetPublisher publisher = new RuleSetPublisher(first)) {
            Thread reader = Thread.ofPlatform().start(() -> {
                LookupScratch own = new LookupScratch();
                Random random = new Random(5);
                while (!isDone.get()) {
                    RuleSnapshot snapshot = publisher.current();
                    String id = null;
                    for (int i = 0; i < 20; i++) {
                        int found = snapshot.find(header(random.nextInt()), own);
                        String next = found == Classifier.NONE
                                ? "nothing"
                                : snapshot.rule(found).id();
                        if (next.equals("nothing") || id != null && !id.equals(next)) {
                            problem.set(id + " and " + next);
                        }
                        id = next;
                    }
                }
            });
            for (int i = 0; i < 300; i++) {
                publisher.replaceAll(i % 2 == 0 ? second : first);
            }
            isDone.set(true);
            reader.join();
        }
        assertNull(problem.get());
    }

    @Test
    void insertsMoreThanTheOverlayHoldsAtOnePlace() throws InterruptedException {
        List<Rule> rules = everything("old");
        try (RuleSetPublisher publisher = new RuleSetPublisher(rules)) {
            for (int i = 0; i < 600; i++) {
                publisher.insert(0, rule("new" + i, new PortRange(i, i)));
            }
            for (int i = 0; i < 600; i++) {
                assertEquals("new" + i, decide(publisher, header(i)));
            }
            assertEquals("old", decide(publisher, header(600)));
            assertTrue(publisher.size() == rules.size() + 600);
        }
    }

    @Test
    void goesOnCountingRulesThatAreReadAgain() {
        try (RuleSetPublisher publisher = new RuleSetPublisher(everything("old"))) {
            RuleLedger ledger = new RuleLedger();
            int[] before = ledger.enter(publisher.current());
            List<Rule> read = new ArrayList<>(everything("old"));
            read.addAll(2, everything("new"));
            read.add(read.getFirst());
            publisher.replaceAll(read);
            int[] after = ledger.enter(publisher.current());
            assertEquals(before[0], after[0]);
            assertEquals(before[63], after[63 + 64]);
            // The second of two equal ones is a rule of its own.
            assertEquals(64 + 64 + 1, ledger.hits().size());
            for (int i = 0; i < read.size(); i++) {
                assertEquals(read.get(i), publisher.current().rule(i));
            }
        }
    }

    @Test
    void refusesAnIndexThatIsNoRules() {
        try (RuleSetPublisher publisher = new RuleSetPublisher(everything("only"))) {
            assertThrows(IndexOutOfBoundsException.class, () -> publisher.delete(64));
            assertThrows(IndexOutOfBoundsException.class, () -> publisher.delete(-1));
            assertThrows(IndexOutOfBoundsException.class, () -> publisher.insert(65, rule("x", PortRange.ANY)));
        }
    }

    private String decide(RuleSetPublisher publisher, FiveTuple header) {
        RuleSnapshot snapshot = publisher.current();
        int number = snapshot.find(header, scratch);
        return number == Classifier.NONE ? "none" : snapshot.rule(number).id();
    }

    private static String decide(List<Rule> rules, FiveTuple header) {
        return rules.stream()
                .filter(rule -> rule.matches(header))
                .findFirst()
                .map(Rule::id)
                .orElse("none");
    }

    /** Sixty-four rules of one id, each for its part of the ports. */
    private static List<Rule> everything(String id) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            rules.add(rule(id, new PortRange(i << 10, (i << 10) + 1023)));
        }
        return rules;
    }

    private static FiveTuple header(int port) {
        return new FiveTuple(0, IpAddress.mapped(port), 0, IpAddress.mapped(port), 1, port & 0xffff, 6);
    }

    private static Rule rule(String id, PortRange ports) {
        RuleBox box = new RuleBox(
                RuleShapes.prefix(4, 0, 0), RuleShapes.prefix(4, 0, 0), PortRange.ANY, ports, RuleBox.ANY_PROTOCOL);
        return rule(id, List.of(box));
    }

    private static Rule rule(String id, List<RuleBox> boxes) {
        return new Rule(new RuleOrigin("test", "sg", id), id, Direction.INGRESS, Policy.ACCEPT, 1, boxes, "");
    }

    /** Of one to three boxes each. */
    private static List<Rule> rules(List<RuleBox> boxes, Random random) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < boxes.size(); i++) {
            List<RuleBox> own = new ArrayList<>();
            for (int n = random.nextInt(3); n >= 0; n--) {
                own.add(boxes.get(random.nextInt(boxes.size())));
            }
            rules.add(rule("rule" + i, own));
        }
        return rules;
    }
}
