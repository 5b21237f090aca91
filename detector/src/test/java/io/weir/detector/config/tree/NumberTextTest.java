package io.weir.detector.config.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTextTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1000, 1000",
        "50k, 50000",
        "1.5M, 1500000",
        "400M, 400000000",
        "1G, 1000000000",
        "1000G, 1000000000000",
        "0.5k, 500",
        "1.234k, 1234",
        "1.2340k, 1234",
        "1.0, 1",
        "-5, -5",
        "-1.5k, -1500",
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, 9223372036854775807",
        "99999999999999999999999999999999999G, 9223372036854775807",
        "-99999999999999999999999999999999999, -9223372036854775808",
    })
    void readsWholeNumbers(String text, long number) {

        assertEquals(OptionalLong.of(number), NumberText.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "--1",
                "+1",
                "k",
                "-k",
                ".",
                ".5",
                ".5k",
                "5.",
                "5.k",
                "1.5",
                "1.2345k",
                "1.5.0k",
                "1e3",
                "0x10",
                "010",
                "1_000",
                "1,000",
                "1 k",
                " 1",
                "1 ",
                "1K",
                "1m",
                "1g",
                "1kk",
                "1kM",
                "1T",
                "NaN",
                ".nan",
                ".inf",
                "Infinity",
                "many",
                "\u0661",
                "1\n",
                "1k.5"
            })
    void refusesEverythingElse(String text) {
        assertEquals(OptionalLong.empty(), NumberText.parse(text));
    }

    @Test
    void agreesWithDecimalArithmetic() {
        Random random = new Random(10);
        String[] suffixes = {"", "k", "M", "G"};
        for (int i = 0; i < 100_000; i++) {
            int suffix = random.nextInt(4);
            String digits = random.nextInt(100_000) + (random.nextBoolean() ? "." + random.nextInt(10_000) : "");
            BigDecimal exact = new BigDecimal(digits).scaleByPowerOfTen(3 * suffix);
            boolean whole = exact.stripTrailingZeros().scale() <= 0;
            assertEquals(
                    whole ? OptionalLong.of(exact.longValueExact()) : OptionalLong.empty(),
                    NumberText.parse(digits + suffixes[suffix]),
                    digits + suffixes[suffix]);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "999, 999", "1000, 1k", "1500, 1500", "65535, 65535", "20000, 20k", "1000000000, 1G"})
    void writesTheShortestWholeForm(long number, String text) {
        assertEquals(text, NumberText.format(number));
        assertEquals(OptionalLong.of(number), NumberText.parse(text));
    }
}
