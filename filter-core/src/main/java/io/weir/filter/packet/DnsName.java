package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/** A domain name as it stands on the wire, made readable. For slow paths: it allocates. */
public final class DnsName {
    private static final int LONGEST_LABEL = 63;

    private DnsName() {}

    /**
     * The name in presentation format (RFC 1035 section 5.1): labels parted by dots, without the last one; {@code "."}
     * for the root. A dot or backslash inside a label gets a backslash, a byte that isn't printable ASCII becomes
     * {@code \DDD} (RFC 4343 section 2.1). Upper and lower case stay.
     *
     * @param offset of the first label in {@code frames}: {@link PacketBatch#frameOffset} plus {@link
     *     PacketBatch#dnsNameOffset}
     * @param maxLength bytes that may be read: {@link PacketBatch#dnsNameLength}
     * @return the labels up to the root, or up to where they end within {@code maxLength}; {@code ""} where it is 0
     */
    public static String read(MemorySegment frames, long offset, int maxLength) {
        StringBuilder text = new StringBuilder(maxLength + 1);
        int at = 0;
        while (at < maxLength) {
            int length = Bytes.u8(frames, offset + at);
            at++;
            if (length == 0) {
                return text.isEmpty() ? "." : text.toString();
            }
            if (length > LONGEST_LABEL || at + length > maxLength) {
                break;
            }
            if (!text.isEmpty()) {
                text.append('.');
            }
            for (int k = 0; k < length; k++) {
                append(text, Bytes.u8(frames, offset + at + k));
            }
            at += length;
        }
        return text.toString();
    }

    private static void append(StringBuilder text, int c) {
        if (c == '.' || c == '\\') {
            text.append('\\').append((char) c);
        } else if (c > ' ' && c <= '~') {
            text.append((char) c);
        } else {
            text.append('\\')
                    .append((char) ('0' + c / 100))
                    .append((char) ('0' + c / 10 % 10))
                    .append((char) ('0' + c % 10));
        }
    }
}
