package io.weir.capture.pcap;

import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.PcapNativeException;

/**
 * A tcpdump expression (pcap-filter(7)), compiled by libpcap for each link type that is met, and run here. Used by one
 * thread. libpcap is loaded when the first filter is made, not before.
 */
public final class PacketFilter {
    /** An expression is taken if one of these accepts it: it may speak of what only some link types have. */
    private static final int[] TRIED = {LinkType.ETHERNET, LinkType.LINUX_SLL, LinkType.PPP, LinkType.RAW, 105, 127};

    private final String expression;
    /** By link type, as long as the largest met; link types have 16 bits. */
    private @Nullable BpfMachine[] machines = new BpfMachine[LinkType.LINUX_SLL2 + 1];

    private PacketFilter(String expression) {
        this.expression = expression;
    }

    /**
     * Compiles an expression.
     *
     * @throws FilterException if no link type takes it (with libpcap's message), or libpcap isn't installed
     */
    public static PacketFilter of(String expression) throws FilterException {
        PacketFilter filter = new PacketFilter(expression);
        FilterException refusal = filter.refusal(TRIED[0]);
        for (int i = 1; refusal != null && i < TRIED.length; i++) {
            if (filter.refusal(TRIED[i]) == null) {
                return filter;
            }
        }
        if (refusal != null) {
            throw refusal;
        }
        return filter;
    }

    private @Nullable FilterException refusal(int linkType) {
        try {
            compile(linkType);
            return null;
        } catch (FilterException e) {
            return e;
        }
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

    private BpfMachine machine(int linkType) throws FilterException {
        if (linkType < machines.length) {
            BpfMachine machine = machines[linkType];
            if (machine != null) {
                return machine;
            }
        } else {
            machines = Arrays.copyOf(machines, linkType + 1);
        }
        BpfMachine machine = compile(linkType);
        machines[linkType] = machine;
        return machine;
    }

    private BpfMachine compile(int linkType) throws FilterException {
        try {
            return LibpcapCompiler.compile(expression, linkType);
        } catch (PcapNativeException e) {
            throw new FilterException(
                    "--filter '" + expression + "' can't be compiled for link type " + LinkType.name(linkType) + ": "
                            + e.getMessage(),
                    e);
        } catch (LinkageError e) {
            throw new FilterException("--filter needs libpcap: install the package libpcap0.8", e);
        }
    }
}
