package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.util.List;

/** Drops in the kernel what is condemned toward protected destinations, on some interfaces. One thread. */
public interface Shield extends Refusals, AutoCloseable {
    /** How it drops, for people: {@code XDP}. */
    String way();

    /** Whether it can say of every packet of the kind whether it has the signature. */
    boolean isPossible(ShieldRule.Kind kind, Signature signature);

    /** Drops by what follows from now on, on these interfaces; once, and before it nothing is dropped anywhere. */
    void attach(List<String> interfaces) throws KernelException;

    /**
     * Exchanges the rules: each packet meets those before or these, as a whole.
     *
     * @param wanted such as {@link #isPossible} allows, their slots from 1 to {@link XdpShield#slots}
     * @param wantedLimits of what meets none of these; no slot twice; of two of
     *     one kind and destination the later holds
     */
    void rule(List<ShieldRule> wanted, List<ShieldLimit> wantedLimits) throws KernelException;

    /** Exchanges what passes before everything, in the same way. */
    void manage(List<QueueRules.Management> access) throws KernelException;

    /** Exchanges the prefixes that no limit holds for; answers how many of them found no room. */
    int trust(List<IpPrefix> prefixes) throws KernelException;

    /** Drops what comes from here, from {@link #settle} on at the latest; answers whether there was room. */
    boolean ban(IpPrefix prefix) throws KernelException;

    /** Ends that; answers whether it was banned by this very prefix. */
    boolean unban(IpPrefix prefix) throws KernelException;

    /** What was dropped so far of refused sources and connections. */
    default XdpShield.Tally refused() throws KernelException {
        return new XdpShield.Tally(0, 0);
    }

    /** Puts bans into force that aren't yet: called after the last of several. */
    void settle() throws KernelException;

    /** What was dropped so far of banned sources. */
    XdpShield.Tally banned() throws KernelException;

    /** What rules of a slot dropped so far. */
    XdpShield.Tally dropped(int slot) throws KernelException;

    /**
     * Called twice a second: makes good what others changed in the kernel meanwhile, and looks what has no room there.
     *
     * @param nowNanos of a clock that isn't set
     * @return what is to be said of that, a sentence each
     */
    List<String> heal(long nowNanos) throws KernelException;

    /** Nothing is dropped any more. */
    @Override
    void close();
}
