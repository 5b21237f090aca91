package io.weir.filter.packet;

/** Bits of {@link PacketBatch#fragment} (RFC 791 section 3.1, RFC 8200 section 4.5). */
public final class Fragment {
    /** The packet is one fragment of a larger one. An IPv6 atomic fragment (RFC 6946) is not. */
    public static final int PRESENT = 1;
    /** It starts at offset 0 and holds the transport header. */
    public static final int FIRST = 2;
    /** More fragments follow. */
    public static final int MORE = 4;

    private Fragment() {}

    /** Whether such bits are of a fragment behind the first, which has no ports. */
    public static boolean isLater(int bits) {
        return (bits & (PRESENT | FIRST)) == PRESENT;
    }
}
