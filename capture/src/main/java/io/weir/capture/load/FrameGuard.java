package io.weir.capture.load;

import io.weir.filter.address.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Lets out only frames that reach nobody: IPv4 or IPv6, both addresses private, of documentation, of benchmarking or of this
 * host itself. The source too: whoever gets the frame answers to it.
 */
public final class FrameGuard {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;

    private FrameGuard() {}

    /** Whether an Ethernet frame may leave. */
    public static boolean isSafe(MemorySegment memory, long offset, int lengthBytes) {
        if (lengthBytes < ETHERNET_BYTES + 20) {
            return false;
        }
        long ip = offset + ETHERNET_BYTES;
        return switch (memory.get(SHORT, offset + 12) & 0xffff) {
            case IPV4 -> isIpv4Safe(memory.get(INT, ip + 12)) && isIpv4Safe(memory.get(INT, ip + 16));
            case IPV6 ->
                lengthBytes >= ETHERNET_BYTES + 40
                        && Addresses.isSafe(memory.get(LONG, ip + 8), memory.get(LONG, ip + 16))
                        && Addresses.isSafe(memory.get(LONG, ip + 24), memory.get(LONG, ip + 32));
            default -> false;
        };
    }

    private static boolean isIpv4Safe(int address) {
        return Addresses.isSafe(0, IpAddress.mapped(address));
    }
}
