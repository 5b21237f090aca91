package io.weir.filter.signature;

import java.util.ArrayList;
import java.util.List;

/** Writes signatures. */
final class SignaturePrinter {
    private SignaturePrinter() {}

    static String print(Signature signature) {
        return signature.head() + " "
                + String.join(
                        ", ",
                        signature.terms().stream().map(SignaturePrinter::print).toList());
    }

    /** A term: its field and its values. */
    static String print(Term term) {
        return term.field() + " " + values(term);
    }

    private static String values(Term term) {
        return switch (term) {
            case Term.Numeric number -> numbers(number.of(), number.values());
            case Term.Source source ->
                or(source.prefixes().stream().map(Object::toString).toList());
            case Term.SequenceIsDestination _ -> Term.SequenceIsDestination.VALUE;
            case Term.Qname qname -> qname.suffix().toString();
            case Term.Payload payload -> payload.head().toString();
        };
    }

    private static String numbers(Field field, NumberSet values) {
        List<String> texts = new ArrayList<>();
        for (NumberSet.Range range : values.ranges()) {
            String first = field.vocabulary().print(range.first());
            texts.add(
                    range.first() == range.last()
                            ? first
                            : first + "-" + field.vocabulary().print(range.last()));
        }
        return or(texts);
    }

    private static String or(List<String> texts) {
        return String.join(" or ", texts);
    }
}
