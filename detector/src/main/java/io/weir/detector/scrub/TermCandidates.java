package io.weir.detector.scrub;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.DomainSuffix;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.Head;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.PacketRow;
import io.weir.filter.signature.PayloadHead;
import io.weir.filter.signature.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** Proposes terms: what many samples of an attack have in common, in one field each. */
final class TermCandidates {
    /** A value that fewer have is no part of the pattern. */
    private static final double COMMON = 0.15;
    /** What a set of values has to hold of the samples. */
    private static final double NEARLY_ALL = 0.995;

    private static final double RARE = 0.001;

    private static final int MOST_SINGLES = 4;
    /** Of the samples' range, so much for each sample is added at both ends: what further packets may have. */
    private static final double MARGIN = 8;

    private static final double LEAST_SOURCE_SHARE = 0.05;

    private static final double[] RANGE_SHARES = {1, 0.99, 0.97, 0.9, 0.75};
    /** A range wider than this part of the field's values says nothing. */
    private static final double WIDEST = 0.5;

    private final SampleRows attack;
    private final long nowNanos;
    private final Set<Term> terms = new LinkedHashSet<>();

    private TermCandidates(SampleRows attack, long nowNanos) {
        this.attack = attack;
        this.nowNanos = nowNanos;
    }

    /**
     * Terms of the fields of a protocol, in the same order for the same samples.
     *
     * @param nowNanos when the samples came, nanoseconds since 1970
     */
    static List<Term> of(Head head, SampleRows attack, long nowNanos) {
        TermCandidates candidates = new TermCandidates(attack, nowNanos);
        for (Field field : Field.values()) {
            if (head.has(field)) {
                candidates.addNumbers(field);
            }
        }
        if (head.equals(Head.TCP)) {
            candidates.terms.add(new Term.SequenceIsDestination());
        }
        candidates.addPayloads();
        candidates.addSources();
        if (head.equals(Head.DNS)) {
            candidates.addNames();
        }
        return List.copyOf(candidates.terms);
    }

