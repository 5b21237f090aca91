package io.weir.filter.signature;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A signature made ready to be asked once a packet: ranges in arrays, the cheapest conditions first. Immutable, allocates
 * nothing.
 */
public final class SignatureMatcher {
    private final Head head;
    private final Field[] fields;
    /** Of field {@code k}: first and last of its ranges, one after the other. */
    private final long[][] bounds;

    private final Term.@Nullable Source source;
    private final @Nullable PayloadHead payload;
    private final @Nullable DomainSuffix qname;
    private final boolean isSequenceDestination;
    /** Whether head and fields say all. */
    private final boolean isNumeric;

    private SignatureMatcher(Signature signature) {
        head = signature.head();
        List<Term.Numeric> numbers = signature.terms().stream()
                .filter(Term.Numeric.class::isInstance)
                .map(Term.Numeric.class::cast)
                // Few values tell most.
                .sorted(Comparator.comparingDouble(number ->
                        (double) number.values().count() / (number.of().maximum() + 1)))
                .toList();
        fields = numbers.stream().map(Term.Numeric::of).toArray(Field[]::new);
        bounds = numbers.stream().map(number -> bounds(number.values())).toArray(long[][]::new);
        Term.Source sourceTerm = null;
        PayloadHead payloadHead = null;
        DomainSuffix suffix = null;
        boolean isRelated = false;
        for (Term term : signature.terms()) {
            switch (term) {
                case Term.Numeric _ -> {}
                case Term.Source given -> sourceTerm = given;
                case Term.Payload given -> payloadHead = given.head();
                case Term.Qname given -> suffix = given.suffix();
                case Term.SequenceIsDestination _ -> isRelated = true;
            }
        }
        source = sourceTerm;
        payload = payloadHead;
        qname = suffix;
        isSequenceDestination = isRelated;
        isNumeric = source == null && payload == null && qname == null && !isSequenceDestination;
    }

    /** The matcher of a signature. */
    public static SignatureMatcher of(Signature signature) {
        return new SignatureMatcher(signature);
    }

    private static long[] bounds(NumberSet values) {
        return values.ranges().stream()
                .flatMapToLong(range -> LongStream.of(range.first(), range.last()))
                .toArray();
    }

    /** Whether packet {@code i}, decoded, is meant. */
    public boolean matches(PacketBatch batch, int i) {
        if (!head.matches(batch, i)) {
            return false;
        }
        for (int k = 0; k < fields.length; k++) {
            if (!isInside(bounds[k], PacketFields.value(fields[k], batch, i))) {
                return false;
            }
        }
        return (payload == null
                        || batch.transportOffset[i] != 0
                                && batch.payloadCaptured[i] >= payload.length()
                                && payload.matches(
                                        PacketFields.payloadFirst(batch, i), PacketFields.payloadSecond(batch, i)))
                && (!isSequenceDestination || PacketFields.isSequenceDestination(batch, i))
                && (source == null || isFrom(source.prefixes(), batch, i))
                && (qname == null || PacketFields.matches(qname, batch, i));
    }

    /**
     * Finds which of some packets are meant: as {@link #matches}, a condition at a time.
     *
     * @param packets the packets in question, decoded; those that are meant are left, in the same order
     * @return how many are left
     */
    public int select(PacketBatch batch, int[] packets, int count) {
        int left = head.select(batch, packets, count);
        for (int k = 0; k < fields.length && left > 0; k++) {
            int[] column = PacketFields.column(fields[k], batch);
            left = column == null || bounds[k].length != 2
                    ? selectAny(fields[k], bounds[k], batch, packets, left)
                    : selectRange(fields[k], column, bounds[k], batch, packets, left);
        }
        return isNumeric ? left : selectWhole(batch, packets, left);
    }

    private static int selectRange(
            Field field, int[] column, long[] bounds, PacketBatch batch, int[] packets, int count) {
        int least = (int) bounds[0];
        int most = (int) Math.min(bounds[1], Integer.MAX_VALUE);
        // A later fragment holds no transport header.
        int firstOffset = PacketFields.isOfTransport(field) ? 1 : 0;
        int left = 0;
        for (int k = 0; k < count; k++) {
            int i = packets[k];
            packets[left] = i;
            left += column[i] >= least && column[i] <= most && batch.transportOffset[i] >= firstOffset ? 1 : 0;
        }
        return left;
    }

    private static int selectAny(Field field, long[] bounds, PacketBatch batch, int[] packets, int count) {
        int left = 0;
        for (int k = 0; k < count; k++) {
            int i = packets[k];
            packets[left] = i;
            left += isInside(bounds, PacketFields.value(field, batch, i)) ? 1 : 0;
        }
        return left;
    }

    private int selectWhole(PacketBatch batch, int[] packets, int count) {
        int left = 0;
        for (int k = 0; k < count; k++) {
            int i = packets[k];
            packets[left] = i;
            left += matches(batch, i) ? 1 : 0;
        }
        return left;
    }

    private static boolean isInside(long[] bounds, long value) {
        for (int k = 0; k < bounds.length; k += 2) {
            if (value >= bounds[k] && value <= bounds[k + 1]) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFrom(List<IpPrefix> prefixes, PacketBatch batch, int i) {
        for (int k = 0; k < prefixes.size(); k++) {
            if (prefixes.get(k).contains(batch.sourceHigh[i], batch.sourceLow[i])) {
                return true;
            }
        }
        return false;
    }
}
