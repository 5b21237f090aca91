package io.weir.capture.load;

import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The packets of a capture toward its busiest address, with other addresses: that one becomes the target's, each other one
 * always the same in the range of invented sources. Packets longer than a frame, cut by the snap length or of another IP
 * version than the target's are left out and counted.
 */
public final class RecordedFrames implements FrameStream {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int ETHERNET_BYTES = 14;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    /** More addresses than these aren't compared for the busiest. */
    private static final int MOST_ADDRESSES = 1 << 16;

    /** @param step of how many threads that share the capture; packet {@code first}, {@code first + step}… are this one's */
    public record Share(int first, int step) {}

    private final PacketSource source;
    private final PacketBatch batch = new PacketBatch();
    private final FrameDecoder decoder = new FrameDecoder();
    private final AddressPlan plan;
    private final Address busiest;
    private final double gapNanos;
    private final Flood.Pulse pulse;
    private final Share share;
    private final long seed;
    private int position;
    private long index = -1;
    private long firstNanos = Long.MIN_VALUE;
    private long dueNanos;
    private long left;

    /** An address. */
    public record Address(long high, long low) {}

    /** A capture and the address that most of its packets go to; found once for all who send a share of it. */
    public record Recording(String file, Address busiest) {
        /**
         * Reads a whole capture for its busiest address.
         *
         * @throws IOException if it can't be read, or holds no packet of that version
         */
        public static Recording of(String file, boolean isIpv4) throws IOException {
            return new Recording(file, RecordedFrames.busiest(file, isIpv4));
        }
    }

    /**
     * @param packetsPerSecond a new timing; 0 for the capture's own
     * @throws IOException if it can't be read
     */
    public RecordedFrames(
            Recording recording, AddressPlan plan, double packetsPerSecond, Flood.Pulse pulse, long seed, Share share)
            throws IOException {
        busiest = recording.busiest();
        source = CaptureFileSource.open(List.of(recording.file()));
        this.plan = plan;
        this.gapNanos = packetsPerSecond == 0 ? 0 : 1e9 / packetsPerSecond;
        this.pulse = pulse;
        this.seed = seed;
        this.share = share;
    }

    private static Address busiest(String file, boolean isIpv4) throws IOException {
        Map<Address, long[]> packets = new HashMap<>();
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        try (PacketSource source = CaptureFileSource.open(List.of(file))) {
            while (source.fill(batch) != PacketSource.END) {
                decoder.decode(batch);
                for (int i = 0; i < batch.size; i++) {
                    if (batch.ipVersion[i] == (isIpv4 ? 4 : 6)) {
                        Address to = new Address(batch.destinationHigh[i], batch.destinationLow[i]);
                        long[] count = packets.get(to);
                        if (count != null) {
                            count[0]++;
                        } else if (packets.size() < MOST_ADDRESSES) {
                            packets.put(to, new long[] {1});
                        }
                    }
                }
            }
        }
        return packets.entrySet().stream()
                .max((a, b) -> Long.compare(a.getValue()[0], b.getValue()[0]))
                .orElseThrow(() -> new IOException(file + " holds no IPv" + (isIpv4 ? 4 : 6) + " packet"))
                .getKey();
    }

    @Override
    public int next(MemorySegment out, long offset) throws IOException {
        while (true) {
            if (position == batch.size) {
                if (source.fill(batch) == PacketSource.END) {
                    return END;
                }
                decoder.decode(batch);
                position = 0;
            }
            int i = position++;
            if (batch.destinationHigh[i] != busiest.high
                    || batch.destinationLow[i] != busiest.low
                    || batch.ipVersion[i] != (plan.isIpv4() ? 4 : 6)) {
                continue;
            }
            index++;
            schedule(batch.timestampNanos[i]);
            if (index % share.step == share.first) {
                int length = copy(i, out, offset);
                if (length > 0) {
                    return length;
                }
                left++;
            }
        }
    }

