package io.weir.capture.linux;

import io.weir.filter.packet.FrameBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Puts frames on an interface as they are, on the calling thread's network. */
final class RawSender {
    private static final int IPV4_SOURCE = 0xc0000202;
    private static final int IPV4_DESTINATION = 0xc0000201;
    private static final int TWO_MACS = 12;

    private RawSender() {}

    /** An Ethernet frame of UDP to port 4242 with so many bytes of payload. */
    static byte[] udp(int payloadBytes) {
        return udp(IPV4_SOURCE, payloadBytes);
    }

    static byte[] udp(int source, int payloadBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(2048);
            int length = new FrameBuilder()
                    .ethernet(0x0200_0000_0001L, 0xffff_ffff_ffffL)
                    .ipv4(source, IPV4_DESTINATION)
                    .payload(arena.allocate(Math.max(1, payloadBytes)), 0, payloadBytes)
                    .udp(memory, 0, 4000, 4242);
            return memory.asSlice(0, length).toArray(Native.BYTE);
        }
    }

    /** The same with a VLAN tag. */
    static byte[] taggedUdp(int type, int tag) {
        byte[] plain = udp(10);
        byte[] tagged = new byte[plain.length + 4];
        System.arraycopy(plain, 0, tagged, 0, TWO_MACS);
        tagged[TWO_MACS] = (byte) (type >> 8);
        tagged[TWO_MACS + 1] = (byte) type;
        tagged[TWO_MACS + 2] = (byte) (tag >> 8);
        tagged[TWO_MACS + 3] = (byte) tag;
        System.arraycopy(plain, TWO_MACS, tagged, TWO_MACS + 4, plain.length - TWO_MACS);
        return tagged;
    }

    static void send(String interfaceName, byte[] frame) throws KernelException {
        send(interfaceName, frame, 1);
    }

    static void send(String interfaceName, byte[] frame, int count) throws KernelException {
        try (Arena arena = Arena.ofConfined();
                Descriptor socket = Descriptor.socket(Sockets.AF_PACKET, Sockets.SOCK_RAW, 0, "test socket")) {
            MemorySegment address = arena.allocate(20, Long.BYTES);
            address.set(Native.SHORT, 0, (short) Sockets.AF_PACKET);
            address.set(Native.INT, 4, LinkDevice.of(interfaceName).index());
            MemorySegment bytes = arena.allocateFrom(Native.BYTE, frame);
            for (int i = 0; i < count; i++) {
                KernelException.check(
                        Kernel.call(
                                SystemCall.SENDTO,
                                socket.number(),
                                bytes.address(),
                                frame.length,
                                0,
                                address.address(),
                                address.byteSize()),
                        "test frame");
            }
        }
    }
}
