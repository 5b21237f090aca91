package io.weir.capture.testing;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.signature.DomainSuffix;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.Head;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.PacketRow;
import io.weir.filter.signature.PayloadHead;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.Term;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Signatures that a given packet has, and signatures of nothing in particular. */
public final class SampleSignatures {
    private static final List<Head> HEADS = List.of(Head.TCP, Head.UDP, Head.ICMP, Head.ICMPV6, Head.DNS, Head.of(47));

    private SampleSignatures() {}

    /** A signature of one to four fields that a packet meets. */
    public static Signature of(PacketBatch batch, int i, Random random) {
        long[] row = new long[PacketRow.LONGS];
        PacketRow.write(batch, i, row, 0);
        boolean isDns = PacketRow.value(Field.MESSAGE, row, 0) != Field.ABSENT;
        while (true) {
            Head head = isDns && random.nextBoolean() ? Head.DNS : Head.of(PacketRow.protocol(row, 0));
            List<Term> terms = terms(head, row, random);
            Collections.shuffle(terms, random);
            List<Term> some = terms.subList(0, Math.min(terms.size(), 1 + random.nextInt(Signature.MOST_TERMS)));
            if (Signature.problem(head, some).isEmpty()) {
                return new Signature(head, some);
            }
        }
    }

    private static List<Term> terms(Head head, long[] row, Random random) {
        List<Term> terms = new ArrayList<>();
        for (Field field : Field.values()) {
            long value = PacketRow.value(field, row, 0);
            if (head.has(field) && value != Field.ABSENT) {
                terms.add(new Term.Numeric(field, around(field, value, random)));
            }
        }
        IpPrefix host = IpPrefix.host(PacketRow.sourceHigh(row, 0), PacketRow.sourceLow(row, 0));
        terms.add(new Term.Source(List.of(shortened(host, random))));
        payload(row, random).ifPresent(terms::add);
        if (head.equals(Head.DNS) && PacketRow.nameLength(row, 0) > 2) {
            byte[] tail = PacketRow.nameTail(row, 0);
            if (tail.length == PacketRow.nameLength(row, 0)) {
                terms.add(new Term.Qname(new DomainSuffix(tail, false)));
            }
        }
        return terms;
    }

    private static NumberSet around(Field field, long value, Random random) {
        if (field.isSymbolic() || random.nextBoolean()) {
            return NumberSet.ofAll(List.of(value, random.nextLong(field.maximum() + 1)));
        }
        return NumberSet.range(
                value - random.nextLong(value + 1), value + random.nextLong(field.maximum() - value + 1));
    }

    private static IpPrefix shortened(IpPrefix host, Random random) {
        String text = host.toString();
        int length = random.nextInt(host.version() == 4 ? 33 : 129);
        String shorter = text.substring(0, text.indexOf('/') + 1) + length;
        return IpPrefix.parseNetwork(shorter) instanceof IpPrefix.Parsed.Valid valid ? valid.prefix() : host;
    }

    private static Optional<Term> payload(long[] row, Random random) {
        int captured = Math.min(PacketRow.payloadCaptured(row, 0), PayloadHead.LONGEST);
        boolean isLater = PacketRow.value(Field.FRAGMENT, row, 0) == 2;
        if (captured == 0 || isLater || PacketRow.protocol(row, 0) == IpProtocol.GRE) {
            return Optional.empty();
        }
        byte[] bytes = ByteBuffer.allocate(PayloadHead.LONGEST)
                .putLong(PacketRow.payloadFirst(row, 0))
                .putLong(PacketRow.payloadSecond(row, 0))
                .array();
        boolean[] isFixed = new boolean[1 + random.nextInt(captured)];
        for (int i = 0; i < isFixed.length; i++) {
            isFixed[i] = i == 0 || random.nextInt(3) > 0;
        }
        return Optional.of(new Term.Payload(PayloadHead.of(java.util.Arrays.copyOf(bytes, isFixed.length), isFixed)));
    }

    /** A signature of random values. */
    public static Signature random(Random random) {
        while (true) {
            Head head = HEADS.get(random.nextInt(HEADS.size()));
            List<Term> terms = new ArrayList<>();
            for (Field field : Field.values()) {
                if (head.has(field)) {
                    terms.add(new Term.Numeric(field, around(field, random.nextLong(field.maximum() + 1), random)));
                }
            }
            long low = random.nextBoolean() ? 0xffff_c633_6400L : 0x2001_0db8L << 32;
            terms.add(new Term.Source(List.of(
                    shortened(IpPrefix.host(low >>> 48 == 0 ? 0 : 0x2001_0db8_0000_0000L, low), random))));
            byte[] bytes = new byte[1 + random.nextInt(PayloadHead.LONGEST)];
            random.nextBytes(bytes);
            boolean[] isFixed = new boolean[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                isFixed[i] = i == 0 || random.nextInt(3) > 0;
            }
            terms.add(new Term.Payload(PayloadHead.of(bytes, isFixed)));
            Collections.shuffle(terms, random);
            List<Term> some = terms.subList(0, 1 + random.nextInt(Signature.MOST_TERMS));
            if (Signature.problem(head, some).isEmpty()) {
                return new Signature(head, some);
            }
        }
    }
}
