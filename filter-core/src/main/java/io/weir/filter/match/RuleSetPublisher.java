package io.weir.filter.match;

import io.weir.filter.rule.Rule;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Rules that change while packets flow. Workers take a {@link RuleSnapshot} a batch, by one acquire, and never wait.
 * Whoever changes rules is served one at a time: a deletion clears a bit in the tables that are in use, an insertion goes
 * to a small overlay that a thread of its own merges into new tables, replacing all compiles first and then exchanges.
 *
 * <p>Memory order: a snapshot is immutable but for {@link LiveBoxes} and published by a release store, so whoever acquires
 * it sees it whole. A rule deleted is one bit for each of its boxes, so a packet is judged with the rule or without it.
 */
public final class RuleSetPublisher implements AutoCloseable {
    private static final VarHandle CURRENT;
    /** Between two merges, unless the overlay is half full: merging takes a core, and what it writes the caches. */
    private static final long MERGE_PAUSE_MILLIS = 100;

    private static final int URGENT_RULES = Overlay.MOST_RULES / 2;

    static {
        try {
            CURRENT = MethodHandles.lookup().findVarHandle(RuleSetPublisher.class, "current", RuleSnapshot.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private RuleSnapshot current;

    private volatile int version;

    /** All rules in the order in which they decide. Guarded by this. */
    private List<RuleEntry> entries;

    /** Counts compilations that replaced {@link #entries} as a whole. Guarded by this. */
    private int generation;

    private boolean isClosed;
    /** Whether an insertion finds no room: then no merge is put off. */
    private boolean isInsertWaiting;

    /** Ends a pause between two merges. */
    private final Semaphore urgent = new Semaphore(0);

    private final Thread merger;

    /** @param rules in the order in which they decide */
    public RuleSetPublisher(List<Rule> rules) {
        entries = compiledEntries(rules);
        current = compile(rules);
        merger = Thread.ofPlatform().daemon().name("weir-rules").unstarted(this::mergeForever);
        merger.start();
    }

    /** What to judge the next batch with. Never waits. */
    public RuleSnapshot current() {
        return (RuleSnapshot) CURRENT.getAcquire(this);
    }

    /** Changes with every change that {@link #current} shows, no earlier. */
    public int version() {
        return version;
    }

    /** How many rules there are now. */
    public synchronized int size() {
        return entries.size();
    }

    /**
     * Exchanges all rules; returns when the next batch sees the new ones. Rules equal to some that are there, read again,
     * say, go on as those: what was counted of them stays theirs.
     */
    public void replaceAll(List<Rule> read) {
        List<Rule> rules = known(read);
        RuleSnapshot compiled = compile(rules);
        List<RuleEntry> fresh = compiledEntries(rules);
        synchronized (this) {
            entries = fresh;
            generation++;
            CURRENT.setRelease(this, compiled);
            noteChange();
            notifyAll();
        }
    }

    /** With each rule that equals one that is there exchanged for that one, each of those once. */
    private List<Rule> known(List<Rule> read) {
        Map<Rule, ArrayDeque<Rule>> known = new HashMap<>();
        synchronized (this) {
            entries.forEach(entry -> known.computeIfAbsent(entry.rule, rule -> new ArrayDeque<>())
                    .add(entry.rule));
        }
        ArrayDeque<Rule> none = new ArrayDeque<>();
        List<Rule> rules = new ArrayList<>(read.size());
        for (Rule rule : read) {
            Rule same = known.getOrDefault(rule, none).poll();
            rules.add(same == null ? rule : same);
        }
        return rules;
    }

    /**
     * Inserts a rule before the one at {@code index}; returns when the next batch sees it. Waits for the tables only where
     * {@value Overlay#MOST_RULES} rules, or 40 at one place, were inserted faster than they could be merged.
     *
     * @throws IndexOutOfBoundsException for an index that is neither a rule's nor their number
     * @throws InterruptedException while waiting
     */
    public synchronized void insert(int index, Rule rule) throws InterruptedException {
        while (current().overlay.size >= Overlay.MOST_RULES || gapBefore(index) < 2) {
            isInsertWaiting = true;
            urgent.release();
            notifyAll();
            wait();
        }
        isInsertWaiting = false;
        long below = index == 0 ? 0 : entries.get(index - 1).key;
        RuleEntry entry = new RuleEntry(rule, below + gapBefore(index) / 2, RuleEntry.NOT_COMPILED);
        entries.add(index, entry);
        publish(current(), withInserted(current().overlay, entry));
        if (current().overlay.size >= URGENT_RULES) {
            urgent.release();
        }
        noteChange();
        notifyAll();
    }

    private synchronized void noteChange() {
        version++;
    }

    private long gapBefore(int index) {
        long below = index == 0 ? 0 : entries.get(index - 1).key;
        long above = index == entries.size() ? below + (2L << RuleEntry.GAP_BITS) : entries.get(index).key;
        return above - below;
    }

    /**
     * Deletes the rule at {@code index}; the next batch is judged without it.
     *
     * @throws IndexOutOfBoundsException for an index that is no rule's
     */
    public synchronized void delete(int index) {
        RuleEntry entry = entries.get(index);
        if (!entry.isCompiled()) {
            entries.remove(index);
            publish(current(), current().overlay.without(entry.slot));
        } else {
            // Seen at once; the list may take its time.
            current().delete(entry.place);
            entries.remove(index);
        }
        noteChange();
    }

    private static Overlay withInserted(Overlay overlay, RuleEntry entry) {
        entry.slot = overlay.size;
        return overlay.with(entry.rule, entry.key);
    }

    /** Publishes these tables with what isn't in them. */
    private void publish(RuleSnapshot tables, Overlay overlay) {
        CURRENT.setRelease(this, tables.with(overlay));
    }

    private static List<RuleEntry> compiledEntries(List<Rule> rules) {
        List<RuleEntry> entries = new ArrayList<>(rules.size());
        for (int i = 0; i < rules.size(); i++) {
            entries.add(new RuleEntry(rules.get(i), RuleEntry.key(i), i));
        }
        return entries;
    }

    private static RuleSnapshot compile(List<Rule> rules) {
        Classifier classifier = Classifier.ofRules(rules);
        return new RuleSnapshot(
                classifier,
                new LiveBoxes(classifier.family(4)),
                new LiveBoxes(classifier.family(6)),
                rules.toArray(new Rule[0]),
                Overlay.EMPTY);
    }

    private void mergeForever() {
        try {
            boolean isOpen = true;
            while (isOpen) {
                isOpen = merge();
                pause();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void pause() throws InterruptedException {
        urgent.drainPermits();
        boolean isUrgent;
        synchronized (this) {
            isUrgent = isClosed || isInsertWaiting || current().overlay.size >= URGENT_RULES;
        }
        if (!isUrgent) {
            boolean wasHurried = urgent.tryAcquire(MERGE_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            if (wasHurried) {
                urgent.drainPermits();
            }
        }
    }

    /** Waits for something to merge and merges it; false when closed. */
    private boolean merge() throws InterruptedException {
        List<RuleEntry> taken;
        int takenGeneration;
        synchronized (this) {
            while (!isClosed && current().overlay.isEmpty()) {
                wait();
            }
            if (isClosed) {
                return false;
            }
            taken = List.copyOf(entries);
            takenGeneration = generation;
        }
        RuleSnapshot compiled = compile(taken.stream().map(entry -> entry.rule).toList());
        synchronized (this) {
            if (generation == takenGeneration) {
                exchange(taken, compiled);
                notifyAll();
            }
        }
        return true;
    }

    /** Puts new tables in use: what changed while they were built is deleted there, or stays in the overlay. */
    private void exchange(List<RuleEntry> taken, RuleSnapshot compiled) {
        int place = 0;
        for (RuleEntry entry : taken) {
            entry.place = place++;
        }
        BitSet left = new BitSet(taken.size());
        Overlay overlay = Overlay.EMPTY;
        long key = 0;
        for (RuleEntry entry : entries) {
            boolean isNew = !entry.isCompiled();
            key = isNew ? key + (1L << RuleEntry.GAP_BITS - 10) : RuleEntry.key(entry.place);
            entry.key = key;
            if (isNew) {
                overlay = withInserted(overlay, entry);
            } else {
                left.set(entry.place);
            }
        }
        for (int gone = left.nextClearBit(0); gone < taken.size(); gone = left.nextClearBit(gone + 1)) {
            compiled.delete(gone);
        }
        publish(compiled, overlay);
    }

    /** Ends the merging; snapshots stay good. */
    @Override
    public synchronized void close() {
        isClosed = true;
        urgent.release();
        notifyAll();
    }
}
