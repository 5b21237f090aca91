package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rules that send packets to queues: both directions of the named interfaces, to the host itself and through it,
 * before the kernel tracks or reassembles anything. They stand in a table of their own, {@code inet weir}, and stay when
 * the process dies; what then becomes of packets, they say.
 *
 * <p>Packets between the same two addresses go to the same queue. What passes from one named interface to another is
 * judged where it comes in, once.
 *
 * @param interfaces at least one
 * @param firstQueue number of the first queue
 * @param queueCount so many from there, 1 or more
 * @param isFailureOpen whether packets pass while no process has the queue; else they are dropped
 * @param management TCP that passes whatever happens, its answers too
 */
public record QueueRules(
        List<String> interfaces, int firstQueue, int queueCount, boolean isFailureOpen, List<Management> management) {
    /** TCP from a prefix to a port. */
    public record Management(IpPrefix prefix, int port) {}

    private static final String TABLE = "weir";
    /** Before defragmentation at -400 and everything after (include/uapi/linux/netfilter_ipv4.h). */
    private static final int PRIORITY = -450;

    private static final NfStatement COUNT = new NfStatement.Count();
    private static final NfStatement ACCEPT = new NfStatement.Accept();

    /** @throws IllegalArgumentException without an interface or a queue */
    public QueueRules {
        interfaces = List.copyOf(interfaces);
        management = List.copyOf(management);
        if (interfaces.isEmpty() || firstQueue < 0 || queueCount < 1 || firstQueue + queueCount > 1 << 16) {
            throw new IllegalArgumentException(interfaces + " to " + queueCount + " queues from " + firstQueue);
        }
    }

    /** What {@link #install} puts into the kernel, as {@code nft list table inet weir} shows it, counters apart. */
    public String plan() {
        return table().text();
    }

    /** Installs all of it at once, in place of what an earlier process left. */
    public void install() throws KernelException {
        table().install();
    }

    /** Removes all of it at once; also what another process left. Nothing there is no fault. */
    public static void remove() throws KernelException {
        new NfTable(NfTable.Family.INET, TABLE, List.of()).remove();
    }

    /** Whether there are rules of this or an earlier process. */
    public static boolean isInstalled() throws KernelException {
        return new NfTable(NfTable.Family.INET, TABLE, List.of()).exists();
    }

    NfTable table() {
        List<List<NfStatement>> arriving = passing(true);
        List<List<NfStatement>> through = passing(false);
        List<List<NfStatement>> leaving = passing(false);
        NfStatement queue = new NfStatement.Queue(firstQueue, queueCount, isFailureOpen);
        for (String name : interfaces) {
            arriving.add(List.of(new NfStatement.InputInterface(name), COUNT, queue));
            List<NfStatement> forwarded = new ArrayList<>(List.of(new NfStatement.OutputInterface(name)));
            interfaces.forEach(other -> forwarded.add(new NfStatement.OtherInputInterface(other)));
            forwarded.addAll(List.of(COUNT, queue));
            through.add(forwarded);
            leaving.add(List.of(new NfStatement.OutputInterface(name), COUNT, queue));
        }
        return new NfTable(
                NfTable.Family.INET,
                TABLE,
                List.of(
                        chain(NfTable.Hook.PREROUTING, arriving),
                        chain(NfTable.Hook.FORWARD, through),
                        chain(NfTable.Hook.OUTPUT, leaving)));
    }

    private static NfTable.Chain chain(NfTable.Hook hook, List<List<NfStatement>> rules) {
        return new NfTable.Chain(hook.text(), hook, "", PRIORITY, false, rules);
    }

    /** Without neighbour discovery no IPv6 packet finds its way, those of management among them. */
    private List<List<NfStatement>> passing(boolean isArriving) {
        List<List<NfStatement>> rules = new ArrayList<>();
        for (Management access : management) {
            rules.add(List.of(
                    new NfStatement.Address(isArriving, access.prefix()),
                    new NfStatement.TcpPort(!isArriving, access.port()),
                    ACCEPT));
        }
        IntStream.rangeClosed(NfStatement.LinkLocalIcmp.FIRST_TYPE, NfStatement.LinkLocalIcmp.LAST_TYPE)
                .forEach(type -> rules.add(List.of(new NfStatement.LinkLocalIcmp(type), ACCEPT)));
        return rules;
    }
}
