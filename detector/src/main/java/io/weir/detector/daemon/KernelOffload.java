package io.weir.detector.daemon;

import io.weir.capture.linux.Capability;
import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.NfShield;
import io.weir.capture.linux.Niceness;
import io.weir.capture.linux.QueueRules;
import io.weir.capture.linux.Shield;
import io.weir.capture.linux.ShieldRule;
import io.weir.capture.linux.XdpShield;
import io.weir.capture.linux.XdpShield.Tally;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.detector.scrub.BanTable;
import io.weir.detector.scrub.Offload;
import io.weir.detector.scrub.Offloaded;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Keeps the kernel's program in step with what is condemned: a thread of its own, as an exchange takes milliseconds and
 * needs privileges that the thread that judges gives up. Whatever fails takes the program out: then all is judged here.
 */
public final class KernelOffload implements Offload, AutoCloseable {
    private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long HEAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int REHEARSALS = 20;
    private static final long ENDING_MILLIS = 5_000;

    private final Shield shield;
    private final Consumer<String> problems;
    private final Thread thread;
    private final boolean isAlone;
    private final OffloadSlots slots;

    private volatile List<Offloaded> wanted = List.of();
    private volatile BanTable bans = BanTable.NONE;
    private volatile boolean isObserving;
    private volatile Access access;
    private volatile Tally bannedTally = new Tally(0, 0);
    private volatile Tally refusedTally = new Tally(0, 0);
    private volatile boolean isClosing;
    private volatile String way;

    private List<Offloaded> applied = List.of();
    private BanTable appliedBans = BanTable.NONE;
    private Access appliedAccess;
    private final Set<IpPrefix> banned = new HashSet<>();
    private final RefusedSources refused = new RefusedSources();
    private final RefusedConnections refusedConnections = new RefusedConnections();
    private long healedNanos = System.nanoTime();

    /** Who passes before everything, and whom no limit holds for. */
    private record Access(List<QueueRules.Management> management, List<IpPrefix> trusted) {
        static Access of(LiveSettings settings) {
            return new Access(settings.management(), settings.config().trusted());
        }
    }

    private KernelOffload(Shield shield, String why, LiveSettings settings, Consumer<String> problems) {
        this.shield = shield;
        this.way = why.isEmpty() ? shield.way() : shield.way() + ": " + why;
        this.isAlone = settings.run().mode() == Mode.XDP;
        this.slots = new OffloadSlots(shield, isAlone);
        if (isAlone && shield instanceof XdpShield program) {
            program.standAlone();
        }
        this.access = Access.of(settings);
        this.appliedAccess = new Access(access.management(), List.of());
        this.problems = new SparseProblems(problems, System::nanoTime);
        this.thread = Thread.ofPlatform().daemon().name("weir-offload").unstarted(this::run);
    }

    /**
     * Attaches to the interfaces; nothing is dropped yet.
     *
     * @param problems hears what ends it early
     * @throws KernelException if the kernel refuses
     */
    public static KernelOffload attach(LiveSettings settings, Consumer<String> problems) throws KernelException {
        try {
            return begin(load(settings), "", settings, problems);
        } catch (KernelException refused) {
            // By nftables where XDP can't be had, and packets come to Weir behind the place where that drops.
            if (settings.run().mode() != Mode.QUEUE) {
                throw refused;
            }
            try {
                String why = String.valueOf(refused.getMessage());
                return begin(NfShield.load(prefixes(settings), settings.management()), why, settings, problems);
            } catch (KernelException again) {
                refused.addSuppressed(again);
                throw refused;
            }
        }
    }

    private static KernelOffload begin(
            Shield shield, String whyNotXdp, LiveSettings settings, Consumer<String> problems) throws KernelException {
        try {
            KernelOffload made = new KernelOffload(shield, whyNotXdp, settings, problems);
            shield.attach(settings.run().interfaces());
            made.thread.start();
            return made;
        } catch (KernelException e) {
            shield.close();
            throw e;
        }
    }

