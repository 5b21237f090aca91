package io.weir.capture.linux;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/**
 * Two interfaces made one cable: what comes in on one and passes goes out on the other, out of the ring that the kernel
 * put it in. Used by one thread, but for the counters.
 *
 * <p>Packets that the host's cards or kernel joined, and checksums left to a card, go on as they are, with what the other
 * card needs to know to cut and fill them: no offload has to be turned off but the one that loses that (LRO).
 *
 * <p>The host itself takes no part: {@link BridgeRules} keep what arrives from its own stack.
 */
public final class AfPacketBridge implements AutoCloseable {
    private final RingGroup rings;
    private final BridgeSender[] senders;
    private final List<Offloads> offloads;

    private AfPacketBridge(RingGroup rings, List<Offloads> offloads) throws KernelException {
        this.rings = rings;
        this.offloads = offloads;
        senders = new BridgeSender[] {
            new BridgeSender(rings.ring(0).socket()),
            new BridgeSender(rings.ring(1).socket())
        };
    }

    /**
     * Opens both sides; nothing passes before the first batch.
     *
     * @param wakeup ends {@link #fill}; the caller's
     * @throws KernelException if an interface isn't there, isn't Ethernet, has addresses of the host, or the process may
     *     not
     */
    public static AfPacketBridge open(String outside, String inside, Wakeup wakeup) throws KernelException {
        requireBridgeable(outside);
        requireBridgeable(inside);
        List<Offloads> offloads = List.of(Offloads.turnOffLro(outside), Offloads.turnOffLro(inside));
        try {
            return new AfPacketBridge(
                    RingGroup.open(List.of(RingSettings.bridging(outside), RingSettings.bridging(inside)), wakeup),
                    offloads);
        } catch (KernelException e) {
            offloads.forEach(Offloads::restore);
            throw e;
        }
    }

    private static void requireBridgeable(String name) throws KernelException {
        LinkDevice device = LinkDevice.of(name);
        String attempt = "can't bridge " + name;
        if (!device.isEthernet() || device.isLoopback()) {
            throw KernelException.of(attempt, Errno.EINVAL, "a bridge joins two Ethernet interfaces");
        }
        try {
            NetworkInterface known = NetworkInterface.getByName(name);
            for (InterfaceAddress address :
                    known == null ? List.<InterfaceAddress>of() : known.getInterfaceAddresses()) {
                if (!address.getAddress().isLinkLocalAddress()) {
                    throw KernelException.of(
                            attempt,
                            Errno.EBUSY,
                            "it has the address " + address.getAddress().getHostAddress()
                                    + ", which would be cut off; remove it: ip address flush dev " + name);
                }
            }
        } catch (SocketException e) {
            throw KernelException.of(attempt + ": " + e.getMessage(), Errno.ENODEV);
        }
    }

    /**
     * Fills a batch from one side, its {@code interfaceIndex} 0 for outside and 1 for inside; waits for a moment if
     * neither has anything.
     *
     * @return packets, 0 if none came
     */
    public int fill(PacketBatch batch) throws KernelException {
        return rings.fill(batch);
    }

    /** Sends what passed of the batch filled last out on the other side. */
    public void accept(PacketBatch batch) {
        BridgeSender sender = senders[1 - rings.current()];
        sender.begin();
        for (int i = 0; i < batch.size; i++) {
            if (!Verdict.isDrop(batch.verdict[i])) {
                sender.add(batch, i);
            }
        }
        sender.send();
    }

    /** What a side took: 0 for outside, 1 for inside. Any thread. */
    public RingCounters counters(int side) {
        return rings.counters(side);
    }

    /** Packets that should have gone out and didn't: the interface was down, its queue full, or a frame too long. */
    public long unsentPackets() {
        return senders[0].lostPackets() + senders[1].lostPackets();
    }

    @Override
    public void close() {
        rings.close();
        offloads.forEach(Offloads::restore);
    }
}
