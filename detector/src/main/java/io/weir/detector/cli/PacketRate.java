package io.weir.detector.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 20000}, {@code 20k}, {@code 1.5M}, or {@code max}: more than any sender can. */
final class PacketRate implements ITypeConverter<Double> {
    static final double MAXIMUM = 10_000_000;

    private static final Pattern FORM = Pattern.compile("([-+0-9.eE]+|NaN|Infinity)([kM]?)");

    @Override
    public Double convert(String text) {
        if (text.toLowerCase(Locale.ROOT).equals("max")) {
            return MAXIMUM;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is no rate");
        }
        double unit = switch (matcher.group(2)) {
            case "k" -> 1e3;
            case "M" -> 1e6;
            default -> 1;
        };
        return Double.parseDouble(matcher.group(1)) * unit;
    }
}
