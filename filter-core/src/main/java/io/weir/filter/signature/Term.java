package io.weir.filter.signature;

import io.weir.filter.address.IpPrefix;
import java.util.Comparator;
import java.util.List;

/** One condition of a signature. */
public sealed interface Term {
    /** The field's name as a signature writes it; no signature has two terms of one field. */
    String field();

    /** Whether packets of a version of IP can meet it. */
    default boolean hasVersion(int version) {
        return switch (this) {
            case Numeric number -> version == 4 || number.of() != Field.IP_ID;
            case Source source -> source.prefixes().stream().anyMatch(prefix -> prefix.version() == version);
            case SequenceIsDestination _ -> version == 4;
            case Qname _, Payload _ -> true;
        };
    }

    /** Whether a packet meets it. */
    boolean matches(long[] rows, int at);

    /** A field that is a number. */
    record Numeric(Field of, NumberSet values) implements Term {
        /** @throws IllegalArgumentException where a value isn't one of the field's */
        public Numeric {
            if (values.last() > of.maximum() || values.hasRange() && of.isSymbolic()) {
                throw new IllegalArgumentException(of.text() + " has no values " + values);
            }
        }

        @Override
        public String field() {
            return of.text();
        }

        @Override
        public boolean matches(long[] rows, int at) {
            return values.contains(PacketRow.value(of, rows, at));
        }
    }

    /** The source is inside one of some prefixes. */
    record Source(List<IpPrefix> prefixes) implements Term {
        static final String NAME = "source";

        /** Sorts them. */
        public Source {
            prefixes = prefixes.stream()
                    .distinct()
                    .sorted(Comparator.comparingInt(IpPrefix::version)
                            .thenComparing(IpPrefix::high, Long::compareUnsigned)
                            .thenComparing(IpPrefix::low, Long::compareUnsigned)
                            .thenComparingInt(IpPrefix::length))
                    .toList();
            if (prefixes.isEmpty() || prefixes.size() > NumberSet.MOST_RANGES) {
                throw new IllegalArgumentException(prefixes.size() + " prefixes; 1 to 8 are allowed");
            }
        }

        @Override
        public String field() {
            return NAME;
        }

        @Override
        public boolean matches(long[] rows, int at) {
            for (int i = 0; i < prefixes.size(); i++) {
                if (prefixes.get(i).contains(PacketRow.sourceHigh(rows, at), PacketRow.sourceLow(rows, at))) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The sequence number is the IPv4 destination address: what Mirai and its kin send. */
    record SequenceIsDestination() implements Term {
        static final String VALUE = "destination";

        @Override
        public String field() {
            return Field.SEQUENCE.text();
        }

        @Override
        public boolean matches(long[] rows, int at) {
            return PacketRow.isSequenceDestination(rows, at);
        }
    }

    /** The first question's name. */
    record Qname(DomainSuffix suffix) implements Term {
        static final String NAME = "qname";

        @Override
        public String field() {
            return NAME;
        }

        @Override
        public boolean matches(long[] rows, int at) {
            return PacketRow.endsWith(rows, at, suffix);
        }
    }

    /** What the payload starts with; a later fragment holds no start. */
    record Payload(PayloadHead head) implements Term {
        static final String NAME = "payload";

        @Override
        public String field() {
            return NAME;
        }

        @Override
        public boolean matches(long[] rows, int at) {
            return PacketRow.hasTransport(rows, at)
                    && PacketRow.payloadCaptured(rows, at) >= head.length()
                    && head.matches(PacketRow.payloadFirst(rows, at), PacketRow.payloadSecond(rows, at));
        }
    }
}
