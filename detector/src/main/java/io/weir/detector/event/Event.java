package io.weir.detector.event;

import io.weir.detector.flood.FloodReport;
import io.weir.detector.scan.SuspectReport;
import io.weir.filter.address.IpPrefix;
import java.util.List;

/** Something that happened. */
public sealed interface Event {
    /** Packet time of the tick that decided, in nanoseconds since the epoch. */
    long timeNanos();

    /** A flood started, changed or ended. */
    record FloodChanged(FloodReport report) implements Event {
        @Override
        public long timeNanos() {
            return report.timeNanos();
        }
    }

    /** A scan or brute force was noticed, or is over. */
    record SuspectNoticed(SuspectReport report) implements Event {
        @Override
        public long timeNanos() {
            return report.timeNanos();
        }
    }

    /**
     * A table was full, so that something had to give way; at most once in ten seconds for each table.
     *
     * @param table its name
     * @param capacity entries it has
     * @param evicted entries that gave way since the start
     */
    record TableFull(long timeNanos, String table, long capacity, long evicted) implements Event {}

    /**
     * Packets came that weren't seen: the kernel had no room for them. At most once in ten seconds.
     *
     * @param packets lost since the last such event
     */
    record CaptureLoss(long timeNanos, long packets) implements Event {}

    /**
     * Connections alone exceeded the {@code total} of an address or a prefix, so that some of their packets were dropped; at most once
     * in ten seconds.
     *
     * @param packets of connections, dropped since the last such event
     */
    record TotalExceeded(long timeNanos, String target, boolean isPrefix, long packets) implements Event {}

    /**
     * A ban began or is over.
     *
     * @param untilNanos when it ends, {@link Long#MAX_VALUE} for never
     * @param reason why, in the words of whoever asked for it
     */
    record Banned(long timeNanos, BanState state, IpPrefix prefix, long untilNanos, String reason) implements Event {}

    /** What became of a ban. */
    enum BanState {
        ADDED,
        LIFTED,
        EXPIRED
    }

    /**
     * The configuration was read again.
     *
     * @param problems why it was refused, or what was said of it
     */
    record Reloaded(long timeNanos, ReloadResult result, List<String> problems) implements Event {
        public Reloaded {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Somebody changed something, or tried to.
     *
     * @param who a name for people
     * @param action such as {@code ban}
     * @param detail what was asked for, one line, may be empty
     * @param isDone whether it wasn't refused
     */
    record Audited(long timeNanos, String who, String action, String detail, boolean isDone) implements Event {}

    /** What became of a configuration. */
    enum ReloadResult {
        APPLIED,
        REFUSED,
        CONFIRMED,
        ROLLED_BACK
    }
}
