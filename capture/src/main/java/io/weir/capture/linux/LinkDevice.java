package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.stream.Collectors;

/**
 * A network interface as the kernel knows it, at the time of asking (netdevice(7)).
 *
 * <pre>
 *   struct ifreq  | name 16 | index, flags, length or hardware address 24 |
 * </pre>
 *
 * @param index the kernel's number of it
 * @param hardwareType ARPHRD number of include/uapi/linux/if_arp.h
 * @param flags IFF bits of include/uapi/linux/if.h
 * @param mtuBytes largest IP packet
 */
public record LinkDevice(String name, int index, int hardwareType, int flags, int mtuBytes) {
    static final int NAME_BYTES = 16;
    static final int REQUEST_BYTES = 40;

    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCGIFINDEX = 0x8933;

    private static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;
    private static final int IFF_UP = 1;

    private static final int MOST_NAMED = 20;

    /** @throws KernelException if there is none of this name */
    public static LinkDevice of(String name) throws KernelException {
        if (name.isEmpty() || name.length() >= NAME_BYTES) {
            throw KernelException.of(
                    "can't use the interface '" + name + "'", Errno.ENODEV, "a name has 1 to 15 characters");
        }
        try (Descriptor socket =
                        Descriptor.socket(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0, "can't make a socket to ask with");
                Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
            Native.putText(request, 0, name, NAME_BYTES);
            int index = Native.i32(ask(socket, request, SIOCGIFINDEX, name), NAME_BYTES);
            int hardware = Native.u16(ask(socket, request, SIOCGIFHWADDR, name), NAME_BYTES);
            int flags = Native.u16(ask(socket, request, SIOCGIFFLAGS, name), NAME_BYTES);
            int mtu = Native.i32(ask(socket, request, SIOCGIFMTU, name), NAME_BYTES);
            return new LinkDevice(name, index, hardware, flags, mtu);
        }
    }

    /** The kernel's number of an interface; 0 if there is none of this name. */
    static int index(String name) throws KernelException {
        try {
            return of(name).index();
        } catch (KernelException missing) {
            if (missing.errorNumber() == Errno.ENODEV) {
                return 0;
            }
            throw missing;
        }
    }

    /** The same; 0 also where it can't be asked. */
    static int numberOf(String name) {
        try {
            return index(name);
        } catch (KernelException unknown) {
            return 0;
        }
    }

    private static MemorySegment ask(Descriptor socket, MemorySegment request, int what, String name)
            throws KernelException {
        String attempt = "can't find the interface " + name;
        long result = Kernel.call(SystemCall.IOCTL, socket.number(), what, request.address());
        if (result == -Errno.ENODEV) {
            throw KernelException.of(attempt, Errno.ENODEV, "there are " + names());
        }
        KernelException.check(result, attempt);
        return request;
    }

    private static String names() {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getName)
                    .sorted()
                    .limit(MOST_NAMED)
                    .collect(Collectors.joining(", "));
        } catch (SocketException none) {
            return "none";
        }
    }

    /** Whether its frames begin with an Ethernet header. Those of others are taken from their IP header on. */
    public boolean isEthernet() {
        return hardwareType == ARPHRD_ETHER || isLoopback();
    }

    public boolean isLoopback() {
        return hardwareType == ARPHRD_LOOPBACK;
    }

    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }
}
