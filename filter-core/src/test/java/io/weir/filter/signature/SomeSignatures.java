package io.weir.filter.signature;

import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Signatures drawn at random from everything that one may say. */
final class SomeSignatures {
    private final Random random;

    SomeSignatures(Random random) {
        this.random = random;
    }

    Signature next() {
        while (true) {
            Head head = random.nextInt(6) == 0
                    ? Head.of(random.nextInt(256))
                    : Head.WORDS.get(random.nextInt(Head.WORDS.size()));
            List<String> names = new ArrayList<>(head.fieldNames());
            Collections.shuffle(names, random);
            List<Term> terms = new ArrayList<>();
            for (String name : names.subList(0, Math.min(names.size(), 1 + random.nextInt(4)))) {
                terms.add(term(name));
            }
            if (Signature.problem(head, terms).isEmpty()) {
                return new Signature(head, terms);
            }
        }
    }

    private Term term(String name) {
        return switch (name) {
            case "source" -> new Term.Source(prefixes());
            case "qname" -> new Term.Qname(suffix());
            case "payload" -> new Term.Payload(payload());
            default -> {
                Field field = Field.named(name).orElseThrow();
                yield field == Field.SEQUENCE && random.nextBoolean()
                        ? new Term.SequenceIsDestination()
                        : new Term.Numeric(field, numbers(field));
            }
        };
    }

    private NumberSet numbers(Field field) {
        List<NumberSet.Range> ranges = new ArrayList<>();
        for (int n = 1 + random.nextInt(random.nextBoolean() ? 1 : NumberSet.MOST_RANGES); n > 0; n--) {
            long first = random.nextLong(Math.min(field.maximum() + 1, random.nextBoolean() ? 100 : Long.MAX_VALUE));
            long last = field.isSymbolic() || random.nextBoolean()
                    ? first
                    : first + random.nextLong(field.maximum() - first + 1);
            ranges.add(new NumberSet.Range(first, last));
        }
        return new NumberSet(ranges);
    }

    private List<IpPrefix> prefixes() {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            String text = random.nextBoolean()
                    ? random.nextInt(256) + "." + random.nextInt(256) + ".3.4/" + random.nextInt(33)
                    : "2001:db8:" + Integer.toHexString(random.nextInt(65_536)) + "::5/" + random.nextInt(97);
            if (IpPrefix.parseNetwork(text) instanceof IpPrefix.Parsed.Valid valid) {
                prefixes.add(valid.prefix());
            }
        }
        return prefixes;
    }

    private DomainSuffix suffix() {
        byte[] wire = new byte[255];
        int length = 0;
        for (int labels = 1 + random.nextInt(4); labels > 0; labels--) {
            int label = 1 + random.nextInt(random.nextInt(10) == 0 ? 60 : 8);
            wire[length++] = (byte) label;
            for (int k = 0; k < label; k++) {
                wire[length++] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : 'a' + random.nextInt(26));
            }
        }
        return new DomainSuffix(java.util.Arrays.copyOf(wire, length + 1), random.nextBoolean());
    }

    private PayloadHead payload() {
        byte[] bytes = new byte[1 + random.nextInt(PayloadHead.LONGEST)];
        boolean[] isFixed = new boolean[bytes.length];
        boolean isText = random.nextBoolean();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (isText ? ' ' + random.nextInt(95) : random.nextInt(256));
            isFixed[i] = isText || random.nextInt(4) > 0;
        }
        isFixed[0] = true;
        return PayloadHead.of(bytes, isFixed);
    }
}