    private void schedule(long timestampNanos) {
        firstNanos = firstNanos == Long.MIN_VALUE ? timestampNanos : firstNanos;
        long due = gapNanos == 0 ? timestampNanos - firstNanos : (long) pulse.nanosAfter(index * gapNanos);
        dueNanos = Math.max(dueNanos, due);
    }

    /** Answers 0 for a packet that doesn't fit. */
    private int copy(int i, MemorySegment out, long offset) {
        int bytes = batch.ipLength[i];
        if (bytes < 20
                || bytes > TrafficSimulator.MAXIMUM_FRAME_LENGTH - ETHERNET_BYTES
                || batch.ipOffset[i] + bytes > batch.capturedLength[i]) {
            return 0;
        }
        out.set(INT, offset, (int) (Tap.TARGET_MAC >>> 16));
        out.set(SHORT, offset + 4, (short) Tap.TARGET_MAC);
        out.set(INT, offset + 6, (int) (Tap.ROUTER_MAC >>> 16));
        out.set(SHORT, offset + 10, (short) Tap.ROUTER_MAC);
        out.set(SHORT, offset + 12, (short) (plan.isIpv4() ? 0x0800 : 0x86dd));
        long ip = offset + ETHERNET_BYTES;
        MemorySegment.copy(batch.frames, batch.frameOffset[i] + batch.ipOffset[i], out, ip, bytes);
        long bits = LoadRandom.mix(LoadRandom.mix(batch.sourceHigh[i] ^ seed) ^ batch.sourceLow[i]);
        long transport = batch.transportOffset[i] == 0 ? 0 : ip + batch.transportOffset[i] - batch.ipOffset[i];
        readdress(out, ip, transport, ip + bytes, batch.protocol[i], bits);
        return Math.max(60, ETHERNET_BYTES + bytes);
    }

    private void readdress(MemorySegment out, long ip, long transport, long end, int protocol, long bits) {
        AddressPool pool = plan.spoofed();
        int addresses = plan.isIpv4() ? 12 : 8;
        int addressBytes = plan.isIpv4() ? 8 : 32;
        int before = sum(out, ip + addresses, addressBytes);
        if (plan.isIpv4()) {
            out.set(INT, ip + 12, (int) (pool.low(bits) ^ IpAddress.IPV4_MAPPED));
            out.set(INT, ip + 16, (int) (plan.targetLow() ^ IpAddress.IPV4_MAPPED));
        } else {
            out.set(LONG, ip + 8, pool.high(bits));
            out.set(LONG, ip + 16, pool.low(bits));
            out.set(LONG, ip + 24, plan.targetHigh());
            out.set(LONG, ip + 32, plan.targetLow());
        }
        int after = sum(out, ip + addresses, addressBytes);
        if (plan.isIpv4()) {
            update(out, ip + 10, before, after);
        }
        int at = switch (protocol) {
            case TCP -> 16;
            case UDP -> 6;
            case ICMPV6 -> 2;
            default -> 0;
        };
        boolean isThere = transport != 0 && at != 0 && transport + at + 2 <= end;
        // No checksum was made for UDP over IPv4 that says 0 (RFC 768).
        if (isThere && (protocol != UDP || out.get(SHORT, transport + at) != 0)) {
            update(out, transport + at, before, after);
        }
    }

    private static int sum(MemorySegment memory, long offset, int bytes) {
        int sum = 0;
        for (int i = 0; i < bytes; i += 2) {
            sum += memory.get(SHORT, offset + i) & 0xffff;
        }
        return sum;
    }

    /** RFC 1624 section 3: the checksum follows from what changed. */
    private static void update(MemorySegment memory, long at, int before, int after) {
        int folded = (before & 0xffff) + (before >>> 16);
        long sum = (~memory.get(SHORT, at) & 0xffff) + (~folded & 0xffff) + (long) after;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        memory.set(SHORT, at, (short) ~sum);
    }

    @Override
    public long dueNanos() {
        return dueNanos;
    }

    /** Packets toward the busiest address that couldn't be sent so far. */
    public long left() {
        return left;
    }

    @Override
    public void close() {
        try {
            source.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
