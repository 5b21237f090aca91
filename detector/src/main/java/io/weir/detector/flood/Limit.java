package io.weir.detector.flood;

/**
 * How much of one class may arrive.
 *
 * @param packetsPerSecond packets; of DNS questions, of HTTP requests, of TLS handshakes; at least 1, or {@link
 *     #UNLIMITED}
 * @param bitsPerSecond bits of whole frames by their length on the wire; at least 1, or {@link #UNLIMITED}
 */
public record Limit(long packetsPerSecond, long bitsPerSecond) {
    /** A rate that nothing exceeds. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    public static final Limit NONE = new Limit(UNLIMITED, UNLIMITED);

    /** @throws IllegalArgumentException for a rate below 1 */
    public Limit {
        if (packetsPerSecond < 1 || bitsPerSecond < 1) {
            throw new IllegalArgumentException(
                    "a limit of " + packetsPerSecond + " packets, " + bitsPerSecond + " bits per second");
        }
    }

    public static Limit ofPackets(long packetsPerSecond) {
        return new Limit(packetsPerSecond, UNLIMITED);
    }

    public Limit withPacketsPerSecond(long rate) {
        return new Limit(rate, bitsPerSecond);
    }

    public Limit withBitsPerSecond(long rate) {
        return new Limit(packetsPerSecond, rate);
    }

    /** Both rates multiplied; what is unlimited or becomes too large to hold is {@link #UNLIMITED}. */
    public Limit times(int factor) {
        return new Limit(times(packetsPerSecond, factor), times(bitsPerSecond, factor));
    }

    private static long times(long rate, int factor) {
        return rate > UNLIMITED / factor ? UNLIMITED : rate * factor;
    }
}
