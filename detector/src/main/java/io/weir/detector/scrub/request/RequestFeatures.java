package io.weir.detector.scrub.request;

import io.weir.filter.flow.FlowHash;
import java.util.Arrays;

/** The counts of features in the scope that a request is compared within, and how each compares with peace. */
final class RequestFeatures {
    /** In peace at most {@link #RARE_SHARE} had it, and not too many have it now. */
    static final int RARE_CALM = 0;

    static final int RARE_HOT = 1;
    static final int USUAL_CALM = 2;
    static final int USUAL_HOT = 3;

    /** What is usual may double before it is hot, and deviate by six times what chance does (Poisson). */
    static final double USUAL_FACTOR = 2;

    static final double THRESHOLD_PART = 0.05;
    /** Rates of senders are of eight seconds: longer than a page takes to load. */
    static final int SENDER_SLOWNESS = 3;
    /** Pages of one sender in that time that are always light. */
    private static final double LIGHT_PAGES = 2;
    /** What a stranger may send in that time whatever it looks like: the beginning of a page. */
    private static final double FEW_PAGES = 0.4;

    /** Features that are remembered: 4 MB. */
    private static final int FEATURES = 1 << 16;
    /** Share of peace that may be lost: the goal of all scrubbing. */
    private static final double RARE_SHARE = 0.001;

    private static final double USUAL_DEVIATIONS = 6;
    private static final double FEW_REQUESTS = 8;
    /** With fewer requests in peace nothing is known of it. */
    private static final double FEWEST_KNOWN = 20;

    /** Fewer than these may lack by chance what is a third of all. */
    private static final double FEWEST_TOLD = 6;

    private static final double UNKNOWN_PART = 0.3;
    /** Of what the defence lets through: chance makes invented sources come again, too. */
    private static final double RETURNING_PART = 0.75;
    /** A second: so long a count takes to be that of a rate. */
    private static final int SETTLING_EPOCHS = 8;
    /** Half a second: one page of most. */
    private static final int YOUNG_EPOCHS = 4;

    /** Ticks without a request after which an alarm is over. */
    private static final int CALM_TICKS = 10 * FeatureTable.SECOND_TICKS;

    private static final long TOTAL = 0;
    private static final long CALM_TOTAL = 25;
    /**
     * What was rare and hot stays so for ten minutes: most of it is dropped before it is counted, and pulses come again.
     */
    private static final int HOT_TICKS = 600 * 954;
    /** An onset is told by windows of a sixteenth of a second. */
    private static final long ONSET_MARGIN_NANOS = 100_000_000;

    private final FlowHash hash;
    private final FeatureTable table = new FeatureTable(FEATURES);
    private final RequestScopes scopes;
    /**
     * So many of each defence: see {@link #admits}, {@link #admitsRare}, {@link #admitsReturning}, {@link #admitsCalm}, {@link #admitsNew}.
     */
    private static final int CONTESTS = 5;

    private static final int CONTESTED = 0;
    private static final int RARE = 1;
    private static final int RETURNING = 2;
    private static final int CALM = 3;
    private static final int NEW = 4;

    private final SenderWeights weights;
    /** Of each defence, when something was last judged. */
    private final int[] judgedTicks;
    /** Of each scope, how often in peace came the objects that are rare one by one and hot. */
    private final float[] rareHot;
    /** Of each scope, when such an object was last asked for: they are marked for long after an alarm. */
    private final int[] hotTicks;

    // What the present request is compared within.
    private int scope;
    private long salt;
    private int tick;
    private int epoch;
    /** A page with everything on it: what a single visitor asks for in a second. */
    private double page;

    private int count;
    private double threshold;
    /** Number of what is defended: the scope or a part of it. */
    private int defence;

    private double admitted;
    private boolean isPeace;
    private boolean isRepeated;
    private boolean isNewlyHot;
    private double peaceTotal;
    private double nowTotal;

    RequestFeatures(FlowHash hash, int scopes) {
        this.hash = hash;
        this.scopes = new RequestScopes(scopes);
        this.weights = new SenderWeights(CONTESTS * scopes);
        this.judgedTicks = new int[scopes];
        this.rareHot = new float[scopes];
        this.hotTicks = new int[scopes];
        Arrays.fill(judgedTicks, -CALM_TICKS);
        Arrays.fill(hotTicks, -HOT_TICKS);
    }

    void clear() {
        table.clear();
        scopes.clear();
        weights.clear();
        Arrays.fill(judgedTicks, -CALM_TICKS);
        Arrays.fill(hotTicks, -HOT_TICKS);
    }

