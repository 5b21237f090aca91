package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A socket to the kernel's netfilter (NETLINK_NETFILTER). One thread.
 *
 * <pre>
 *   struct sockaddr_nl   | family 2 | padding 2 | port 4 | groups 4 |
 *   NLMSG_ERROR's value  | error 4 | header of the request … |   error 0: done
 * </pre>
 */
final class NetlinkSocket implements AutoCloseable {
    static final int ERROR = 2;
    static final int DONE = 3;

    private static final int NETLINK_NETFILTER = 12;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_NO_ENOBUFS = 5;
    private static final int ADDRESS_BYTES = 12;
    private static final int OBJECT_DATA = 4;
    private static final int COUNTER_BYTES = 1;
    private static final int COUNTER_PACKETS = 2;
    private static final int CHAIN_USE = 6;
    private static final int TYPE_MASK = 0x3fff;
    private static final int REPLY_BYTES = 1 << 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MICRO = 1_000L;

    private final Descriptor socket;
    private final MemorySegment reply = Arena.ofAuto().allocate(REPLY_BYTES, Long.BYTES);

    private NetlinkSocket(Descriptor socket) {
        this.socket = socket;
    }

    /** @param bufferBytes of what the kernel sends, and of one request */
    static NetlinkSocket open(int bufferBytes) throws KernelException {
        NetlinkSocket made = new NetlinkSocket(Descriptor.socket(
                Sockets.AF_NETLINK,
                Sockets.SOCK_RAW,
                NETLINK_NETFILTER,
                "can't make a socket to the kernel's netfilter"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            address.set(Native.SHORT, 0, (short) Sockets.AF_NETLINK);
            made.socket.bind(address, "can't bind a socket to the kernel's netfilter");
            String attempt = "can't give netfilter's socket a buffer of " + bufferBytes + " bytes";
            int set = made.trySetBuffer(bufferBytes, arena);
            if (set == -Errno.EPERM) {
                throw KernelException.of(
                        "can't use the kernel's netfilter",
                        Errno.EPERM,
                        "it needs CAP_NET_ADMIN: run as root, or grant it");
            }
            KernelException.check(set, attempt);
            made.socket.set(Sockets.SOL_SOCKET, Sockets.SO_SNDBUFFORCE, bufferBytes, attempt);
            made.socket.set(SOL_NETLINK, NETLINK_NO_ENOBUFS, 1, attempt);
            return made;
        } catch (KernelException e) {
            made.close();
            throw e;
        }
    }

    /** The first call that needs the capability. */
    private int trySetBuffer(int bytes, Arena arena) {
        return (int) socket.trySet(Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, arena.allocateFrom(Native.INT, bytes));
    }

    Descriptor descriptor() {
        return socket;
    }

    /** Has whoever waits for a message wait so long at most (struct timeval: seconds 8, microseconds 8). */
    void setTimeout(long nanos, String attempt) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(2L * Long.BYTES, Long.BYTES);
            time.set(Native.LONG, 0, nanos / NANOS_PER_SECOND);
            time.set(Native.LONG, Long.BYTES, nanos % NANOS_PER_SECOND / NANOS_PER_MICRO);
            socket.set(Sockets.SOL_SOCKET, Sockets.SO_RCVTIMEO, time, attempt);
        }
    }

    /** Sends messages, all at once; the kernel has worked them off when this returns. */
    long send(NetlinkWriter messages) {
        return Kernel.call(
                SystemCall.SENDTO, socket.number(), messages.memory().address(), messages.sizeBytes(), 0, 0, 0);
    }

    /**
     * Sends messages and reads what the kernel says of them.
     *
     * @return 0, or the first error, negated
     */
    int request(NetlinkWriter messages) {
        long sent = send(messages);
        int first = sent < 0 ? (int) sent : 0;
        for (long length = receive(); length > 0; length = receive()) {
            for (long at = 0; at + NetlinkWriter.HEADER_BYTES <= length; at += messageBytes(at)) {
                int error = Native.u16(reply, at + 4) == ERROR ? Native.i32(reply, at + NetlinkWriter.HEADER_BYTES) : 0;
                first = first == 0 ? error : first;
            }
        }
        return first;
    }

    /**
     * Asks for a counter, an object of nftables (NFTA_OBJ_DATA 4 with NFTA_COUNTER_BYTES 1 and NFTA_COUNTER_PACKETS 2).
     *
     * @throws KernelException if there is none
     */
    XdpShield.Tally tally(NetlinkWriter question, String attempt) throws KernelException {
        KernelException.check(send(question), attempt);
        long length = receive();
        KernelException.check(length, attempt);
        if (Native.u16(reply, 4) == ERROR) {
            KernelException.check(Native.i32(reply, NetlinkWriter.HEADER_BYTES), attempt);
        }
        long data = attribute(NetlinkWriter.HEADER_BYTES + NetlinkWriter.GENERAL_BYTES, length, OBJECT_DATA);
        long end = data == 0
                ? 0
                : data - NetlinkWriter.ATTRIBUTE_BYTES + Native.u16(reply, data - NetlinkWriter.ATTRIBUTE_BYTES);
        long bytes = attribute(data, end, COUNTER_BYTES);
        long packets = attribute(data, end, COUNTER_PACKETS);
        if (bytes == 0 || packets == 0) {
            throw KernelException.of(attempt, Errno.EIO);
        }
        return new XdpShield.Tally(Native.netI64(reply, packets), Native.netI64(reply, bytes));
    }

    /**
     * Asks how many rules a chain has, and jumps to it (NFTA_CHAIN_USE 6).
     *
     * @return that, or an error negated
     */
    long uses(NetlinkWriter question) {
        long sent = send(question);
        long length = sent < 0 ? sent : receive();
        if (length < 0) {
            return length;
        }
        if (Native.u16(reply, 4) == ERROR) {
            return Native.i32(reply, NetlinkWriter.HEADER_BYTES);
        }
        long uses = attribute(NetlinkWriter.HEADER_BYTES + NetlinkWriter.GENERAL_BYTES, length, CHAIN_USE);
        return uses == 0 ? -Errno.EIO : Native.netI32(reply, uses);
    }

    /** Where the value of an attribute of a type begins; 0 where there is none. */
    private long attribute(long from, long to, int type) {
        for (long at = from; at + NetlinkWriter.ATTRIBUTE_BYTES <= to; ) {
            if ((Native.u16(reply, at + 2) & TYPE_MASK) == type) {
                return at + NetlinkWriter.ATTRIBUTE_BYTES;
            }
            at += Math.max(NetlinkWriter.ATTRIBUTE_BYTES, NetlinkWriter.align(Native.u16(reply, at)));
        }
        return 0;
    }

    /** One datagram of what the kernel sent, into {@link #reply}; 0 or less where there is none. */
    long receive() {
        return Kernel.call(
                SystemCall.RECVFROM, socket.number(), reply.address(), REPLY_BYTES, Sockets.MSG_DONTWAIT, 0, 0);
    }

    MemorySegment reply() {
        return reply;
    }

    /** Length of the message there, padded: at least a header, so that a walk comes to its end. */
    int messageBytes(long at) {
        return Math.max(NetlinkWriter.HEADER_BYTES, NetlinkWriter.align(Native.i32(reply, at)));
    }

    @Override
    public void close() {
        socket.close();
    }
}
