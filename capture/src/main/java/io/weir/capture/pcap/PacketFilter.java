package io.weir.capture.pcap;

import io.weir.capture.linux.SocketFilter;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.PcapNativeException;

/**
 * A tcpdump expression (pcap-filter(7)), compiled by libpcap for each link type that is met, and run here. Used by one
 * thread. libpcap is loaded when the first filter is made, not before.
 */
public final class PacketFilter {
    /** What libpcap says of an expression that can't match on a link type, such as ARP on raw IP. */
    private static final String REJECTS_ALL = "expression rejects all packets";

    private static final Pattern VLAN = Pattern.compile("\\bvlan\\b");

    private final String option;
    private final String expression;
    /** By link type, as long as the largest met; link types have 16 bits. */
    private @Nullable BpfMachine[] machines = new BpfMachine[LinkType.LINUX_SLL2 + 1];

    private PacketFilter(String option, String expression) {
        this.option = option;
        this.expression = expression;
    }

    /**
     * Compiles an expression for Ethernet, for which every expression compiles that any decoded link type takes.
     *
     * @param option where the user wrote it, for messages
     * @throws FilterException with libpcap's message if it can't be compiled, or if libpcap isn't installed
     */
    public static PacketFilter of(String option, String expression) throws FilterException {
        PacketFilter filter = new PacketFilter(option, expression);
        try {
            filter.machines[LinkType.ETHERNET] = filter.compile(LinkType.ETHERNET);
        } catch (PcapNativeException e) {
            throw new FilterException(option + " '" + expression + "': " + e.getMessage(), e);
        }
        return filter;
    }

    /**
     * Whether a packet of a batch matches; only its frame columns are read.
     *
     * @throws FilterException if the expression can't be compiled for the packet's link type
     */
    public boolean matches(PacketBatch batch, int i) throws FilterException {
        BpfMachine machine = machine(batch.linkType[i]);
        return machine.accepts(batch.frames, batch.frameOffset[i], batch.capturedLength[i], batch.wireLength[i]);
    }

    /**
     * The filter for the kernel to run. There a frame has lost its outermost VLAN tag already: expressions see what it
     * held, and {@code vlan} would never match.
     *
     * @throws FilterException if the expression can't be compiled for the link type, or speaks of VLANs
     */
    public SocketFilter inKernel(int linkType) throws FilterException {
        if (VLAN.matcher(expression).find()) {
            throw new FilterException(
                    option + " '" + expression + "': 'vlan' can't be used on an interface, where the kernel takes the"
                            + " tag out first; leave it away, the rest sees what the tag enclosed");
        }
        return new SocketFilter(machine(linkType).instructions());
    }

    private BpfMachine machine(int linkType) throws FilterException {
        if (linkType < machines.length) {
            BpfMachine machine = machines[linkType];
            if (machine != null) {
                return machine;
            }
        } else {
            machines = Arrays.copyOf(machines, linkType + 1);
        }
        BpfMachine machine = compileForPacket(linkType);
        machines[linkType] = machine;
        return machine;
    }

    private BpfMachine compileForPacket(int linkType) throws FilterException {
        try {
            return compile(linkType);
        } catch (PcapNativeException e) {
            if (REJECTS_ALL.equals(e.getMessage())) {
                return BpfMachine.rejectsAll();
            }
            throw new FilterException(
                    option + " '" + expression + "' can't be compiled for link type " + LinkType.name(linkType) + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private BpfMachine compile(int linkType) throws FilterException, PcapNativeException {
        try {
            return LibpcapCompiler.compile(expression, linkType);
        } catch (LinkageError e) {
            throw new FilterException(option + " needs libpcap: install the package libpcap0.8", e);
        }
    }
}
