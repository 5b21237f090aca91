package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An AF_PACKET socket with a receive ring, bound to one interface (packet(7), include/uapi/linux/if_packet.h).
 *
 * <pre>
 *   struct sockaddr_ll   | family 2 | protocol 2 | interface 4 | hardware 2 | kind 1 | length 1 | address 8 |
 *   struct packet_mreq   | interface 4 | kind 2 | length 2 | address 8 |
 *   struct tpacket_req3  | block bytes 4 | blocks 4 | frame bytes 4 | frames 4 | retire ms 4 | private 4 | features 4 |
 *   struct tpacket_req   | block bytes 4 | blocks 4 | frame bytes 4 | frames 4 |
 * </pre>
 */
final class PacketSocket implements AutoCloseable {
    /** Of a whole frame behind the ring, the longest one; there are several such rooms. */
    static final int WHOLE_ROOM = RingSettings.WHOLE + 256;
    /** Before a frame and its segmentation header, for a VLAN tag; whole words. */
    static final int TAG_ROOM = 8;

    private static final int WHOLE_ROOMS = 4;
    /** What stands before a frame in its slot, and both VLAN tags, rounded up generously. */
    private static final int SLOT_EXTRA_BYTES = 128;
    /** Of whole frames that wait behind the ring. */
    private static final int RECEIVE_BUFFER_BYTES = 32 << 20;

    /** Small, so that many time-outs pass before all are used up; holds every frame but IP packets beyond 64 KiB. */
    static final int BLOCK_BYTES = 1 << 18;

    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_COPY_THRESH = 7;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;

    private static final int TPACKET_V2 = 1;
    private static final int TPACKET_V3 = 2;
    private static final int ETH_P_ALL = 3;
    private static final short PACKET_MR_PROMISC = 1;
    /** By the flow dissector's hash, which is the same in both directions (__skb_get_hash_symmetric). */
    private static final int FANOUT_HASH = 0;

    private static final int FANOUT_UNIQUE_ID = 0x2000;

    private static final int ADDRESS_BYTES = 20;
    private static final int MEMBERSHIP_BYTES = 16;
    private static final int REQUEST_BYTES = 28;
    private static final int SLOT_REQUEST_BYTES = 16;
    /** Only its bound matters in version 3: frames lie in their block as long as they are. */
    private static final int FRAME_BYTES = 2048;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;

    private final Descriptor socket;
    private final LinkDevice device;
    private final int slotBytes;
    private MemorySegment memory = MemorySegment.NULL;
    private long ringBytes;

    private PacketSocket(Descriptor socket, LinkDevice device) {
        this.socket = socket;
        this.device = device;
        slotBytes = Math.clamp(device.mtuBytes() + SLOT_EXTRA_BYTES + 63 & ~63, FRAME_BYTES, BLOCK_BYTES / 4);
    }

    static PacketSocket open(RingSettings settings) throws KernelException {
        String name = settings.interfaceName();
        LinkDevice device = LinkDevice.of(name);
        // Protocol 0: nothing arrives before everything is set and the socket bound.
        int type = device.isEthernet() ? Sockets.SOCK_RAW : Sockets.SOCK_DGRAM;
        long made = Kernel.call(SystemCall.SOCKET, Sockets.AF_PACKET, type | Sockets.SOCK_CLOEXEC, 0);
        if (made == -Errno.EPERM) {
            throw KernelException.of(
                    "can't capture on " + name, Errno.EPERM, "it needs CAP_NET_RAW: run as root, or grant it");
        }
        PacketSocket socket = new PacketSocket(Descriptor.of(made, "can't capture on " + name), device);
        try {
            socket.set(settings);
            return socket;
        } catch (KernelException e) {
            socket.close();
            throw e;
        }
    }

