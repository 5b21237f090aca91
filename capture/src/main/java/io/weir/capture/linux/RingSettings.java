package io.weir.capture.linux;

/**
 * What a {@link PacketRing} is made of.
 *
 * @param interfaceName of one interface
 * @param blockCount blocks of 256 KiB that the ring has; a block is handed over when it is full or its time is over
 * @param blockMillis how long a packet waits for its block to fill, at most
 * @param snapLengthBytes so much of each packet at most, at least 128
 * @param isIgnoringOutgoing whether what the host itself sends there is left out
 * @param isPrompt whether each packet is handed over at once, which costs more; blocks then only say how much there is
 * @param isPromiscuous whether the interface takes frames for other stations, too
 * @param filter what of it all
 */
public record RingSettings(
        String interfaceName,
        int blockCount,
        int blockMillis,
        int snapLengthBytes,
        boolean isIgnoringOutgoing,
        boolean isPromiscuous,
        boolean isPrompt,
        SocketFilter filter) {
    /** The longest frame that any interface hands over: IP packets by GRO have up to 512 KiB (GSO_MAX_SIZE). */
    public static final int WHOLE = 1 << 19;

    /** 64 MiB: room for 0.25 s, be it of many packets or of few in each block; no collection stops a worker so long. */
    private static final int BLOCKS = 256;
    /** The shortest that the kernel knows: its timer has a millisecond. */
    private static final int BLOCK_MILLIS = 1;

    private static final int BLOCKS_MAXIMUM = 4096;

    /** Holds all headers up to TCP's: two VLAN tags, 60 bytes of IPv4, 20 of TCP. */
    private static final int SNAP_MINIMUM = 128;

    /** @throws IllegalArgumentException for fewer than 4 blocks, no time, or less than the headers of each packet */
    public RingSettings {
        if (blockCount < 4 || blockCount > BLOCKS_MAXIMUM || blockMillis < 1 || snapLengthBytes < SNAP_MINIMUM) {
            throw new IllegalArgumentException(
                    "a ring of " + blockCount + " blocks, " + blockMillis + " ms, " + snapLengthBytes + " bytes");
        }
    }

    /** Whole frames of both directions. */
    public static RingSettings of(String interfaceName) {
        return new RingSettings(interfaceName, BLOCKS, BLOCK_MILLIS, WHOLE, false, false, false, SocketFilter.NONE);
    }

    /** Whole frames for any station, none that the host sent, each at once: one side of a bridge. */
    public static RingSettings bridging(String interfaceName) {
        return new RingSettings(interfaceName, BLOCKS, BLOCK_MILLIS, WHOLE, true, true, true, SocketFilter.NONE);
    }

    public RingSettings withFilter(SocketFilter wanted) {
        return new RingSettings(
                interfaceName,
                blockCount,
                blockMillis,
                snapLengthBytes,
                isIgnoringOutgoing,
                isPromiscuous,
                isPrompt,
                wanted);
    }

    public RingSettings withSnapLength(int bytes) {
        return new RingSettings(
                interfaceName, blockCount, blockMillis, bytes, isIgnoringOutgoing, isPromiscuous, isPrompt, filter);
    }

    public RingSettings withBlocks(int count) {
        return new RingSettings(
                interfaceName,
                count,
                blockMillis,
                snapLengthBytes,
                isIgnoringOutgoing,
                isPromiscuous,
                isPrompt,
                filter);
    }

    public RingSettings ignoringOutgoing() {
        return new RingSettings(
                interfaceName, blockCount, blockMillis, snapLengthBytes, true, isPromiscuous, isPrompt, filter);
    }
}
