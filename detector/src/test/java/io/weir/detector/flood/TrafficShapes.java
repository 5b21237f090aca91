package io.weir.detector.flood;

import io.weir.detector.testing.Scene;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.packet.TcpOptions;
import java.util.SplittableRandom;

/** Packets as floods and scans consist of them: only the columns that samples keep. */
final class TrafficShapes {
    private TrafficShapes() {}

    static Scene.Shape tcp(int flags, int sources) {
        SplittableRandom random = new SplittableRandom(13);
        return from(sources, (batch, n) -> {
            batch.protocol[0] = IpProtocol.TCP;
            batch.tcpFlags[0] = flags;
            batch.tcpOptions[0] = flags == TcpFlags.SYN ? TcpOptions.MAXIMUM_SEGMENT_SIZE : 0;
            batch.tcpWindow[0] = 64_240;
            batch.tcpSequence[0] = random.nextInt();
            batch.sourcePort[0] = 1024 + n % 50_000;
            batch.destinationPort[0] = 80;
        });
    }

    static Scene.Shape udp(int sourcePort, int sources) {
        return from(sources, (batch, n) -> {
            batch.protocol[0] = IpProtocol.UDP;
            batch.sourcePort[0] = sourcePort;
            batch.destinationPort[0] = 4_000;
        });
    }

    /** From ports of all kinds. */
    static Scene.Shape udp(int sources) {
        SplittableRandom random = new SplittableRandom(12);
        Scene.Shape shape = udp(0, sources);
        return (batch, n) -> {
            shape.set(batch, n);
            batch.sourcePort[0] = random.nextInt(1, 65_536);
        };
    }

    static Scene.Shape icmp(int type) {
        return from(1_000, (batch, n) -> {
            batch.protocol[0] = IpProtocol.ICMP;
            batch.icmpTypeCode[0] = type << 8;
        });
    }

    static Scene.Shape ip(int protocol) {
        return from(1_000, (batch, n) -> batch.protocol[0] = protocol);
    }

    static Scene.Shape application(Application application) {
        return from(1_000, (batch, n) -> {
            batch.protocol[0] = IpProtocol.TCP;
            batch.application[0] = (byte) application.ordinal();
        });
    }

    /** The same as later fragments. */
    static Scene.Shape fragments(Scene.Shape shape) {
        return (batch, n) -> {
            shape.set(batch, n);
            batch.fragment[0] = Fragment.PRESENT;
        };
    }

    /** The same, as a scanner sends it: from one port to ports that follow one another. */
    static Scene.Shape toEachPort(Scene.Shape shape) {
        int[] port = {0};
        return (batch, n) -> {
            shape.set(batch, n);
            batch.sourcePort[0] = 40_000;
            batch.destinationPort[0] = port[0]++ & 0xffff;
        };
    }

    /** The same, as a flood tool sends it that counts both ports up. */
    static Scene.Shape countingUp(Scene.Shape shape) {
        int[] port = {0};
        return (batch, n) -> {
            shape.set(batch, n);
            batch.sourcePort[0] = 1024 + port[0] & 0xffff;
            batch.destinationPort[0] = port[0]++ & 0xffff;
        };
    }

    /** The same between ports at random, the source's not below a first one. */
    static Scene.Shape randomPorts(Scene.Shape shape, int firstSourcePort) {
        SplittableRandom random = new SplittableRandom(11);
        return (batch, n) -> {
            shape.set(batch, n);
            batch.sourcePort[0] = random.nextInt(firstSourcePort, 65_536);
            batch.destinationPort[0] = random.nextInt(65_536);
        };
    }

    /** The shapes in turn. */
    static Scene.Shape mixed(Scene.Shape... shapes) {
        int[] turn = {0};
        return (batch, n) -> shapes[turn[0]++ % shapes.length].set(batch, n);
    }

    /** The first shape, and one packet in so many the other. */
    static Scene.Shape mostly(Scene.Shape shape, Scene.Shape other, int oneIn) {
        int[] turn = {0};
        return (batch, n) -> (++turn[0] % oneIn == 0 ? other : shape).set(batch, n);
    }

    private static Scene.Shape from(int sources, Scene.Shape shape) {
        int[] turn = {0};
        return (batch, n) -> {
            shape.set(batch, n);
            batch.sourceLow[0] = IpAddress.mapped(0xc612_0000 + turn[0]++ % sources);
        };
    }
}
