package io.weir.filter.verdict;

/**
 * A verdict packed into an int, so that a column of them allocates nothing.
 *
 * <pre>
 *   31                               9 8             1 0
 *  +----------------------------------+---------------+-+
 *  |   id of what decided, 0: none    |    reason     |D|   D: drop
 *  +----------------------------------+---------------+-+
 * </pre>
 */
public final class Verdict {
    /** The largest id that a verdict can carry. */
    public static final int MAXIMUM_ID = (1 << 23) - 1;

    private static final int DROP_BIT = 1;
    private static final int REASON_SHIFT = 1;
    private static final int REASON_MASK = 0xff;
    private static final int ID_SHIFT = 9;

    private static final int RULE = Reason.RULE.ordinal();
    private static final int NO_RULE = Reason.NO_RULE.ordinal();

    private Verdict() {}

    /** The verdict of a reason that names nothing further. */
    public static int of(Reason reason) {
        return of(reason, 0);
    }

    /**
     * The verdict of a reason; whether it drops follows from the reason.
     *
     * @param id of the rule, flood or signature that decided, 0 to {@link #MAXIMUM_ID}
     */
    public static int of(Reason reason, int id) {
        return id << ID_SHIFT | reason.ordinal() << REASON_SHIFT | (reason.isDrop() ? DROP_BIT : 0);
    }

    /** The same verdict, but the packet passes: what observing without interfering makes of a drop. */
    public static int spared(int verdict) {
        return verdict & ~DROP_BIT;
    }

    public static boolean isDrop(int verdict) {
        return (verdict & DROP_BIT) != 0;
    }

    /** Whether rules dropped it: no handshake opens what they refuse. */
    public static boolean isByRule(int verdict) {
        int reason = reasonOrdinal(verdict);
        return reason == RULE || reason == NO_RULE;
    }

    public static Reason reason(int verdict) {
        return Reason.of(verdict >>> REASON_SHIFT & REASON_MASK);
    }

    public static int reasonOrdinal(int verdict) {
        return verdict >>> REASON_SHIFT & REASON_MASK;
    }

    public static int id(int verdict) {
        return verdict >>> ID_SHIFT;
    }
}
