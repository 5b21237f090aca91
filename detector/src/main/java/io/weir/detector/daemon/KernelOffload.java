package io.weir.detector.daemon;

import io.weir.capture.linux.Capability;
import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.NfShield;
import io.weir.capture.linux.Niceness;
import io.weir.capture.linux.QueueRules;
import io.weir.capture.linux.Shield;
import io.weir.capture.linux.ShieldLimit;
import io.weir.capture.linux.ShieldRule;
import io.weir.capture.linux.XdpShield;
import io.weir.capture.linux.XdpShield.Tally;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.detector.scrub.BanTable;
import io.weir.detector.scrub.Offload;
import io.weir.detector.scrub.Offloaded;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.Term;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Keeps the kernel's program in step with what is condemned: a thread of its own, as an exchange takes milliseconds and
 * needs privileges that the thread that judges gives up. Whatever fails takes the program out: then all is judged here.
 */
public final class KernelOffload implements Offload, AutoCloseable {
    private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long HEAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int DNS = 53;

    private static final int REHEARSALS = 20;
    private static final long ENDING_MILLIS = 5_000;

    private final Shield shield;
    private final Consumer<String> problems;
    private final Thread thread;
    private final boolean isAlone;
    private final List<Dropped> dropped = new ArrayList<>();
    private final Set<Integer> freeSlots = new TreeSet<>();

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
    private long healedNanos = System.nanoTime();

    /** Who passes before everything, and whom no limit holds for. */
    private record Access(List<QueueRules.Management> management, List<IpPrefix> trusted) {
        static Access of(LiveSettings settings) {
            return new Access(settings.management(), settings.config().trusted());
        }
    }

    /** What a slot counts, and where its counter stood when that was last asked. */
    private static final class Dropped {
        private final Offloaded what;
        private final ShieldRule.Kind kind;
        private final int slot;
        private Tally last;

        Dropped(Offloaded what, ShieldRule.Kind kind, int slot, Tally last) {
            this.what = what;
            this.kind = kind;
            this.slot = slot;
            this.last = last;
        }

        Optional<ShieldRule> rule() {
            return what.signature().map(signature -> new ShieldRule(slot, what.destination(), kind, signature));
        }

        Optional<ShieldLimit> limit() {
            return what.signature().isPresent()
                    ? Optional.empty()
                    : Optional.of(new ShieldLimit(slot, what.destination(), kind, what.packetsPerSecond()));
        }
    }