    long sizeBytes() {
        return table.sizeBytes() + scopes.sizeBytes() + weights.sizeBytes() + 12L * rareHot.length;
    }

    void enter(int ofScope, long identity, double requestsOfPage, long sinceStartNanos) {
        scope = ofScope;
        page = requestsOfPage;
        salt = identity;
        tick = (int) (sinceStartNanos >> FeatureTable.TICK_SHIFT);
        epoch = (int) (sinceStartNanos / FeatureTable.EPOCH_NANOS);
        scopes.enter(scope, identity, epoch);
    }

    /** Before {@link #note}: a packet with so many requests that no alarm is on for. */
    void beginLearning(int requests) {
        count = requests;
        isPeace = !scopes.isBesieged(scope, epoch);
        if (isPeace) {
            scopes.learn(scope, epoch);
        }
        note(key(TOTAL, 0), 0);
    }

    /** Counts a feature so that it teaches; says whether it had been seen in peace. */
    boolean note(long key, int slowness) {
        int at = table.place(key, tick);
        boolean isSeen = table.isSeen(at);
        table.hit(at, count, tick, slowness);
        if (isPeace) {
            table.learn(at, count, epoch, scopes.learned(scope));
        }
        return isSeen;
    }

    /**
     * Before anything else: a packet with so many requests under an alarm.
     *
     * @param perSecond what its defence lets through to an address
     * @param ofDefence number of what the defence is for, which may be a part of the scope
     * @param ofDefencePerSecond what it lets through to all of that
     */
    void beginJudging(
            int requests, long onsetSinceStartNanos, double perSecond, int ofDefence, double ofDefencePerSecond) {
        count = requests;
        threshold = perSecond;
        defence = ofDefence;
        admitted = ofDefencePerSecond;
        long onset = Math.max(0, onsetSinceStartNanos - ONSET_MARGIN_NANOS);
        boolean isFirst = scopes.besiege(scope, epoch, (int) (onset / FeatureTable.EPOCH_NANOS));
        if (isFirst && tick - hotTicks[scope] >= HOT_TICKS) {
            rareHot[scope] = 0;
        }
        if (tick - judgedTicks[defence] >= CALM_TICKS) {
            weights.begin(CONTESTS * defence + CONTESTED, tick, light());
        }
        judgedTicks[defence] = tick;
        int at = settled(key(TOTAL, 0));
        peaceTotal = table.peace(at);
        nowTotal = table.hit(at, count, tick, 0);
    }

    /** Before {@link #hit}: a packet with so many requests that is the flood's for sure. */
    void beginCondemned(int requests) {
        count = requests;
    }

    /** Counts a feature and compares it with peace. One with a small part of the threshold explains no flood. */
    int state(long key) {
        return state(key, Math.max(page, THRESHOLD_PART * threshold));
    }

    /** Likewise of what is asked for. */
    int stateOfObject(long key) {
        int state = state(key);
        if (state == RARE_HOT) {
            hotTicks[scope] = tick;
        }
        if (isNewlyHot) {
            rareHot[scope] += (float) table.peace(table.find(key));
        }
        return state;
    }

    /** Whether the objects that are rare one by one and hot were, all together, no rare ones in peace. */
    boolean isMuchHot() {
        return rareHot[scope] > RARE_SHARE * peaceTotal;
    }

    /** Of a feature that has been noted in peace before: whether it is rare there by now. */
    boolean isRareSoFar(long key) {
        int at = table.find(key);
        int total = table.find(key(TOTAL, 0));
        return at >= 0
                && total >= 0
                && table.peace(total) >= FEWEST_KNOWN
                && table.peace(at) <= RARE_SHARE * table.peace(total);
    }

    /** Likewise of two features together that are hot one by one: a smaller number tells. */
    int stateOfHot(long key) {
        return state(key, FEW_REQUESTS);
    }

    private int state(long key, double allowance) {
        int at = settled(key);
        isRepeated = table.isCounted(at);
        isNewlyHot = false;
        double now = table.hit(at, count, tick, 0);
        double peace = table.peace(at);
        double line = line(peace / scopes.peaceSeconds(scope), allowance);
        if (!isPeaceKnown()) {
            // Nothing is known of peace: then only what makes a large part of all is the flood's.
            line = Math.max(line, UNKNOWN_PART * nowTotal);
        }
        boolean isHot = now > line;
        boolean isRare = peace <= RARE_SHARE * peaceTotal;
        if (!isRare || isHot && isNothingKnown()) {
            return isHot ? USUAL_HOT : USUAL_CALM;
        }
        if (isHot) {
            isNewlyHot = !table.isMarked(at, tick);
            table.mark(at, tick + HOT_TICKS);
        }
        return table.isMarked(at, tick) ? RARE_HOT : RARE_CALM;
    }