    /** How the kernel drops, and what speaks against a better way; for people. Any thread. */
    public String way() {
        return way;
    }

    /** Why it isn't XDP that drops; empty where it is. */
    public Optional<String> fallback() {
        return shield instanceof XdpShield ? Optional.empty() : Optional.of(way);
    }

    /**
     * Has a program that is attached to nothing drop what made-up floods had the kernel asked for, so that the code for it is
     * compiled. What the kernel doesn't take then it is asked for again when it matters.
     *
     * @param isEnding whether the rest is left out
     * @throws KernelException if the kernel refuses, as where XDP can't be had
     */
    public static void rehearse(LiveSettings settings, List<Offloaded> asked, BooleanSupplier isEnding)
            throws KernelException {
        try (XdpShield shield = load(settings)) {
            OffloadSlots slots = new OffloadSlots(shield, false);
            List<Offloaded> some =
                    asked.stream().filter(what -> isPossible(shield, what)).toList();
            for (int i = 0; i < REHEARSALS && !isEnding.getAsBoolean(); i++) {
                slots.exchange(some, _ -> {});
                slots.exchange(List.of(), _ -> {});
            }
        }
    }

    private static XdpShield load(LiveSettings settings) throws KernelException {
        boolean isBridge = settings.run().mode() == Mode.BRIDGE;
        return XdpShield.load(prefixes(settings), settings.management(), isBridge);
    }

    private static List<IpPrefix> prefixes(LiveSettings settings) {
        return settings.protect().stream().map(entry -> entry.prefix()).toList();
    }

    @Override
    public boolean isPossible(Offloaded what) {
        return isPossible(shield, what);
    }

    private static boolean isPossible(Shield shield, Offloaded what) {
        Optional<ShieldRule.Kind> kind = OffloadSlots.kind(what);
        return kind.isPresent()
                && what.signature()
                        .filter(signature -> !shield.isPossible(kind.get(), signature))
                        .isEmpty();
    }

    @Override
    public void drop(List<Offloaded> signatures) {
        wanted = signatures;
        LockSupport.unpark(thread);
    }

    /** Drops what comes from these alone. Any thread. */
    public void ban(BanTable table) {
        bans = table;
        LockSupport.unpark(thread);
    }

    /** Drops nothing while on. Any thread. */
    public void observe(boolean isOn) {
        isObserving = isOn;
        LockSupport.unpark(thread);
    }

    /** Takes who may pass from other settings. Any thread. */
    public void change(LiveSettings settings) {
        access = Access.of(settings);
        LockSupport.unpark(thread);
    }

    @Override
    public boolean isAlone() {
        return isAlone;
    }

    @Override
    public long bannedPackets() {
        return bannedTally.packets();
    }

    @Override
    public long bannedBytes() {
        return bannedTally.bytes();
    }

