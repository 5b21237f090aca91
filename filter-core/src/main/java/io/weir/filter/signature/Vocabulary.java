package io.weir.filter.signature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** How the values of a field are written: as numbers, as words, or as sets of bits. */
sealed interface Vocabulary {
    Vocabulary NUMBERS = new Words(Map.of(), true);

    /** The text of a value. */
    String print(long value);

    /** The value of a text, or nothing where it is none; the bounds are the field's. */
    OptionalLong parse(String text);

    /** What may be written, as in "write {@code allowed}". */
    String allowed(long maximum);

    /** Whether the values are names, not quantities. */
    boolean isSymbolic();

    static Vocabulary words(Map<Long, String> words) {
        return new Words(words, false);
    }

    static Vocabulary wordsAndNumbers(Map<Long, String> words) {
        return new Words(words, true);
    }

    static Bit bit(String name, long mask) {
        return new Bit(name, mask);
    }

    static Vocabulary bits(Bit... bits) {
        return new Bits(List.of(bits));
    }

    /** A bit with its name. */
    record Bit(String name, long mask) {}

    /** Names for some values, and decimal numbers where {@code hasNumbers}. */
    record Words(Map<Long, String> words, boolean hasNumbers) implements Vocabulary {
        @Override
        public String print(long value) {
            return words.getOrDefault(value, String.valueOf(value));
        }

        @Override
        public OptionalLong parse(String text) {
            for (Map.Entry<Long, String> word : words.entrySet()) {
                if (word.getValue().equals(text)) {
                    return OptionalLong.of(word.getKey());
                }
            }
            return hasNumbers && text.matches("0|[1-9][0-9]{0,9}")
                    ? OptionalLong.of(Long.parseLong(text))
                    : OptionalLong.empty();
        }

        @Override
        public String allowed(long maximum) {
            String names = String.join(", ", new TreeMap<>(words).values());
            if (!hasNumbers) {
                return "one of " + names;
            }
            return (words.isEmpty() ? "" : "one of " + names + ", or ") + "a number from 0 to " + maximum;
        }

        @Override
        public boolean isSymbolic() {
            return !words.isEmpty();
        }
    }

    /** Sets of named bits, joined by a plus sign; {@code none} where none is set. */
    record Bits(List<Bit> bits) implements Vocabulary {
        private static final String NONE = "none";

        @Override
        public String print(long value) {
            List<String> names = new ArrayList<>();
            for (Bit bit : bits) {
                if ((value & bit.mask()) != 0) {
                    names.add(bit.name());
                }
            }
            return names.isEmpty() ? NONE : String.join("+", names);
        }

        @Override
        public OptionalLong parse(String text) {
            if (text.equals(NONE)) {
                return OptionalLong.of(0);
            }
            Map<String, Long> masks = new HashMap<>();
            bits.forEach(bit -> masks.put(bit.name(), bit.mask()));
            long value = 0;
            for (String name : text.split("\\+", -1)) {
                Long mask = masks.get(name);
                if (mask == null || (value & mask) != 0) {
                    return OptionalLong.empty();
                }
                value |= mask;
            }
            return OptionalLong.of(value);
        }

        @Override
        public String allowed(long maximum) {
            return "none, or some of "
                    + String.join(", ", bits.stream().map(Bit::name).toList()) + ", joined by +";
        }

        @Override
        public boolean isSymbolic() {
            return true;
        }
    }
}