    private static double line(double perSecond, double allowance) {
        return USUAL_FACTOR * perSecond + USUAL_DEVIATIONS * Math.sqrt(perSecond) + allowance;
    }

    /**
     * Counts a part of what is hot: whether it is hot by itself, now and without a memory of it.
     *
     * @param inPeacePerSecond how much of it came in peace, or at most
     * @param most so much is never hot
     */
    boolean isBeyond(long key, double inPeacePerSecond, double most) {
        return hit(key, 0) > beyond(inPeacePerSecond, most);
    }

    /** From where on a part is hot. */
    double beyond(double inPeacePerSecond, double most) {
        return Math.max(most, line(inPeacePerSecond, Math.max(page, THRESHOLD_PART * threshold)));
    }

    /** Requests of one sender in eight seconds that are as many as pages ask for. */
    double ofPages(double pages) {
        return pages * page;
    }

    /** Those that are always light. */
    double light() {
        return ofPages(LIGHT_PAGES);
    }

    /** What a sender that has hardly begun has sent. */
    private double few() {
        return ofPages(FEW_PAGES);
    }

    /** After {@link #state}: whether the feature had come before. */
    boolean isRepeated() {
        return isRepeated;
    }

    static boolean isHot(int state) {
        return state == RARE_HOT || state == USUAL_HOT;
    }

    /**
     * Whether a sender sends no more than it did in peace.
     *
     * @param allowance requests of eight seconds that are always usual
     */
    boolean isUsualRate(long key, double allowance) {
        return beyondUsual(key, allowance) <= 0;
    }

    /** How many more requests of eight seconds a sender sends than are usual; negative where it sends fewer. */
    double beyondUsual(long key, double allowance) {
        double inPeace = peacePerSecond(key) * (1 << SENDER_SLOWNESS);
        return now(key, SENDER_SLOWNESS) - USUAL_FACTOR * inPeace - USUAL_DEVIATIONS * Math.sqrt(inPeace) - allowance;
    }

    /** How often a feature came in peace, a second. */
    double peacePerSecond(long key) {
        int at = table.find(key);
        if (at < 0) {
            return 0;
        }
        table.settle(at, scopes.forgottenFrom(scope), scopes.learned(scope));
        return table.peace(at) / scopes.peaceSeconds(scope);
    }

    /** How many requests of all kinds came in peace, a second. */
    double peacePerSecond() {
        return peaceTotal / scopes.peaceSeconds(scope);
    }

    /** Whether all requests together are no more than the defence lets through. */
    boolean isWithinAdmitted() {
        return nowTotal <= admitted;
    }

    /** What the defence lets through, a second. */
    double admitted() {
        return admitted;
    }

    /** As many requests of all kinds a second as aren't too many, whatever they are: no more than the defence lets through. */
    double usualPerSecond() {
        return Math.min(admitted, USUAL_FACTOR * peacePerSecond() + THRESHOLD_PART * admitted);
    }

    /** Whether enough was seen in peace that who wasn't is new. */
    boolean isPeaceKnown() {
        return peaceTotal >= FEWEST_KNOWN;
    }

    /**
     * Whether so few handshakes came in peace that what didn't may have been most of them. Of requests and questions what is
     * asked for tells the rest.
     */
    boolean isNothingKnown() {
        return isOfHandshakes() && peaceTotal < FEWEST_TOLD;
    }

    /** Whether what is counted are TLS handshakes. */
    boolean isOfHandshakes() {
        return page == RequestJudge.HANDSHAKES_OF_PAGE;
    }

    /** How much of the time that rates of senders are of the alarm has lasted, 0 to 1. */
    double settledPart() {
        return Math.min(1, scopes.besieged(scope, epoch) / (double) (SETTLING_EPOCHS << SENDER_SLOWNESS));
    }

    /** Whether hardly anything is known of peace, and more comes than the defence lets through: then nothing is calm. */
    boolean isUnknownFlood() {
        return !isPeaceKnown() && !isWithinAdmitted();
    }

    /** Whether peace was seen for so long that what comes for the first time is news. */
    boolean isNews() {
        return scopes.learned(scope) >= FeatureTable.RING;
    }

    /** Whether the alarm is so young that senders have hardly begun. */
    boolean isYoung() {
        return scopes.besieged(scope, epoch) < YOUNG_EPOCHS;
    }