    @Override
    public void refuse(long high, long low) {
        if (shield.canRefuse() && !isObserving && refused.offer(high, low)) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void refuseConnection(PacketBatch batch, int i) {
        if (shield.canRefuse() && !isObserving && refusedConnections.offer(batch, i)) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void hearConnections() {
        refusedConnections.hear();
        LockSupport.unpark(thread);
    }

    @Override
    public long refusedPackets() {
        return refusedTally.packets();
    }

    @Override
    public long refusedBytes() {
        return refusedTally.bytes();
    }

    private void run() {
        // Before the capability for it is given up.
        Niceness.set(Niceness.PACKETS);
        try (shield) {
            Capability.keepOnly(Set.of(Capability.CAP_BPF, Capability.CAP_NET_ADMIN));
            while (!isClosing) {
                turn();
                LockSupport.parkNanos(isIdle() ? IDLE_NANOS : COUNT_NANOS);
            }
        } catch (KernelException | RuntimeException broken) {
            way = "none: " + broken.getMessage();
            problems.accept("the kernel drops nothing for weir any more, "
                    + (isAlone ? "and in mode xdp nobody else does, start weir again: " : "weir drops it itself: ")
                    + broken.getMessage());
        }
    }

    private boolean isIdle() {
        return slots.isEmpty() && banned.isEmpty() && refused.isEmpty() && refusedConnections.isEmpty();
    }

    /** What another program took out is put back when that is next looked for; what couldn't be done is done then. */
    private void turn() throws KernelException {
        try {
            heal();
            step();
        } catch (KernelException failed) {
            if (!failed.isLost()) {
                throw failed;
            }
        }
    }

    private void heal() throws KernelException {
        long nowNanos = System.nanoTime();
        if (nowNanos - healedNanos >= HEAL_NANOS) {
            healedNanos = nowNanos;
            shield.heal(nowNanos).forEach(problems);
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void step() throws KernelException {
        exchangeAccess(access);
        List<Offloaded> signatures = isObserving ? List.of() : wanted;
        if (signatures != applied) {
            slots.exchange(signatures, problems);
            applied = signatures;
        }
        BanTable table = isObserving ? BanTable.NONE : bans;
        if (table != appliedBans) {
            exchangeBans(table);
            appliedBans = table;
        }
        slots.count();
        if (!banned.isEmpty()) {
            bannedTally = shield.banned();
        }
        boolean isAnyRefused = refused.turn(shield, isObserving, System.nanoTime());
        if (refused.isFull()) {
            problems.accept("the kernel has no room for more sources of HTTP floods" + whoDropsTheRest());
        }
        if (refusedConnections.turn(shield, isObserving, System.nanoTime()) || isAnyRefused) {
            refusedTally = shield.refused();
        }
    }

    private String whoDropsTheRest() {
        return isAlone ? ": what further ones send passes" : ": weir drops what further ones send itself";
    }

    private void exchangeAccess(Access next) throws KernelException {
        if (!next.management().equals(appliedAccess.management())) {
            try {
                slots.manage(next.management(), problems);
            } catch (KernelException refused) {
                if (refused.isLost()) {
                    throw refused;
                }
                // Not asked for again until it changes; what was left out for it is asked for again at once.
                problems.accept("management stays as it was in the kernel: " + refused.getMessage());
                slots.exchange(List.of(), problems);
                applied = List.of();
            }
        }
        if (!next.trusted().equals(appliedAccess.trusted())) {
            int missing = shield.trust(next.trusted());
            if (missing > 0) {
                problems.accept(String.format(
                        Locale.ROOT,
                        "the kernel has room for %,d trusted prefixes: its limits hold for %,d of the configuration's, too",
                        XdpShield.PREFIXES,
                        missing));
            }
        }
        appliedAccess = next;
    }

    private void exchangeBans(BanTable table) throws KernelException {
        Set<IpPrefix> next = new HashSet<>(table.list());
        for (IpPrefix prefix : List.copyOf(banned)) {
            if (!next.contains(prefix)) {
                shield.unban(prefix);
                banned.remove(prefix);
            }
        }
        int missing = 0;
        for (IpPrefix prefix : next) {
            // Those that find no room are dropped by the worker.
            if (!banned.contains(prefix)) {
                if (shield.ban(prefix)) {
                    banned.add(prefix);
                } else {
                    missing++;
                }
            }
        }
        shield.settle();
        bannedTally = shield.banned();
        if (missing > 0) {
            problems.accept(String.format(
                    Locale.ROOT,
                    "the kernel has room for bans of %,d addresses and %,d prefixes, not for %,d of those there are%s",
                    XdpShield.HOSTS,
                    XdpShield.PREFIXES,
                    missing,
                    whoDropsTheRest()));
        }
    }

    /** Takes the program out of the kernel. */
    @Override
    public void close() {
        isClosing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(ENDING_MILLIS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