    private void addNumbers(Field field) {
        long[] values = new long[attack.size()];
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            long value = attack.value(field, i);
            if (value != Field.ABSENT) {
                values[count++] = value;
            }
        }
        long[] sorted = count == values.length ? values : Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        addValues(field, sorted);
        if (field == Field.ACKNOWLEDGMENT && count > 0 && sorted[count - 1] > 0) {
            terms.add(new Term.Numeric(field, NumberSet.range(1, field.maximum())));
        }
        if (hasRanges(field) && count > 0) {
            for (double share : RANGE_SHARES) {
                addRange(field, sorted, share);
            }
        }
    }

    /** A range of ports or numbers that are drawn or counted up says where an attack is now, not what it is. */
    private static boolean hasRanges(Field field) {
        return switch (field) {
            case LENGTH, TIME_TO_LIVE, WINDOW, MAXIMUM_SEGMENT_SIZE -> true;
            default -> false;
        };
    }

    private void addValues(Field field, long[] sorted) {
        List<long[]> counted = counted(sorted);
        int inSet = 0;
        List<Long> set = new ArrayList<>();
        for (int k = 0; k < Math.min(counted.size(), NumberSet.MOST_RANGES); k++) {
            long value = counted.get(k)[0];
            long times = counted.get(k)[1];
            if (k < MOST_SINGLES && times >= COMMON * attack.size()) {
                terms.add(new Term.Numeric(field, NumberSet.of(value)));
            }
            set.add(value);
            inSet += (int) times;
            if (k > 0 && (inSet >= NEARLY_ALL * sorted.length || k == 1)) {
                terms.add(new Term.Numeric(field, NumberSet.ofAll(set)));
            }
        }
    }

    /**
     * Values with how often they occur, the commonest first: those that a hundredth has. None where so many differ that
     * neither one nor a few of them can stand for the samples.
     */
    private static List<long[]> counted(long[] sorted) {
        int distinct = 0;
        int most = 0;
        for (int i = 0; i < sorted.length; i = endOfRun(sorted, i)) {
            distinct++;
            most = Math.max(most, endOfRun(sorted, i) - i);
        }
        if (distinct > NumberSet.MOST_RANGES && most < COMMON * sorted.length) {
            return List.of();
        }
        List<long[]> counted = new ArrayList<>();
        for (int i = 0; i < sorted.length; i = endOfRun(sorted, i)) {
            int times = endOfRun(sorted, i) - i;
            if (times >= RARE * sorted.length) {
                counted.add(new long[] {sorted[i], times});
            }
        }
        counted.sort(
                (one, other) -> one[1] != other[1] ? Long.compare(other[1], one[1]) : Long.compare(one[0], other[0]));
        return counted;
    }

    private static int endOfRun(long[] sorted, int start) {
        int end = start;
        while (end < sorted.length && sorted[end] == sorted[start]) {
            end++;
        }
        return end;
    }

    /** The narrowest range that holds a share of the samples, and what further packets may have. */
    private void addRange(Field field, long[] sorted, double share) {
        int inside = (int) Math.ceil(share * sorted.length);
        int best = 0;
        for (int i = 0; i + inside <= sorted.length; i++) {
            if (sorted[i + inside - 1] - sorted[i] < sorted[best + inside - 1] - sorted[best]) {
                best = i;
            }
        }
        long first = sorted[best];
        long last = sorted[best + inside - 1];
        if (first == last) {
            return;
        }
        long margin = (long) (MARGIN * (last - first) / inside);
        long from = Math.max(0, first - margin);
        long to = Math.min(field.maximum(), last + margin);
        if (to - from < WIDEST * domain(field)) {
            terms.add(new Term.Numeric(field, NumberSet.range(from, to)));
        }
    }

    /** Values that packets use: few are longer than Ethernet allows. */
    private static double domain(Field field) {
        return field == Field.LENGTH ? 1500 : field.maximum();
    }

    private void addPayloads() {
        boolean isAny = false;
        for (int i = 0; i < attack.size(); i++) {
            isAny |= PacketRow.payloadCaptured(attack.rows(), SampleRows.row(i)) > 0;
        }
        if (!isAny) {
            return;
        }
        addPayload(i -> true);
        for (int bytes = 2; bytes <= 4; bytes += 2) {
            int shift = 64 - 8 * bytes;
            long[] heads = new long[attack.size()];
            int count = 0;
            for (int i = 0; i < heads.length; i++) {
                if (PacketRow.payloadCaptured(attack.rows(), SampleRows.row(i)) >= bytes) {
                    heads[count++] = PacketRow.payloadFirst(attack.rows(), SampleRows.row(i)) >>> shift;
                }
            }
            long[] sorted = Arrays.copyOf(heads, count);
            Arrays.sort(sorted);
            List<long[]> counted = counted(sorted);
            for (int k = 0; k < Math.min(counted.size(), 2); k++) {
                long common = counted.get(k)[0];
                if (counted.get(k)[1] >= COMMON * attack.size()) {
                    addPayload(i -> PacketRow.payloadFirst(attack.rows(), SampleRows.row(i)) >>> shift == common);
                }
            }
        }
    }

    /** The bytes that all of some samples share. */
    private void addPayload(IntPredicate isMember) {
        byte[] bytes = new byte[PayloadHead.LONGEST];
        boolean[] isFixed = new boolean[PayloadHead.LONGEST];
        boolean isAnyFixed = false;
        int[] times = new int[256];
        for (int at = 0; at < PayloadHead.LONGEST; at++) {
            Arrays.fill(times, 0);
            int members = 0;
            for (int i = 0; i < attack.size(); i++) {
                if (isMember.test(i) && PacketRow.payloadCaptured(attack.rows(), SampleRows.row(i)) > 0) {
                    members++;
                    if (PacketRow.payloadCaptured(attack.rows(), SampleRows.row(i)) > at) {
                        times[payloadByte(i, at)]++;
                    }
                }
            }
            int commonest = 0;
            for (int value = 1; value < 256; value++) {
                commonest = times[value] > times[commonest] ? value : commonest;
            }
            // Of the samples that aren't the attack's, some differ.
            isFixed[at] = members > 0 && times[commonest] >= 0.9 * members;
            bytes[at] = (byte) commonest;
        }
        // Peace is older: it never has the time that users send now as well.
        PayloadClock.leaveOut(bytes, isFixed, nowNanos);
        for (boolean fixed : isFixed) {
            isAnyFixed |= fixed;
        }
        if (isAnyFixed) {
            terms.add(new Term.Payload(PayloadHead.of(bytes, isFixed)));
        }
    }

    private int payloadByte(int sample, int at) {
        int row = SampleRows.row(sample);
        long word = at < 8 ? PacketRow.payloadFirst(attack.rows(), row) : PacketRow.payloadSecond(attack.rows(), row);
        return (int) (word >>> 56 - 8 * (at & 7)) & 0xff;
    }

    /** Networks of IPv4; of IPv6 those twice as long. */
    private void addSources() {
        for (int length : new int[] {32, 24, 16}) {
            long[] networks = new long[attack.size()];
            for (int i = 0; i < networks.length; i++) {
                networks[i] = network(i, length);
            }
            Arrays.sort(networks);
            List<IpPrefix> set = new ArrayList<>();
            for (long[] common : counted(networks)) {
                if (common[1] < LEAST_SOURCE_SHARE * attack.size() || set.size() == NumberSet.MOST_RANGES) {
                    break;
                }
                set.add(
                        isIpv4(common[0])
                                ? new IpPrefix(4, 0, common[0], length)
                                : new IpPrefix(6, common[0], 0, 2 * length));
                terms.add(new Term.Source(set));
            }
        }
    }

    private static boolean isIpv4(long network) {
        return network >>> 32 == 0xffff;
    }

    /** The low half of a mapped network, or the high half of one of IPv6. */
    private long network(int sample, int length) {
        long high = PacketRow.sourceHigh(attack.rows(), SampleRows.row(sample));
        long low = PacketRow.sourceLow(attack.rows(), SampleRows.row(sample));
        return high == 0 && isIpv4(low) ? low & -1L << 32 - length : high & -1L << 64 - 2 * length;
    }

    private void addNames() {
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, DomainSuffix> suffixes = new TreeMap<>();
        for (int i = 0; i < attack.size(); i++) {
            int row = SampleRows.row(i);
            byte[] name = PacketRow.nameTail(attack.rows(), row);
            boolean isWhole = name.length == PacketRow.nameLength(attack.rows(), row);
            for (int at = 0; isWhole && at < name.length && name[at] > 0; at += 1 + name[at]) {
                byte[] wire = Arrays.copyOfRange(name, at, name.length);
                DomainSuffix suffix = new DomainSuffix(wire, at > 0);
                counts.merge(suffix.toString(), 1, Integer::sum);
                suffixes.putIfAbsent(suffix.toString(), suffix);
            }
        }
        suffixes.entrySet().stream()
                .filter(entry -> counts.getOrDefault(entry.getKey(), 0) >= COMMON * attack.size())
                .sorted(Comparator.<Map.Entry<String, DomainSuffix>>comparingInt(
                                entry -> -counts.getOrDefault(entry.getKey(), 0))
                        .thenComparing(Map.Entry::getKey))
                .limit(MOST_SINGLES * 2L)
                .forEach(entry -> terms.add(new Term.Qname(entry.getValue())));
    }
}
