package io.weir.filter.match;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds what is open to everybody and shouldn't be: exactly, after all that earlier rules drop. A rule is charged with
 * what it decides itself, so what an earlier rule opens is that rule's alone.
 *
 * <p>Everybody is a source prefix wider than any organisation's, from more than half of whose sixteen parts something
 * gets through: a rule behind "drop all but one network" opens nothing.
 */
public final class ExposureLint {
    /** Boxes looked at for one rule: about a quarter of a second. */
    private static final long BUDGET = 50_000_000;

    /** For all rules: about ten seconds. */
    private static final long TOTAL_BUDGET = 3_000_000_000L;

    /** What people mean by every port: 0 is no port that anything listens on. */
    private static final PortRange EVERY_PORT = new PortRange(1, PortRange.MAXIMUM);

    private final List<Rule> rules;
    private final HeaderGrid grid4;
    private final HeaderGrid grid6;
    private final CoverSearch search4;
    private final CoverSearch search6;
    private final NearBoxes near4;
    private final NearBoxes near6;
    private final WorkPool pool;
    /** Reused. */
    private final int[] found;

    /** Boxes looked at whether they touch what is asked about. */
    private long choices;

    private ExposureLint(List<Rule> rules) {
        this.rules = rules;
        List<IpPrefix> blocks = new ArrayList<>();
        for (Rule rule : rules) {
            rule.boxes().forEach(box -> blocks.addAll(WorldSources.blocks(box.source())));
        }
        grid4 = HeaderGrid.of(4, rules, blocks);
        grid6 = HeaderGrid.of(6, rules, blocks);
        search4 = new CoverSearch(grid4.ranges());
        search6 = new CoverSearch(grid6.ranges());
        near4 = new NearBoxes(grid4.ranges());
        near6 = new NearBoxes(grid6.ranges());
        pool = new WorkPool(0, TOTAL_BUDGET, rules.size(), BUDGET);
        found = new int[Math.max(grid4.boxCount(), grid6.boxCount())];
    }

    /** What ingress rules open to everybody, in the order of the rules; of egress rules nothing. */
    public static List<LintFinding> of(RuleSet set) {
        return of(set, () -> {});
    }

    /**
     * The same.
     *
     * @param onLook called after each rule
     */
    public static List<LintFinding> of(RuleSet set, Runnable onLook) {
        if (set.direction() == Direction.EGRESS) {
            set.rules().forEach(rule -> onLook.run());
            return List.of();
        }
        ExposureLint lint = new ExposureLint(set.rules());
        List<LintFinding> findings = new ArrayList<>();
        for (int rule = 0; rule < set.rules().size(); rule++) {
            Rule candidate = set.rules().get(rule);
            if (candidate.policy() == Policy.ACCEPT && !candidate.origin().isImplicit()) {
                lint.exposure(rule).ifPresent(findings::add);
            }
            onLook.run();
        }
        return findings;
    }

    /** What was found of one rule so far. */
    private static final class Exposure {
        LintKind kind = LintKind.UNDECIDED;
        Optional<FiveTuple> witness = Optional.empty();
        final TreeSet<ManagementService> services =
                new TreeSet<>(Comparator.comparingInt(ManagementService.ALL::indexOf));
        boolean isUndecided;

        void add(LintKind found, FiveTuple packet) {
            if (witness.isEmpty() || found.compareTo(kind) < 0) {
                kind = found;
                witness = Optional.of(packet);
            }
        }
    }

    private Optional<LintFinding> exposure(int rule) {
        Exposure exposure = new Exposure();
        long limit = pool.limit(rule, work());
        for (int version : new int[] {4, 6}) {
            int box = grid(version).firstBox(rule);
            for (RuleBox given : rules.get(rule).boxes()) {
                if (given.ipVersion() == version) {
                    addBox(exposure, given, box, limit);
                    box++;
                }
            }
        }
        if (exposure.witness.isEmpty() && !exposure.isUndecided) {
            return Optional.empty();
        }
        return Optional.of(
                new LintFinding(exposure.kind, rule, List.of(), exposure.witness, List.copyOf(exposure.services)));
    }

