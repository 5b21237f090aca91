package io.weir.capture.linux;

import java.util.List;

/**
 * Keeps what arrives on a bridge's interfaces from the host's own stack, which would forward or answer it a second time:
 * a chain for each in the table {@code netdev weir}, behind the place where rings take their packets. A process that dies
 * leaves it: nothing passes the bridge then, and nothing could.
 *
 * @param interfaces both
 */
public record BridgeRules(List<String> interfaces) {
    private static final String TABLE = "weir";

    public BridgeRules {
        interfaces = List.copyOf(interfaces);
    }

    /** What {@link #install} puts into the kernel, as {@code nft list table netdev weir} shows it. */
    public String plan() {
        return table().text();
    }

    /**
     * Keeps other processes from having such a table: they would exchange it for their own, for ever.
     *
     * @throws KernelException if another has one; the message says which
     */
    public InterfaceClaim claim() throws KernelException {
        return InterfaceClaim.ofBridge(interfaces);
    }

    /** Installs all of it at once, in place of what an earlier process left. */
    public void install() throws KernelException {
        table().install();
    }

    /** Removes all of it; also what another process left. Nothing there is no fault. */
    public static void remove() throws KernelException {
        new NfTable(NfTable.Family.NETDEV, TABLE, List.of()).remove();
    }

    /** Whether there are rules of this or an earlier process. */
    public static boolean isInstalled() throws KernelException {
        return new NfTable(NfTable.Family.NETDEV, TABLE, List.of()).exists();
    }

    NfTable table() {
        return new NfTable(
                NfTable.Family.NETDEV,
                TABLE,
                interfaces.stream()
                        .map(name -> new NfTable.Chain("from-" + name, NfTable.Hook.INGRESS, name, 0, true, List.of()))
                        .toList());
    }
}
