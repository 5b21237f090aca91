package io.weir.detector.daemon;

import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.QueueRules;
import io.weir.capture.linux.Shield;
import io.weir.capture.linux.ShieldLimit;
import io.weir.capture.linux.ShieldRule;
import io.weir.capture.linux.XdpShield;
import io.weir.capture.linux.XdpShield.Tally;
import io.weir.detector.scrub.Offloaded;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The signatures and limits that the kernel drops by, each with a slot that counts it. One thread. */
final class OffloadSlots {
    private static final int DNS = 53;

    private final Shield shield;
    private final boolean isAlone;
    private final List<Dropped> dropped = new ArrayList<>();
    /** Not dropped any more, but not counted to the end. */
    private final List<Dropped> ended = new ArrayList<>();

    private final Set<Integer> free = new TreeSet<>();

    /** @param isAlone whether nobody behind the kernel drops what it doesn't */
    OffloadSlots(Shield shield, boolean isAlone) {
        this.shield = shield;
        this.isAlone = isAlone;
        for (int slot = 1; slot <= XdpShield.slots(); slot++) {
            free.add(slot);
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

    /** Which packets it means; empty where the kernel can't tell them. */
    static Optional<ShieldRule.Kind> kind(Offloaded what) {
        return switch (what.trafficClass()) {
            case SYN -> Optional.of(ShieldRule.Kind.SYN);
            case ACK -> Optional.of(ShieldRule.Kind.SEGMENT);
            case UDP -> Optional.of(ShieldRule.Kind.DATAGRAM);
            case ICMP -> Optional.of(ShieldRule.Kind.MESSAGE);
            case DNS ->
                Optional.of(
                        what.signature().filter(OffloadSlots::isOfAnswers).isPresent()
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

    boolean isEmpty() {
        return dropped.isEmpty();
    }

    /**
     * Drops by these from now on, and by nothing else.
     *
     * @param problems hears of those that the kernel doesn't take
     * @throws KernelException if it takes nothing at all; another call with the same goes on where this one ended
     */
    void exchange(List<Offloaded> next, Consumer<String> problems) throws KernelException {
        for (Dropped one : List.copyOf(dropped)) {
            if (!next.contains(one.what)) {
                dropped.remove(one);
                ended.add(one);
            }
        }
        for (Offloaded what : next) {
            if (dropped.stream().noneMatch(one -> one.what == what)) {
                begin(what);
            }
        }
        put(() -> {}, problems);
    }

    /**
     * Exchanges what passes before everything; drops by less where the kernel doesn't take both.
     *
     * @param problems hears of those that are left out
     * @throws KernelException if it doesn't take it at all
     */
    void manage(List<QueueRules.Management> access, Consumer<String> problems) throws KernelException {
        put(() -> shield.manage(access), problems);
    }

    /** Something that the kernel is asked for. */
    @FunctionalInterface
    private interface Attempt {
        void run() throws KernelException;
    }

    /** The kernel takes nothing of what is too much for its verifier: then the last signatures are left out, and after these limits. */
    private void put(Attempt further, Consumer<String> problems) throws KernelException {
        boolean isTaken = false;
        while (!isTaken) {
            try {
                shield.rule(
                        dropped.stream().flatMap(one -> one.rule().stream()).toList(),
                        dropped.stream().flatMap(one -> one.limit().stream()).toList());
                further.run();
                isTaken = true;
            } catch (KernelException refused) {
                leaveOut(refused, problems);
            }
        }
        while (!ended.isEmpty()) {
            count(ended.getLast());
            free.add(ended.removeLast().slot);
        }
    }

    private void leaveOut(KernelException refused, Consumer<String> problems) throws KernelException {
        if (dropped.isEmpty() || refused.isLost()) {
            throw refused;
        }
        List<Dropped> signatures =
                dropped.stream().filter(one -> one.rule().isPresent()).toList();
        Dropped last = signatures.isEmpty() ? dropped.getLast() : signatures.getLast();
        problems.accept(last.what
                .signature()
                .map(signature -> "the kernel doesn't take " + signatures.size() + " signatures at once"
                        + (isAlone
                                ? ", what has the last passes up to the threshold: "
                                : ", weir drops itself by the last: ")
                        + signature)
                .orElseGet(() -> "the kernel doesn't take " + dropped.size() + " limits at once"
                        + (isAlone ? ", what is beyond the last passes: " : ", weir keeps the last itself: ")
                        + last.what.packetsPerSecond() + " packets/s of " + last.what.trafficClass() + " to "
                        + last.what.destination()));
        dropped.remove(last);
        ended.add(last);
    }

    /** Where there is no slot, what was asked for before goes on. */
    private void begin(Offloaded what) throws KernelException {
        ShieldRule.Kind kind = kind(what).orElse(null);
        if (kind != null && !free.isEmpty()) {
            int slot = free.iterator().next();
            Tally last = shield.dropped(slot);
            free.remove(slot);
            dropped.add(new Dropped(what, kind, slot, last));
        }
    }

    /** Tells each what the kernel dropped of it since the last time. */
    void count() throws KernelException {
        for (Dropped one : dropped) {
            count(one);
        }
    }

    private void count(Dropped one) throws KernelException {
        Tally now = shield.dropped(one.slot);
        one.what.count(now.packets() - one.last.packets(), now.bytes() - one.last.bytes());
        one.last = now;
    }
}