    /** Whether the alarm has lasted for so long that what the flood consists of is hot. */
    boolean isSettled() {
        return scopes.besieged(scope, epoch) >= SETTLING_EPOCHS;
    }

    boolean isKnown(long key) {
        return peacePerSecond(key) > 0;
    }

    /** Whether a feature was seen in peace, which may still have lasted a moment ago. */
    boolean isSeen(long key) {
        int at = table.find(key);
        return at >= 0 && table.isSeen(at);
    }

    private int settled(long key) {
        int at = table.place(key, tick);
        table.settle(at, scopes.forgottenFrom(scope), scopes.learned(scope));
        return at;
    }

    /** Counts a feature under an alarm, and gives its decayed count. */
    double hit(long key, int slowness) {
        return table.hit(table.place(key, tick), count, tick, slowness);
    }

    /**
     * Counts a sender under an alarm. One that came just before the flood isn't known from peace, because the flood may have
     * begun unseen; but in its first second, when hardly anybody has sent much, it is told from those who came with it.
     */
    void hitSender(long key) {
        int at = table.place(key, tick);
        if (!isSettled() && table.isFreshBy(at, scopes.onset(scope))) {
            table.mark(at, tick + FeatureTable.SECOND_TICKS);
        }
        table.hit(at, count, tick, SENDER_SLOWNESS);
    }

    /** Whether a sender came before the flood, and the alarm is young. */
    boolean wasThere(long key) {
        int at = isSettled() ? -1 : table.find(key);
        return at >= 0 && table.isMarked(at, tick);
    }

    double now(long key, int slowness) {
        int at = table.find(key);
        return at < 0 ? 0 : table.now(at, tick, slowness);
    }

    /**
     * Whether a contested request of a sender passes: the heaviest senders lose first, until what passes is no more than
     * a rate; senders that have hardly begun may use up what the defence lets through.
     */
    boolean admits(double weight, double perSecond) {
        return weights.admits(CONTESTS * defence + CONTESTED, count, weight, tick, perSecond, admitted, few());
    }

    /** Notes that a contested request passed that {@link #admits} had refused. */
    void chargeContested() {
        weights.charge(CONTESTS * defence + CONTESTED, count);
    }

    /** Likewise of names that hardly anybody asked for, by how many of them a source asks for. */
    boolean admitsRare(double weight, double perSecond) {
        return weights.admits(CONTESTS * defence + RARE, count, weight, tick, perSecond, perSecond, light());
    }

    /** Likewise where that is usual: senders that have hardly begun, at first all, may use up what contested requests leave. */
    boolean admitsNew(double weight, double perSecond) {
        double left = left();
        return weights.admits(
                CONTESTS * defence + NEW,
                count,
                weight,
                tick,
                isYoung() ? left : Math.min(left, perSecond),
                left,
                few());
    }

    /** What the defence lets through a second beside contested requests. */
    private double left() {
        return Math.max(admitted / 2, admitted - weights.passing(CONTESTS * defence + CONTESTED, tick));
    }

    /** Likewise of sources that come again, by how easily chance explains it; what passes others don't get. */
    boolean admitsReturning(double rank) {
        double perSecond = RETURNING_PART * admitted;
        boolean isAdmitted = weights.admits(CONTESTS * defence + RETURNING, count, rank, tick, perSecond, perSecond, 1);
        if (isAdmitted) {
            chargeContested();
        }
        return isAdmitted;
    }

    /**
     * Likewise of requests that nothing but their number speaks against: with contested ones no more than may pass. Pages are
     * loaded at once, so that it is too many only where it is over a second.
     */
    boolean admitsCalm(double weight) {
        double perSecond = Math.max(admitted / 2, left() - weights.passing(CONTESTS * defence + NEW, tick));
        if (hit(key(CALM_TOTAL, defence), 0) <= perSecond) {
            return true;
        }
        int contest = CONTESTS * defence + CALM;
        if (!weights.isOn(contest)) {
            // Where its place was taken the target's own limit decides of the light.
            weights.begin(contest, tick, light());
        }
        return weights.admits(contest, count, weight, tick, perSecond, admitted, few());
    }

    int tick() {
        return tick;
    }

    /** From which weight on not all contested requests pass now. */
    double heaviest() {
        return weights.heaviest(CONTESTS * defence + CONTESTED);
    }

    /** The key of a feature of some kind in this scope. Kinds are from 1. */
    long key(long kind, long value) {
        return hash.address(value, salt + kind);
    }
}
