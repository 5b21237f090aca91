package io.weir.filter.packet;

/**
 * What a packet's headers show of the system that sent it, coarsely enough that all packets of a system show the same:
 * the hop limit it began with (64 Unix, 128 Windows, 255 routers), whether it forbids fragments or labels its flows
 * (RFC 6437), and how long its TCP options are (twelve bytes of timestamps or none, RFC 7323).
 */
final class SenderSystem {
    private static final int FLAGS = 6;
    private static final int DONT_FRAGMENT = 0x40;
    private static final int FLOW_LABEL = 0xf_ffff;
    private static final int[] HOP_LIMITS = {32, 64, 128, 255};

    private SenderSystem() {}

    /** A number, never 0. */
    static long of(PacketBatch batch, int i) {
        long ip = batch.frameOffset[i] + batch.ipOffset[i];
        boolean isMarked = switch (batch.ipVersion[i]) {
            case 4 -> (Bytes.u8(batch.frames, ip + FLAGS) & DONT_FRAGMENT) != 0;
            case 6 -> (Bytes.i32(batch.frames, ip) & FLOW_LABEL) != 0;
            default -> false;
        };
        int first = 0;
        while (first < HOP_LIMITS.length - 1 && batch.timeToLive[i] > HOP_LIMITS[first]) {
            first++;
        }
        int headerBytes = batch.protocol[i] == IpProtocol.TCP ? batch.payloadOffset[i] - batch.transportOffset[i] : 0;
        return 1 + first + (isMarked ? HOP_LIMITS.length : 0) + 2L * HOP_LIMITS.length * (headerBytes & 0xff);
    }
}