    private KernelOffload(Shield shield, String why, LiveSettings settings, Consumer<String> problems) {
        this.shield = shield;
        this.way = why.isEmpty() ? shield.way() : shield.way() + ": " + why;
        this.isAlone = settings.run().mode() == Mode.XDP;
        if (isAlone && shield instanceof XdpShield program) {
            program.standAlone();
        }
        this.access = Access.of(settings);
        this.appliedAccess = new Access(access.management(), List.of());
        this.problems = problems;
        for (int slot = 1; slot <= XdpShield.slots(); slot++) {
            freeSlots.add(slot);
        }
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
            Shield shield,
            String whyNotXdp,
            LiveSettings settings,
            Consumer<String> problems)
            throws KernelException {
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
     * Has a program that is attached to nothing drop what made-up floods had the kernel asked for: the code that does it is
     * then compiled.
     *
     * @throws KernelException if the kernel refuses, as where XDP can't be had
     */
    public static void rehearse(LiveSettings settings, List<Offloaded> asked) throws KernelException {
        try (XdpShield shield = load(settings)) {
            KernelOffload scratch = new KernelOffload(shield, "", settings, _ -> {});
            List<Offloaded> some =
                    asked.stream().filter(scratch::isPossible).toList();
            for (int i = 0; i < REHEARSALS; i++) {
                scratch.exchange(some);
                scratch.exchange(List.of());
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

    private static Optional<ShieldRule.Kind> kind(Offloaded what) {
        return switch (what.trafficClass()) {
            case SYN -> Optional.of(ShieldRule.Kind.SYN);
            case ACK -> Optional.of(ShieldRule.Kind.SEGMENT);
            case UDP -> Optional.of(ShieldRule.Kind.DATAGRAM);
            case ICMP -> Optional.of(ShieldRule.Kind.MESSAGE);
            case DNS ->
                Optional.of(
                        what.signature().filter(KernelOffload::isOfAnswers).isPresent()
                                ? ShieldRule.Kind.ANSWER
                                : ShieldRule.Kind.QUESTION);
            case HTTP, TLS, OTHER -> Optional.empty();
        };
    }

    /** Where a signature says of neither that it means it, questions are dropped alone. */
    private static boolean isOfAnswers(Signature signature) {
        return signature.terms().stream()
                .anyMatch(term -> term instanceof Term.Numeric number
                        && (number.of() == Field.SOURCE_PORT && number.values().equals(NumberSet.of(DNS))
                                || number.of() == Field.MESSAGE
                                        && !number.values().contains(0)));
    }

    @Override
    public boolean isPossible(Offloaded what) {
        return kind(what)
                .filter(kind -> what.signature()
                        .filter(signature -> !shield.isPossible(kind, signature))
                        .isEmpty())
                .isPresent();
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
        if (!isObserving && refused.offer(high, low)) {
            LockSupport.unpark(thread);
        }
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
                heal();
                step();
                boolean isIdle = dropped.isEmpty() && banned.isEmpty() && refused.isEmpty();
                LockSupport.parkNanos(isIdle ? IDLE_NANOS : COUNT_NANOS);
            }
        } catch (KernelException | RuntimeException broken) {
            way = "none: " + broken.getMessage();
            problems.accept("the kernel drops nothing for weir any more, weir drops it itself: " + broken.getMessage());
        }
    }

    private void heal() throws KernelException {
        long nowNanos = System.nanoTime();
        if (nowNanos - healedNanos >= HEAL_NANOS) {
            healedNanos = nowNanos;
            shield.heal(nowNanos)
                    .forEach(name -> problems.accept(name + " is back: the kernel drops for weir there again"));
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void step() throws KernelException {
        Access next = access;
        if (!next.management().equals(appliedAccess.management())) {
            shield.manage(next.management());
        }
        if (!next.trusted().equals(appliedAccess.trusted())) {
            shield.trust(next.trusted());
        }
        appliedAccess = next;
        List<Offloaded> signatures = isObserving ? List.of() : wanted;
        if (signatures != applied) {
            exchange(signatures);
            applied = signatures;
        }
        BanTable table = isObserving ? BanTable.NONE : bans;
        if (table != appliedBans) {
            exchangeBans(table);
            appliedBans = table;
        }
        for (Dropped one : dropped) {
            count(one);
        }
        if (!banned.isEmpty()) {
            bannedTally = shield.banned();
        }
        if (refused.turn(shield, isObserving, System.nanoTime())) {
            refusedTally = shield.refused();
        }
    }

    private void exchange(List<Offloaded> next) throws KernelException {
        List<Dropped> ended =
                dropped.stream().filter(one -> !next.contains(one.what)).toList();
        dropped.removeAll(ended);
        for (Offloaded what : next) {
            if (dropped.stream().noneMatch(one -> one.what == what)) {
                begin(what);
            }
        }
        while (!isTaken()) {
            // The rest weir drops itself.
            Dropped last = dropped.removeLast();
            ended = Stream.concat(ended.stream(), Stream.of(last)).toList();
        }
        for (Dropped one : ended) {
            count(one);
            freeSlots.add(one.slot);
        }
    }

    /** Whether the kernel takes what is to be dropped; it takes none of it where that is too much for its verifier. */
    private boolean isTaken() throws KernelException {
        try {
            shield.rule(
                    dropped.stream().flatMap(one -> one.rule().stream()).toList(),
                    dropped.stream().flatMap(one -> one.limit().stream()).toList());
            return true;
        } catch (KernelException refused) {
            if (dropped.isEmpty()) {
                throw refused;
            }
            if (!thread.isAlive()) {
                return false; // a rehearsal
            }
            problems.accept("the kernel doesn't take " + dropped.size()
                    + " rules at once, weir drops itself by the last: "
                    + dropped.getLast().what.signature().map(Object::toString).orElse("a limit"));
            return false;
        }
    }

    /** Where there is no slot, what was asked for before goes on. */
    private void begin(Offloaded what) throws KernelException {
        ShieldRule.Kind kind = kind(what).orElse(null);
        if (kind != null && !freeSlots.isEmpty()) {
            int slot = freeSlots.iterator().next();
            freeSlots.remove(slot);
            dropped.add(new Dropped(what, kind, slot, shield.dropped(slot)));
        }
    }

    private void count(Dropped one) throws KernelException {
        Tally now = shield.dropped(one.slot);
        one.what.count(now.packets() - one.last.packets(), now.bytes() - one.last.bytes());
        one.last = now;
    }

    private void exchangeBans(BanTable table) throws KernelException {
        Set<IpPrefix> next = new HashSet<>(table.list());
        for (IpPrefix prefix : List.copyOf(banned)) {
            if (!next.contains(prefix)) {
                shield.unban(prefix);
                banned.remove(prefix);
            }
        }
        for (IpPrefix prefix : next) {
            // Those that find no room are dropped by the worker.
            if (!banned.contains(prefix) && shield.ban(prefix)) {
                banned.add(prefix);
            }
        }
        shield.settle();
        bannedTally = shield.banned();
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
