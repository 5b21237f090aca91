package io.weir.filter.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.RuleBox;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Linear search is the oracle. */
final class ClassifierTest {
    /** Boxes that the oracle may try for one rule set: about a second. */
    private static final long WORK = Boolean.getBoolean("weir.long") ? 30_000_000_000L : 300_000_000L;

    private static final int MOST_HEADERS = Boolean.getBoolean("weir.long") ? 20_000_000 : 400_000;

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void agreesWithLinearSearchOnHardShapes(int version) {
        RuleShapes shapes = new RuleShapes(version, 1);
        compare(List.of(), version);
        for (int count : new int[] {1, 2, 63, 64, 65, 128, 129, 1000}) {
            compare(shapes.allWild(count), version);
            compare(shapes.equal(count), version);
            compare(shapes.nested(count), version);
            compare(shapes.manyRanges(count), version);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void agreesWithLinearSearchOnManySets(int version) {
        for (int seed = 0; seed < 12; seed++) {
            RuleShapes shapes = new RuleShapes(version, seed);
            compare(shapes.likeClassBench(100 << seed % 5, seed * 8, 4 << seed % 7), version);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void agreesWithLinearSearchOnTenThousandRules(int version) {
        RuleShapes shapes = new RuleShapes(version, 7);
        compare(shapes.manyRanges(10_000), version);
        for (int wildPercent : new int[] {0, 10, 60}) {
            compare(shapes.likeClassBench(10_000, wildPercent, 3_000), version);
        }
    }

    @Test
    void compilesHundredThousandRules() {
        compare(new RuleShapes(4, 3).likeClassBench(100_000, 10, 30_000), 4);
        compare(new RuleShapes(4, 4).manyRanges(100_000), 4);
    }

    @Test
    void agreesWithLinearSearchOnClassBench() throws IOException {
        String folder = System.getenv("WEIR_CLASSBENCH");
        assumeTrue(
                folder != null,
                "SKIPPED: set WEIR_CLASSBENCH to a folder of ClassBench rule sets to compare the classifier on them");
        List<Path> files;
        try (Stream<Path> listed = Files.list(Path.of(folder))) {
            files = listed.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            ClassBenchRules rules = ClassBenchRules.read(file.getFileName().toString(), Files.readAllLines(file));
            assertEquals(List.of(), rules.faults());
            compare(rules.boxes(), 4);
            compare(rules.mapped(), 6);
        }
    }

    @Test
    void answersBothVersionsInOneBatchAndNoneForAPacketBetween() {
        RuleShapes shapes4 = new RuleShapes(4, 5);
        RuleShapes shapes6 = new RuleShapes(6, 5);
        List<RuleBox> boxes = new ArrayList<>(shapes4.likeClassBench(300, 20, 40));
        boxes.addAll(shapes6.likeClassBench(300, 20, 40));
        boxes.addAll(shapes4.likeClassBench(300, 20, 40));
        Classifier classifier = Classifier.ofBoxes(boxes);
        LinearOracle oracle = new LinearOracle(boxes);
        HeaderBatch batch = new HeaderBatch();
        FiveTuple[] headers = new FiveTuple[PacketBatch.CAPACITY];
        Headers from4 = new Headers(boxes.subList(0, 300), 4, 1);
        Headers from6 = new Headers(boxes.subList(300, 600), 6, 1);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < headers.length; i++) {
                FiveTuple one = i % 2 == 0 ? from4.next() : from6.next();
                headers[i] = i % 7 != 0
                        ? one
                        : new FiveTuple(0, IpAddress.mapped(i), 1, i, one.sourcePort(), 0, one.protocol());
                batch.set(i, headers[i]);
            }
            batch.size = headers.length;
            int[] found = new int[headers.length];
            classifier.find(batch, new LookupScratch(), found);
            for (int i = 0; i < headers.length; i++) {
                assertEquals(oracle.find(headers[i]), found[i], headers[i].toString());
            }
        }
    }

    @Test
    void readsTypeAndCodeOfIcmpAndOnlyThePacketsListed() {
        RuleBox ping = new RuleBox(
                RuleShapes.prefix(4, 0, 0),
                RuleShapes.prefix(4, 0, 0),
                new PortRange(0, 0),
                new PortRange(8 << 8, 8 << 8 | 255),
                1);
        PacketBatch batch = new PacketBatch();
        for (int i = 0; i < 3; i++) {
            batch.sourceLow[i] = IpAddress.mapped(i);
            batch.destinationLow[i] = IpAddress.mapped(i);
            batch.protocol[i] = 1;
            batch.sourcePort[i] = 4242;
            batch.destinationPort[i] = 4242;
        }
        batch.icmpTypeCode[2] = 8 << 8;
        batch.size = 3;
        int[] found = {7, 7, 7};
        Classifier.ofBoxes(List.of(ping)).find(batch, new int[] {2, 0}, 2, new LookupScratch(), found);
        assertEquals("[0, -1, 7]", Arrays.toString(found));
    }

    @Test
    void findsWithoutAllocating() {
        List<RuleBox> boxes = new RuleShapes(4, 9).likeClassBench(2_000, 30, 300);
        Classifier classifier = Classifier.ofBoxes(boxes);
        Headers headers = new Headers(boxes, 4, 2);
        HeaderBatch batch = new HeaderBatch();
        batch.size = PacketBatch.CAPACITY;
        for (int i = 0; i < batch.size; i++) {
            batch.set(i, headers.next());
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        LookupScratch scratch = new LookupScratch();
        int[] found = new int[PacketBatch.CAPACITY];
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 20 && allocated != 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 400; i++) {
                classifier.find(batch, scratch, found);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, allocated);
    }

    /** Of the set itself, and its bound holds for every header tried. */
    private static void compare(List<RuleBox> boxes, int version) {
        Classifier classifier = Classifier.ofBoxes(boxes);
        LinearOracle oracle = new LinearOracle(boxes);
        Headers headers = new Headers(boxes, version, boxes.size());
        long count = Math.clamp(WORK / Math.max(1, boxes.size()) / 4, 2_000, MOST_HEADERS);
        HeaderBatch batch = new HeaderBatch();
        LookupScratch scratch = new LookupScratch();
        FiveTuple[] chosen = new FiveTuple[PacketBatch.CAPACITY];
        int[] found = new int[PacketBatch.CAPACITY];
        MatchTables tables = classifier.family(version).tables;
        BoundSearch costs = new BoundSearch(tables);
        ClassifierBound bound = classifier.bound(version);
        for (long done = 0; done < count; done += chosen.length) {
            batch.size = chosen.length;
            for (int i = 0; i < chosen.length; i++) {
                chosen[i] = headers.next();
                batch.set(i, chosen[i]);
            }
            classifier.find(batch, scratch, found);
            for (int i = 0; i < chosen.length; i++) {
                int wanted = oracle.find(chosen[i]);
                if (wanted != found[i]) {
                    assertEquals(wanted, found[i], boxes.size() + " rules, IPv" + version + ", " + chosen[i]);
                }
            }
            for (int k = 0; k < scratch.count; k++) {
                int words = costs.commonWords(
                        scratch.ints[LookupScratch.ROWS + k],
                        scratch.ints[LookupScratch.ROWS + LookupScratch.SIZE + k]);
                assertTrue(words <= bound.words(), "a header costs more than the bound");
            }
        }
    }
}
