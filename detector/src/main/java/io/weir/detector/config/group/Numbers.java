package io.weir.detector.config.group;

import io.weir.detector.config.tree.Value;
import java.util.Optional;
import java.util.OptionalInt;

/** Whole numbers as clouds write them: decimal, as a JSON number or as a text, without units. */
final class Numbers {
    private static final int DIGITS_MAXIMUM = 9;

    private Numbers() {}

    /** Without leading zeros; a minus only where the minimum is below zero; empty where it is none or out of bounds. */
    static OptionalInt parse(String text, int minimum, int maximum) {
        int start = text.startsWith("-") ? 1 : 0;
        int digits = text.length() - start;
        if (digits < 1 || digits > DIGITS_MAXIMUM || text.charAt(start) == '0' && text.length() > 1) {
            return OptionalInt.empty();
        }
        int number = 0;
        for (int i = start; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character < '0' || character > '9') {
                return OptionalInt.empty();
            }
            number = number * 10 + character - '0';
        }
        number = start == 0 ? number : -number;
        return number >= minimum && number <= maximum ? OptionalInt.of(number) : OptionalInt.empty();
    }

    /** The value as a number inside the bounds, or empty with a fault added. */
    static Optional<Integer> read(Value value, int minimum, int maximum) {
        String allowed = "a whole number from " + minimum + " to " + maximum;
        Optional<String> text = value.text(allowed);
        OptionalInt number = text.isPresent() ? parse(text.get(), minimum, maximum) : OptionalInt.empty();
        if (text.isPresent() && number.isEmpty()) {
            return value.fault("must be " + allowed);
        }
        return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
    }
}
