package io.weir.capture.testing;

import java.util.List;

/**
 * What tshark shows of one packet. A field may occur several times: in a tunnel, or in the quote of an ICMP error; the
 * first is the outermost.
 */
public record TsharkRow(List<String> values) {
    public List<String> all(TsharkField field) {
        String value = values.get(field.ordinal());
        return value.isEmpty() ? List.of() : List.of(value.split(String.valueOf(Tshark.AGGREGATOR), -1));
    }

    public boolean has(TsharkField field) {
        return !values.get(field.ordinal()).isEmpty();
    }

    /** The first occurrence, or "". */
    public String first(TsharkField field) {
        List<String> all = all(field);
        return all.isEmpty() ? "" : all.getFirst();
    }

    /** The first occurrence as a number, decimal or hexadecimal, or -1. */
    public long number(TsharkField field) {
        String text = first(field);
        return text.isEmpty() ? -1 : Long.decode(text);
    }

    /** Names of the dissectors, outermost first. */
    public List<String> protocols() {
        return List.of(first(TsharkField.PROTOCOLS).split(":"));
    }

    /** Version of the outermost IP header, or 0. */
    public int ipVersion() {
        for (String protocol : protocols()) {
            if (protocol.equals("ip")) {
                return has(TsharkField.IPV4_SOURCE) ? 4 : 0;
            }
            if (protocol.equals("ipv6")) {
                return has(TsharkField.IPV6_SOURCE) ? 6 : 0;
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (TsharkField field : TsharkField.values()) {
            if (has(field)) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(field.text())
                        .append('=')
                        .append(all(field));
            }
        }
        return text.toString();
    }
}
