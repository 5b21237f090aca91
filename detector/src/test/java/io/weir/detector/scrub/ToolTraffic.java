package io.weir.detector.scrub;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.packet.TcpOptions;
import io.weir.filter.signature.PacketRow;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

/** Samples as the tools of attackers and the stacks of people make them. */
final class ToolTraffic {
    private static final int MODERN =
            TcpOptions.MAXIMUM_SEGMENT_SIZE | TcpOptions.WINDOW_SCALE | TcpOptions.SACK_PERMITTED;

    private final Random random;
    private final PacketBatch batch = new PacketBatch();
    private final long[] row = new long[PacketRow.LONGS];

    ToolTraffic(long seed) {
        random = new Random(seed);
        batch.frames = Arena.ofAuto().allocate(4096);
        batch.frameOffset[0] = 1024;
    }

    /** Sets the columns of a packet. */
    interface Shape {
        void set(PacketBatch b, Random random);
    }

    SampleRows of(int count, Shape... shapes) {
        SampleRows rows = new SampleRows(count);
        for (int n = 0; n < count; n++) {
            clear();
            shapes[random.nextInt(shapes.length)].set(batch, random);
            PacketRow.write(batch, 0, row, 0);
            rows.add(row, 0);
        }
        return rows;
    }

    private void clear() {
        batch.ipVersion[0] = 4;
        batch.sourceHigh[0] = 0;
        batch.sourceLow[0] = 0xffff_0000_0000L | random.nextInt() & 0xffff_ffffL;
        batch.destinationLow[0] = 0xffff_c633_640aL;
        batch.transportOffset[0] = 34;
        batch.payloadOffset[0] = 54;
        batch.payloadCaptured[0] = 0;
        batch.ipIdentification[0] = random.nextInt(65_536);
        batch.fragment[0] = 0;
        batch.tcpFlags[0] = 0;
        batch.tcpOptions[0] = 0;
        batch.tcpWindow[0] = 0;
        batch.tcpAcknowledgment[0] = 0;
        batch.tcpSequence[0] = random.nextInt();
        batch.icmpTypeCode[0] = 0;
        batch.application[0] = 0;
        batch.dnsNameLength[0] = 0;
        batch.sourcePort[0] = 32_768 + random.nextInt(28_232);
        batch.destinationPort[0] = 80;
    }

    static int hops(Random random) {
        return 5 + random.nextInt(18);
    }

    /** Linux, Windows and macOS, each with what it has. */
    static void user(PacketBatch b, Random random) {
        b.protocol[0] = IpProtocol.TCP;
        b.tcpFlags[0] = TcpFlags.SYN;
        int system = random.nextInt(10);
        boolean isWindows = system < 5;
        b.timeToLive[0] = (isWindows ? 128 : 64) - hops(random);
        b.tcpOptions[0] = isWindows ? MODERN : MODERN | TcpOptions.TIMESTAMPS;
        b.tcpWindow[0] = system < 4 ? 64_240 : system < 8 ? 65_535 : 29_200;
        b.tcpMaximumSegmentSize[0] = random.nextInt(10) == 0 ? 1380 : 1460;
        b.tcpWindowScale[0] = (byte) (isWindows ? 8 : 7);
        b.ipLength[0] = isWindows ? 52 : 60;
        b.payloadOffset[0] = b.transportOffset[0] + b.ipLength[0] - 20;
        b.destinationPort[0] = random.nextInt(5) == 0 ? 80 : 443;
    }

    /** A SYN as most tools make them: no options, one window, one distance. */
    static Shape bareSyn(int window, int timeToLive) {
        return (b, random) -> {
            b.protocol[0] = IpProtocol.TCP;
            b.tcpFlags[0] = TcpFlags.SYN;
            b.tcpWindow[0] = window;
            b.timeToLive[0] = timeToLive;
            b.ipLength[0] = 40;
            b.sourcePort[0] = 1024 + random.nextInt(64_512);
        };
    }

    /** UDP with a payload in hex. */
    static Shape udp(int sourcePort, int timeToLive, int shortest, int longest, String head) {
        return (b, random) -> {
            b.protocol[0] = IpProtocol.UDP;
            b.timeToLive[0] = timeToLive > 0 ? timeToLive : 64 - hops(random);
            b.sourcePort[0] = sourcePort > 0 ? sourcePort : 1024 + random.nextInt(64_512);
            b.destinationPort[0] = random.nextInt(65_536);
            b.ipLength[0] = shortest + random.nextInt(longest - shortest + 1);
            payload(b, random, b.ipLength[0] - 28, head);
        };
    }

    static void payload(PacketBatch b, Random random, int length, String head) {
        byte[] bytes = new byte[Math.min(length, 64)];
        random.nextBytes(bytes);
        byte[] fixed = HexFormat.of().parseHex(head);
        System.arraycopy(fixed, 0, bytes, 0, Math.min(fixed.length, bytes.length));
        b.payloadOffset[0] = 42;
        b.payloadCaptured[0] = length;
        MemorySegment.copy(bytes, 0, b.frames, ValueLayout.JAVA_BYTE, b.frameOffset[0] + 42, bytes.length);
    }

    /** Calls, games and the like: RTP, STUN, QUIC, from anywhere to a few ports. */
    static void datagram(PacketBatch b, Random random) {
        String[] heads = {"80", "000100", "c300000001", "ffffffff54"};
        udp(0, 0, 60, 1228, heads[random.nextInt(heads.length)]).set(b, random);
        b.timeToLive[0] = (random.nextBoolean() ? 128 : 64) - hops(random);
        b.sourcePort[0] = 32_768 + random.nextInt(28_232);
        b.destinationPort[0] = new int[] {443, 3478, 27_015}[random.nextInt(3)];
    }

    static Shape ping(int timeToLive, int length, int identifier, String head) {
        return (b, random) -> {
            b.protocol[0] = IpProtocol.ICMP;
            b.icmpTypeCode[0] = 8 << 8;
            b.timeToLive[0] = timeToLive > 0 ? timeToLive : 64 - hops(random);
            b.ipLength[0] = length;
            b.sourcePort[0] = identifier >= 0 ? identifier : random.nextInt(65_536);
            b.destinationPort[0] = b.sourcePort[0];
            payload(b, random, length - 28, head);
        };
    }

    /** A question for a name. */
    static Shape question(String name, int type) {
        return (b, random) -> {
            b.protocol[0] = IpProtocol.UDP;
            b.timeToLive[0] = 64 - hops(random);
            b.application[0] = (byte) Application.DNS_QUERY.ordinal();
            b.destinationPort[0] = 53;
            b.dnsType[0] = type;
            String label = name.replace("*", Integer.toString(random.nextInt(1 << 30) + (1 << 29), 36));
            byte[] wire = wire(label);
            payload(b, random, 12, "");
            b.dnsNameOffset[0] = 54;
            b.dnsNameLength[0] = wire.length;
            b.payloadCaptured[0] = 16 + wire.length;
            b.ipLength[0] = 44 + wire.length;
            MemorySegment.copy(wire, 0, b.frames, ValueLayout.JAVA_BYTE, b.frameOffset[0] + 54, wire.length);
        };
    }

    private static byte[] wire(String name) {
        StringBuilder wire = new StringBuilder();
        for (String label : name.split("\\.")) {
            wire.append((char) label.length()).append(label);
        }
        return wire.append('\0').toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
