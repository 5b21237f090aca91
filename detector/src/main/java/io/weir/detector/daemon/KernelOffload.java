package io.weir.detector.daemon;

import io.weir.capture.linux.Capability;
import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.QueueRules;
import io.weir.capture.linux.ShieldRule;
import io.weir.capture.linux.XdpShield;
import io.weir.capture.linux.XdpShield.Tally;
import io.weir.detector.scrub.BanTable;
import io.weir.detector.scrub.Offload;
import io.weir.detector.scrub.OffloadedSignature;
import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the kernel's program in step with what is condemned: a thread of its own, as an exchange takes milliseconds and
 * needs privileges that the thread that judges gives up. Whatever fails takes the program out: then all is judged here.
 */
public final class KernelOffload implements Offload, AutoCloseable {
    private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long ENDING_MILLIS = 5_000;

    private final XdpShield shield;
    private final Consumer<String> problems;
    private final Thread thread;
    private final List<Dropped> dropped = new ArrayList<>();
    private final Set<Integer> freeSlots = new TreeSet<>();
    private final Set<IpPrefix> banned = new HashSet<>();

    private volatile List<OffloadedSignature> wanted = List.of();
    private volatile BanTable bans = BanTable.NONE;
    private volatile boolean isObserving;
    private volatile List<QueueRules.Management> management;
    private volatile Tally bannedTally = new Tally(0, 0);
    private volatile boolean isClosing;

    private List<OffloadedSignature> applied = List.of();
    private BanTable appliedBans = BanTable.NONE;
    private List<QueueRules.Management> appliedManagement;

    /** What a slot counts, and where its counter stood when that was last asked. */
    private static final class Dropped {
        private final OffloadedSignature signature;
        private final ShieldRule rule;
        private Tally last;

        Dropped(OffloadedSignature signature, ShieldRule rule, Tally last) {
            this.signature = signature;
            this.rule = rule;
            this.last = last;
        }
    }

    private KernelOffload(XdpShield shield, List<QueueRules.Management> management, Consumer<String> problems) {
        this.shield = shield;
        this.management = management;
        this.appliedManagement = management;
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
        List<IpPrefix> protect =
                settings.protect().stream().map(entry -> entry.prefix()).toList();
        List<QueueRules.Management> management = settings.management();
        KernelOffload made = new KernelOffload(
                XdpShield.attach(settings.run().interfaces(), protect, management), management, problems);
        made.thread.start();
        return made;
    }

    private static Optional<ShieldRule.Kind> kind(OffloadedSignature signature) {
        return switch (signature.trafficClass()) {
            case SYN -> Optional.of(ShieldRule.Kind.SYN);
            case ACK -> Optional.of(ShieldRule.Kind.SEGMENT);
            case UDP -> Optional.of(ShieldRule.Kind.DATAGRAM);
            case ICMP -> Optional.of(ShieldRule.Kind.MESSAGE);
            case DNS, HTTP, TLS, OTHER -> Optional.empty();
        };
    }

    @Override
    public boolean isPossible(OffloadedSignature signature) {
        return kind(signature)
                .filter(kind -> ShieldRule.isPossible(kind, signature.signature()))
                .isPresent();
    }

    @Override
    public void drop(List<OffloadedSignature> signatures) {
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

    /** Lets other accesses pass before everything. Any thread. */
    public void manage(List<QueueRules.Management> access) {
        management = access;
        LockSupport.unpark(thread);
    }

    @Override
    public long bannedPackets() {
        return bannedTally.packets();
    }

    @Override
    public long bannedBytes() {
        return bannedTally.bytes();
    }

    private void run() {
        try (shield) {
            Capability.keepOnly(Set.of(Capability.CAP_BPF, Capability.CAP_NET_ADMIN));
            while (!isClosing) {
                step();
                LockSupport.parkNanos(dropped.isEmpty() && banned.isEmpty() ? IDLE_NANOS : COUNT_NANOS);
            }
        } catch (KernelException broken) {
            problems.accept("the kernel drops nothing for weir any more, weir drops it itself: " + broken.getMessage());
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void step() throws KernelException {
        List<QueueRules.Management> access = management;
        if (access != appliedManagement) {
            shield.manage(access);
            appliedManagement = access;
        }
        List<OffloadedSignature> signatures = isObserving ? List.of() : wanted;
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
    }

    private void exchange(List<OffloadedSignature> signatures) throws KernelException {
        List<Dropped> ended = new ArrayList<>();
        for (Dropped one : List.copyOf(dropped)) {
            if (!signatures.contains(one.signature)) {
                dropped.remove(one);
                ended.add(one);
            }
        }
        for (OffloadedSignature signature : signatures) {
            if (dropped.stream().noneMatch(one -> one.signature == signature)) {
                Dropped begun = begin(signature);
                if (begun != null) {
                    dropped.add(begun);
                }
            }
        }
        shield.rule(dropped.stream().map(one -> one.rule).toList());
        for (Dropped one : ended) {
            count(one);
            freeSlots.add(one.rule.slot());
        }
    }

    /** Null where there is no slot: what was asked for before goes on. */
    private @Nullable Dropped begin(OffloadedSignature signature) throws KernelException {
        ShieldRule.Kind kind = kind(signature).orElse(null);
        if (kind == null || freeSlots.isEmpty()) {
            return null;
        }
        int slot = freeSlots.iterator().next();
        freeSlots.remove(slot);
        ShieldRule rule = new ShieldRule(slot, signature.destination(), kind, signature.signature());
        return new Dropped(signature, rule, shield.dropped(slot));
    }

    private void count(Dropped one) throws KernelException {
        Tally now = shield.dropped(one.rule.slot());
        one.signature.count(now.packets() - one.last.packets(), now.bytes() - one.last.bytes());
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
        if (banned.isEmpty()) {
            bannedTally = shield.banned();
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