    private void addBox(Exposure exposure, RuleBox given, int box, long limit) {
        List<IpPrefix> blocks = WorldSources.blocks(given.source());
        if (blocks.isEmpty()) {
            return;
        }
        HeaderGrid grid = grid(given.ipVersion());
        if (work() + near(given.ipVersion()).candidates(box) >= limit) {
            exposure.isUndecided = true;
            return;
        }
        List<int[]> parts = grid.possibleParts(box);
        int[] earlier = touching(grid, parts, earlierBoxes(given.ipVersion(), box));
        if (given.destinationPorts().contains(EVERY_PORT) && given.sourcePorts().contains(EVERY_PORT)) {
            boolean isEveryProtocol = given.protocol() == RuleBox.ANY_PROTOCOL;
            if (isEveryProtocol || given.protocol() == IpProtocol.TCP || given.protocol() == IpProtocol.UDP) {
                openPacket(exposure, given.ipVersion(), earlier, parts, blocks, limit)
                        .ifPresent(packet ->
                                exposure.add(isEveryProtocol ? LintKind.OPEN_TO_ALL : LintKind.OPEN_PORTS, packet));
            }
        }
        for (ManagementService service : ManagementService.ALL) {
            List<int[]> narrowed = parts.stream()
                    .filter(part -> holds(part, HeaderGrid.PROTOCOL, service.protocol())
                            && holds(part, HeaderGrid.DESTINATION_PORT, service.port()))
                    .map(part -> withPort(part, service.port()))
                    .toList();
            openPacket(exposure, given.ipVersion(), earlier, narrowed, blocks, limit)
                    .ifPresent(packet -> {
                        exposure.services.add(service);
                        exposure.add(LintKind.OPEN_MANAGEMENT, packet);
                    });
        }
    }

    private static boolean holds(int[] part, int field, int value) {
        return part[2 * field] <= value && part[2 * field + 1] >= value;
    }

    private static int[] withPort(int[] part, int port) {
        int[] narrowed = part.clone();
        narrowed[2 * HeaderGrid.DESTINATION_PORT] = port;
        narrowed[2 * HeaderGrid.DESTINATION_PORT + 1] = port;
        return narrowed;
    }

    /** A packet of the parts that the box's rule decides, if there are such from more than half of the blocks. */
    private Optional<FiveTuple> openPacket(
            Exposure exposure, int version, int[] earlier, List<int[]> parts, List<IpPrefix> blocks, long limit) {
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        HeaderGrid grid = grid(version);
        int[] cover = touching(grid, parts, earlier);
        Optional<FiveTuple> first = Optional.empty();
        int open = 0;
        for (IpPrefix block : blocks) {
            for (int[] part : parts) {
                CoverSearch search = search(version);
                CoverOutcome outcome =
                        search.search(grid.withSources(part, block), cover, cover.length, limit - work());
                exposure.isUndecided |= outcome == CoverOutcome.UNDECIDED;
                if (outcome == CoverOutcome.OPEN) {
                    FiveTuple packet = grid.packet(search.openPart());
                    first = first.or(() -> Optional.of(packet));
                    open++;
                    break;
                }
            }
        }
        return 2 * open > blocks.size() ? first : Optional.empty();
    }

    /** Boxes that touch one, of the rules before its own. */
    private int[] earlierBoxes(int version, int box) {
        HeaderGrid grid = grid(version);
        int count = near(version).add(box, found, 0);
        int first = grid.firstBox(grid.owner(box));
        return Arrays.stream(found, 0, count)
                .filter(other -> other < first)
                .sorted()
                .toArray();
    }

    private int[] touching(HeaderGrid grid, List<int[]> parts, int[] boxes) {
        choices += boxes.length;
        return Arrays.stream(boxes)
                .filter(box -> parts.stream()
                        .anyMatch(part -> HeaderGrid.doTouch(part, grid.ranges(), box * HeaderGrid.STRIDE)))
                .toArray();
    }

    private HeaderGrid grid(int version) {
        return version == 4 ? grid4 : grid6;
    }

    private NearBoxes near(int version) {
        return version == 4 ? near4 : near6;
    }

    private CoverSearch search(int version) {
        return version == 4 ? search4 : search6;
    }

    private long work() {
        return search4.work() + search6.work() + near4.looks() + near6.looks() + choices;
    }
}
