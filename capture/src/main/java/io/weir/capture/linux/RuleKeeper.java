package io.weir.capture.linux;

import org.jspecify.annotations.Nullable;

/**
 * Keeps rules in the kernel while the process lives: other programs take out what isn't theirs, as {@code nft flush
 * ruleset} does and with it many a firewall's restart. Any thread.
 */
public final class RuleKeeper {
    private @Nullable NfTable kept;
    private boolean isEnded;

    /** Puts rules into the kernel, in place of what is there under their name; not after {@link #end}. */
    public void install(QueueRules rules) throws KernelException {
        install(rules.table());
    }

    /** The same of a bridge's. */
    public void install(BridgeRules rules) throws KernelException {
        install(rules.table());
    }

    private synchronized void install(NfTable table) throws KernelException {
        if (!isEnded) {
            table.install();
            kept = table;
        }
    }

    /**
     * Looks whether all of them are there, and puts them back if not.
     *
     * @return whether they weren't
     * @throws KernelException if the kernel doesn't take them back
     */
    public synchronized boolean heal() throws KernelException {
        if (kept == null || kept.isWhole()) {
            return false;
        }
        kept.install();
        return true;
    }

    /** Puts none into the kernel any more: whoever takes them out then does it for good. */
    public synchronized void end() {
        isEnded = true;
        kept = null;
    }
}