    private void set(RingSettings settings) throws KernelException {
        String on = " on " + settings.interfaceName();
        int version = settings.isPrompt() ? TPACKET_V2 : TPACKET_V3;
        socket.set(SOL_PACKET, PACKET_VERSION, version, "can't set up a ring of version " + (version + 1) + on);
        if (device.isEthernet()) {
            socket.set(SOL_PACKET, PACKET_VNET_HDR, 1, "can't ask for segmentation headers" + on);
        }
        // On loopback each packet goes out and comes in again.
        if (settings.isIgnoringOutgoing() || device.isLoopback()) {
            socket.set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "can't leave out what the host sends" + on);
        }
        SocketFilter filter = settings.filter();
        (settings.snapLengthBytes() == RingSettings.WHOLE ? filter : filter.withSnap(settings.snapLengthBytes()))
                .attach(socket);
        mapRing(settings);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Long.BYTES);
            address.set(Native.SHORT, 0, (short) Sockets.AF_PACKET);
            Native.putNetU16(address, 2, ETH_P_ALL);
            address.set(Native.INT, 4, device.index());
            // Down is no fault: packets come as soon as it is up.
            long bound = Kernel.call(SystemCall.BIND, socket.number(), address.address(), ADDRESS_BYTES);
            if (bound != -Errno.ENETDOWN) {
                KernelException.check(bound, "can't bind a capture socket" + on);
            }
            if (settings.isPromiscuous()) {
                MemorySegment membership = arena.allocate(MEMBERSHIP_BYTES, Long.BYTES);
                membership.set(Native.INT, 0, device.index());
                membership.set(Native.SHORT, 4, PACKET_MR_PROMISC);
                socket.set(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership, "can't listen promiscuously" + on);
            }
        }
    }

    private void mapRing(RingSettings settings) throws KernelException {
        String attempt = "can't make a ring of " + settings.blockCount() + " blocks on " + settings.interfaceName();
        boolean isPrompt = settings.isPrompt();
        int frameBytes = isPrompt ? slotBytes : FRAME_BYTES;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
            request.set(Native.INT, 0, BLOCK_BYTES);
            request.set(Native.INT, 4, settings.blockCount());
            request.set(Native.INT, 8, frameBytes);
            request.set(Native.INT, 12, BLOCK_BYTES / frameBytes * settings.blockCount());
            request.set(Native.INT, 16, settings.blockMillis());
            socket.set(
                    SOL_PACKET, PACKET_RX_RING, isPrompt ? request.asSlice(0, SLOT_REQUEST_BYTES) : request, attempt);
        }
        if (isPrompt) {
            socket.set(SOL_PACKET, PACKET_COPY_THRESH, 1, attempt);
            forceBuffer(settings.interfaceName());
        }
        ringBytes = (long) BLOCK_BYTES * settings.blockCount();
        long bytes = ringBytes + (isPrompt ? (long) WHOLE_ROOMS * WHOLE_ROOM : 0);
        // One piece, as a batch points into one: memory of our own, and the ring over its beginning.
        long address = KernelException.check(
                Kernel.call(SystemCall.MMAP, 0, bytes, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1), attempt);
        memory = Kernel.mapped(address, bytes);
        KernelException.check(
                Kernel.call(
                        SystemCall.MMAP, address, ringBytes, PROT_READ_WRITE, MAP_SHARED | MAP_FIXED, socket.number()),
                attempt);
    }

    /** The first call of a bridge that needs more than capturing does. */
    private void forceBuffer(String name) throws KernelException {
        String attempt = "can't bridge " + name;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(Native.INT, RECEIVE_BUFFER_BYTES);
            long set = socket.trySet(Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, bytes);
            if (set == -Errno.EPERM) {
                throw KernelException.of(
                        attempt, Errno.EPERM, "it needs CAP_NET_ADMIN besides CAP_NET_RAW: run as root, or grant both");
            }
            KernelException.check(set, attempt);
        }
    }

    /**
     * Shares the interface's packets among a group of sockets: both directions of a flow come to one, fragments to the
     * one of their addresses.
     *
     * @param group {@link RingGroup#NEW_GROUP} for a group of its own
     * @return the group's number
     */
    int join(int group) throws KernelException {
        String attempt = "can't share " + device.name() + " among workers";
        boolean isNew = group == RingGroup.NEW_GROUP;
        int kind = FANOUT_HASH | (isNew ? FANOUT_UNIQUE_ID : 0);
        socket.set(SOL_PACKET, PACKET_FANOUT, (isNew ? 0 : group) | kind << 16, attempt);
        return socket.get(SOL_PACKET, PACKET_FANOUT, attempt) & 0xffff;
    }

    /** Sends past the queueing discipline: nobody shapes a bridge's packets, and it costs a third of the sending. */
    void bypassQueueing() throws KernelException {
        socket.set(SOL_PACKET, PACKET_QDISC_BYPASS, 1, "can't send past the queueing discipline of " + device.name());
    }

    /** Reads {@code struct tpacket_stats_v3}: packets and drops since the last call. */
    void readStatistics(MemorySegment target) throws KernelException {
        socket.get(SOL_PACKET, PACKET_STATISTICS, target, "can't read the counters of " + device.name());
    }

    /** What the socket has to complain of since the last call, 0 for nothing. */
    int takeError() throws KernelException {
        return socket.get(Sockets.SOL_SOCKET, Sockets.SO_ERROR, "can't read the error of " + device.name());
    }

    Descriptor descriptor() {
        return socket;
    }

    LinkDevice device() {
        return device;
    }

    /** The ring, and behind one that is prompt room for frames that no slot holds. */
    MemorySegment memory() {
        return memory;
    }

    long ringBytes() {
        return ringBytes;
    }

    /** Of a ring that is prompt. */
    int slotBytes() {
        return slotBytes;
    }

    @Override
    public void close() {
        if (memory.byteSize() > 0) {
            Kernel.call(SystemCall.MUNMAP, memory.address(), memory.byteSize(), 0);
            memory = MemorySegment.NULL;
        }
        socket.close();
    }
}
