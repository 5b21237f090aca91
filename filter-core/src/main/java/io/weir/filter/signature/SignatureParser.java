package io.weir.filter.signature;

import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads signatures.
 *
 * <pre>
 *  signature = head term *3("," term)
 *  head      = "tcp" | "udp" | "icmp" | "icmpv6" | "dns" | "protocol" number
 *  term      = field value *7("or" value)
 *  value     = number | number "-" number | word | word *("+" word)         by field
 *  source    = prefix         qname = ["*."] name         payload = "0x" *(two hex digits | "??") | quoted text
 * </pre>
 */
final class SignatureParser {
    private static final int LARGEST_PROTOCOL = 255;
    private static final String OR = "or";

    private final SignatureTokens tokens;

    SignatureParser(String text) {
        tokens = new SignatureTokens(text);
    }

    /** What was wrong, and where. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final int position;
        private final String problem;

        Refusal(int position, String problem) {
            super(problem, null, false, false);
            this.position = position;
            this.problem = problem;
        }
    }

    Signature.Parsed parse() {
        try {
            return new Signature.Parsed.Valid(signature());
        } catch (Refusal refusal) {
            return new Signature.Parsed.Invalid(refusal.position, refusal.problem);
        }
    }

    private Signature signature() throws Refusal {
        Head head = head();
        List<Term> terms = new ArrayList<>();
        do {
            if (terms.size() == Signature.MOST_TERMS) {
                throw refusal("more than " + Signature.MOST_TERMS + " fields; leave the others out");
            }
            int at = tokens.position();
            Term term = term(head);
            if (terms.stream().anyMatch(other -> other.field().equals(term.field()))) {
                throw new Refusal(at, term.field() + " is given twice; write its values behind one, parted by 'or'");
            }
            terms.add(term);
        } while (hasFurtherTerm());
        String problem = Signature.problem(head, terms);
        if (!problem.isEmpty()) {
            throw new Refusal(0, problem);
        }
        return new Signature(head, terms);
    }

    private boolean hasFurtherTerm() throws Refusal {
        if (tokens.isAtEnd()) {
            return false;
        }
        if (!tokens.isComma()) {
            throw refusal(shown() + " follows a value; write a comma before the next field, or 'or' before a value");
        }
        tokens.take();
        return true;
    }

    private Head head() throws Refusal {
        int at = tokens.position();
        String word = tokens.word();
        if (word.equals(Head.NUMBERED)) {
            tokens.take();
            return Head.of((int) number(LARGEST_PROTOCOL));
        }
        Optional<Head> head = Head.named(word);
        if (head.isEmpty()) {
            throw new Refusal(at, shown() + " is no protocol; write tcp, udp, icmp, icmpv6, dns, or protocol NUMBER");
        }
        tokens.take();
        return head.get();
    }

    private Term term(Head head) throws Refusal {
        int at = tokens.position();
        String name = tokens.word();
        if (!head.fieldNames().contains(name)) {
            throw new Refusal(
                    at,
                    (tokens.isAtEnd() ? "a field is missing" : shown() + " is no field of " + head) + "; write one of "
                            + String.join(", ", head.fieldNames()));
        }
        tokens.take();
        return switch (name) {
            case Term.Source.NAME -> source();
            case Term.Qname.NAME -> new Term.Qname(suffix());
            case Term.Payload.NAME -> new Term.Payload(payload());
            default -> number(Field.named(name).orElseThrow());
        };
    }

    private Term number(Field field) throws Refusal {
        if (field == Field.SEQUENCE && tokens.word().equals(Term.SequenceIsDestination.VALUE)) {
            tokens.take();
            return new Term.SequenceIsDestination();
        }
        List<NumberSet.Range> ranges = new ArrayList<>();
        do {
            refuseTooMany(ranges.size());
            ranges.add(range(field));
        } while (takeOr());
        return new Term.Numeric(field, new NumberSet(ranges));
    }

    private NumberSet.Range range(Field field) throws Refusal {
        int at = tokens.position();
        String allowed = field.vocabulary().allowed(field.maximum());
        String word = value(allowed);
        OptionalLong single = field.vocabulary().parse(word);
        if (single.isPresent()) {
            return new NumberSet.Range(bounded(field, single, at, allowed), single.getAsLong());
        }
        int dash = word.indexOf('-', 1);
        if (dash < 0 || field.isSymbolic()) {
            throw new Refusal(at, quoted(word) + " is no value of " + field.text() + "; write " + allowed);
        }
        long first = bounded(field, field.vocabulary().parse(word.substring(0, dash)), at, allowed);
        long last = bounded(field, field.vocabulary().parse(word.substring(dash + 1)), at + dash + 1, allowed);
        if (first > last) {
            throw new Refusal(at, quoted(word) + " is no range: the first is larger than the last");
        }
        return new NumberSet.Range(first, last);
    }

    private static long bounded(Field field, OptionalLong value, int at, String allowed) throws Refusal {
        if (value.isEmpty() || value.getAsLong() > field.maximum()) {
            throw new Refusal(at, "no value of " + field.text() + "; write " + allowed);
        }
        return value.getAsLong();
    }

    private Term source() throws Refusal {
        List<IpPrefix> prefixes = new ArrayList<>();
        do {
            refuseTooMany(prefixes.size());
            int at = tokens.position();
            String word = value("a prefix such as 203.0.113.0/24");
            switch (IpPrefix.parse(word)) {
                case IpPrefix.Parsed.Valid valid -> prefixes.add(valid.prefix());
                case IpPrefix.Parsed.Invalid invalid -> throw new Refusal(at, quoted(word) + " " + invalid.problem());
            }
        } while (takeOr());
        return new Term.Source(prefixes);
    }

    private DomainSuffix suffix() throws Refusal {
        int at = tokens.position();
        String word = value("a name such as *.example.com");
        return DomainText.parse(word).orElseThrow(() -> new Refusal(at, quoted(word) + " is " + DomainText.ALLOWED));
    }

    private PayloadHead payload() throws Refusal {
        int at = tokens.position();
        String word = value(PayloadText.ALLOWED);
        return PayloadText.parse(word)
                .orElseThrow(() -> new Refusal(at, quoted(word) + " is no payload; write " + PayloadText.ALLOWED));
    }

    private void refuseTooMany(int count) throws Refusal {
        if (count == NumberSet.MOST_RANGES) {
            throw refusal("more than " + NumberSet.MOST_RANGES + " values; join them to ranges, or leave some out");
        }
    }

    private boolean takeOr() {
        boolean isOr = tokens.word().equals(OR);
        if (isOr) {
            tokens.take();
        }
        return isOr;
    }

    /** The next word, which has to be a value. */
    private String value(String allowed) throws Refusal {
        if (tokens.isAtEnd() || tokens.isComma()) {
            throw refusal("a value is missing; write " + allowed);
        }
        return tokens.take();
    }

    private long number(long maximum) throws Refusal {
        int at = tokens.position();
        String allowed = "a number from 0 to " + maximum;
        String word = value(allowed);
        OptionalLong number = Vocabulary.NUMBERS.parse(word);
        if (number.isEmpty() || number.getAsLong() > maximum) {
            throw new Refusal(at, quoted(word) + " is no protocol number; write " + allowed);
        }
        return number.getAsLong();
    }

    private Refusal refusal(String problem) {
        return new Refusal(tokens.position(), problem);
    }

    private String shown() {
        return tokens.isAtEnd() ? "nothing" : quoted(tokens.word());
    }

    private static String quoted(String word) {
        return "'" + word + "'";
    }
}
