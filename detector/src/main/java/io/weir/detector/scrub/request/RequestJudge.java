package io.weir.detector.scrub.request;

import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.RequestShape;

/**
 * Tells requests of a flood from those of users by what each was and what came in peace.
 *
 * <p>A feature of a request (the program that sent it, what it asks for, both together) is <em>rare</em> where at most a
 * thousandth of all requests in peace had it: as much as may be lost. It is <em>hot</em> where far more come now than in
 * peace. Values that are rare one by one count together, too: random names of a zone, made-up user agents.
 *
 * <p>A request is the flood's if a rare feature of it is hot; where usual features alone are hot, it passes if another
 * says that the flood is elsewhere. What remains is contested: sources known from peace keep their usual rate, and of
 * the others the heaviest lose until the rest is what came in peace.
 */
public final class RequestJudge {
    private static final long SOFTWARE = 1;
    private static final long STACK = 2;
    private static final long OBJECT = 3;
    private static final long BOTH = 4;
    static final long SOURCE = 5;
    private static final long SOURCE_SOFTWARE = 6;
    private static final long HOSTILE_OF_SOURCE = 7;
    private static final long FAIR_OF_SOURCE = 8;
    private static final long CONNECTION = 9;
    private static final long RARE_SOFTWARE = 10;
    private static final long ANSWER = 13;
    private static final long SYSTEM = 19;
    private static final long RETURNING = 20;
    private static final long MACHINE = 21;
    private static final long HOSTILE_OF_MACHINE = 22;
    private static final long FAIR_OF_MACHINE = 23;
    private static final long NETWORK = 24;

    /** What a page asks for with everything on it. */
    public static final double REQUESTS_OF_PAGE = 30;
    /** What it opens for that: browsers open six connections to a host. */
    public static final double HANDSHAKES_OF_PAGE = 6;

    /** Pages in eight seconds that no user looks at. */
    private static final double OFFENDER_PAGES = 8;
    /** Offences are remembered for half a minute. */
    private static final int OFFENCE_SLOWNESS = 5;
    /** A first may be chance. The second is a little faded. */
    private static final double FEWEST_OFFENCES = 1.3;

    private static final double OFFENCES_OF_MANY = 16;

    private final RequestFeatures features;
    private final RareObjects rareObjects;
    private final ReturningSources returning = new ReturningSources();
    /** Keyed hash of the address that the present request goes to: a path means something on its server alone. */
    private long destination;
    /** Keyed hash of the network that the present request comes from. */
    private long network;

    // The request that is being judged.
    private RequestShape shape = new RequestShape();
    private long source;
    private long connection;
    private boolean isWhole;
    private boolean isKnownBefore;
    /** How its program compares with peace. */
    private int software;

    /** @param scopes prefixes and addresses, times classes */
    public RequestJudge(FlowHash hash, int scopes) {
        this.features = new RequestFeatures(hash, scopes);
        this.rareObjects = new RareObjects(features);
    }

    /** Forgets everything. */
    public void clear() {
        features.clear();
        returning.clear();
    }

    /** Memory in bytes. */
    public long sizeBytes() {
        return features.sizeBytes() + ReturningSources.sizeBytes();
    }

    /**
     * Names what the next request is compared within.
     *
     * @param scope its number
     * @param identity keyed hash of whose scope it is
     * @param ofDestination keyed hash of the address that the request goes to
     * @param ofNetwork keyed hash of the network that it comes from
     * @param requestsOfPage how many such a page asks for
     * @param sinceStartNanos time since the stream began
     */
    public void enter(
            int scope, long identity, long ofDestination, long ofNetwork, double requestsOfPage, long sinceStartNanos) {
        features.enter(scope, identity, requestsOfPage, sinceStartNanos);
        destination = ofDestination;
        network = ofNetwork;
    }

    /**
     * Learns from a request in peace.
     *
     * @param ofConnection keyed hash of its connection; that of its source where there is none
     */
    public void learn(RequestShape request, long ofSource, long ofConnection) {
        features.beginLearning(request.requests());
        shape = request;
        source = ofSource;
        connection = ofConnection;
        noteDatagram();
        boolean isNewSoftware = !features.note(features.key(SOFTWARE, shape.software()), 0);
        boolean isNewObject = !features.note(objectKey(), 0);
        rareObjects.of(shape, source, destination);
        rareObjects.learn(isNewObject, !isNewObject && features.isRareSoFar(objectKey()));
        features.note(features.key(SYSTEM, shape.system()), 0);
        features.note(features.key(STACK, shape.stack()), 0);
        features.note(bothKey(false), 0);
        if (isNewSoftware && features.isNews()) {
            features.note(features.key(RARE_SOFTWARE, 0), 0);
            features.note(bothKey(true), 0);
        }
        features.note(features.key(SOURCE, source), RequestFeatures.SENDER_SLOWNESS);
        features.note(sourceSoftwareKey(), RequestFeatures.SENDER_SLOWNESS);
        features.note(machineKey(MACHINE), 0);
        features.hit(features.key(CONNECTION, connection), RequestFeatures.SENDER_SLOWNESS);
    }

    /** Learns from an answer that nobody was seen to ask for: where one side alone is seen, all answers are such. */
    public void learnAnswer(long ofSource) {
        features.beginLearning(1);
        features.note(features.key(ANSWER, 0), 0);
        features.note(features.key(SOURCE, ofSource), RequestFeatures.SENDER_SLOWNESS);
    }

    /**
     * Judges a request under alarm.
     *
     * @param ofConnection keyed hash of its connection; that of its source where there is none
     * @param isComplete whether nothing of it is still to come: only then does it speak for its source
     * @param isSourceKnown whether its source was there before the flood, whatever it sent
     * @param isByConduct whether the flood shows by what is done on connections, so that there may be few requests
     * @param onsetSinceStartNanos when the flood began
     * @param perSecond what its defence lets through to an address
     * @param ofDefence number of what the defence is for, as those of scopes
     * @param ofDefencePerSecond what it lets through to all of that
     */
    public RequestFinding judge(
            RequestShape request,
            long ofSource,
            long ofConnection,
            boolean isComplete,
            boolean isSourceKnown,
            boolean isByConduct,
            long onsetSinceStartNanos,
            double perSecond,
            int ofDefence,
            double ofDefencePerSecond) {
        features.beginJudging(request.requests(), onsetSinceStartNanos, perSecond, ofDefence, ofDefencePerSecond);
        shape = request;
        source = ofSource;
        connection = ofConnection;
        isWhole = isComplete;
        isKnownBefore = isSourceKnown;
        noteDatagram();
        features.hitSender(features.key(SOURCE, source));
        features.hit(sourceSoftwareKey(), RequestFeatures.SENDER_SLOWNESS);
        software = features.state(features.key(SOFTWARE, shape.software()));
        if (isByConduct && !features.isNews() && features.isWithinAdmitted()) {
            return fair(); // too little is known of peace to miss anything in it
        }
        if (software == RequestFeatures.RARE_HOT) {
            return hostile(0);
        }
        boolean isVaried = software == RequestFeatures.RARE_CALM
                && RequestFeatures.isHot(features.state(features.key(RARE_SOFTWARE, 0)));
        if (!isVaried && software != RequestFeatures.USUAL_HOT) {
            return features.isUnknownFlood() ? contested() : calm();
        }
        if (isVaried && features.state(features.key(STACK, shape.stack())) == RequestFeatures.RARE_HOT) {
            return hostile();
        }
        return byObject(isVaried);
    }

    private void noteDatagram() {
        if (connection == source) {
            returning.add(returningKey(), networkKey(), features.tick());
        }
    }

    /** An address that is invented comes from wherever it is invented; one that isn't from as far away as ever. */
    private long returningKey() {
        return features.key(RETURNING, source ^ shape.machine());
    }

    /** What comes to another target says nothing of chance at this one. */
    private long networkKey() {
        return features.key(NETWORK, network);
    }

    /** Notes a request under alarm that something else has found to be the flood's: what does that make of its source? */
    public RequestFinding condemn(RequestShape request, long ofSource, long ofConnection) {
        features.beginCondemned(request.requests());
        shape = request;
        source = ofSource;
        connection = ofConnection;
        features.hit(features.key(SOURCE, source), RequestFeatures.SENDER_SLOWNESS);
        features.hit(sourceSoftwareKey(), RequestFeatures.SENDER_SLOWNESS);
        return hostile(0);
    }

    /** The program is one that the flood's requests seem to come from: does what it asks for tell more? */
    private RequestFinding byObject(boolean isVaried) {
        int object = features.stateOfObject(objectKey());
        if (object == RequestFeatures.RARE_CALM) {
            boolean isRepeated = features.isRepeated();
            return features.isKnown(objectKey()) ? bySeldomObject() : byRareObject(isRepeated);
        }
        if (object == RequestFeatures.RARE_HOT && features.isKnown(objectKey()) && features.isMuchHot()) {
            return contested(); // where most is asked for rarely a flood over all of it tells nothing
        }
        if (object == RequestFeatures.RARE_HOT) {
            // In a short peace most of what users ask for hasn't come yet.
            return features.isNews() ? hostile() : byWeight();
        }
        if (object == RequestFeatures.USUAL_CALM) {
            return calm();
        }
        long bothKey = bothKey(isVaried);
        int both = features.stateOfHot(bothKey);
        if (both == RequestFeatures.RARE_HOT) {
            return byWeight(); // the rarest of what browsers ask for is soon hot where a flood looks like browsers
        }
        return RequestFeatures.isHot(both) ? contested() : calm();
    }

    /** Probably the flood's, but users ask for such, too: a little of it. */
    private RequestFinding byWeight() {
        if (isUsualSource()) {
            return fair();
        }
        // Where peace was short nearly everybody is a stranger.
        double most = features.isNews() ? features.ofPages(1) : features.light();
        boolean isLight = features.now(features.key(SOURCE, source), RequestFeatures.SENDER_SLOWNESS) <= most;
        return isLight ? contested() : hostile();
    }

    /** What a few asked for before; of a site with many pages that may be all of it. */
    private RequestFinding bySeldomObject() {
        rareObjects.of(shape, source, destination);
        return switch (rareObjects.seldom()) {
            case RequestFeatures.RARE_HOT -> byWeight();
            case RequestFeatures.USUAL_HOT -> contested();
            default -> calm();
        };
    }

    /** What nobody asked for before. */
    private RequestFinding byRareObject(boolean isRepeated) {
        rareObjects.of(shape, source, destination);
        RareObjects.Finding finding = rareObjects.judge(isRepeated, connection != source);
        if (finding == RareObjects.Finding.CALM) {
            return calm();
        }
        if (finding == RareObjects.Finding.FAIR) {
            return fair();
        }
        if (isRepeated && !features.isNews()) {
            return contested(); // what many ask for again and again was there before the stream began
        }
        int system = system();
        if (!RequestFeatures.isHot(system)) {
            return calm();
        }
        boolean isHostile = finding == RareObjects.Finding.HOSTILE || system == RequestFeatures.RARE_HOT;
        return isHostile ? hostile() : RequestFinding.TOO_MANY;
    }

    /** Nothing but perhaps its sender speaks against it. */
    private RequestFinding calm() {
        long sourceKey = features.key(SOURCE, source);
        boolean isOffender = features.isPeaceKnown()
                && features.now(sourceKey, RequestFeatures.SENDER_SLOWNESS) > features.ofPages(OFFENDER_PAGES)
                && !features.isKnown(sourceKey);
        if (isOffender) {
            return hostile();
        }
        // A flood spread over all that users ask for leaves each of it calm: then, too, the heaviest lose, not anybody.
        boolean isAdmitted = connection == source || isUsualSource() || features.admitsCalm(weight(sourceKey));
        return isAdmitted ? fair() : RequestFinding.TOO_MANY;
    }

    private RequestFinding fair() {
        if (isWhole && features.isSettled()) {
            features.hit(features.key(FAIR_OF_SOURCE, source), OFFENCE_SLOWNESS);
            features.hit(machineKey(FAIR_OF_MACHINE), OFFENCE_SLOWNESS);
        }
        boolean isUsual = software >= RequestFeatures.USUAL_CALM && features.isKnown(features.key(SOURCE, source));
        return isUsual ? RequestFinding.USUAL : RequestFinding.FAIR;
    }

    private RequestFinding hostile() {
        return hostile(FEWEST_OFFENCES);
    }

    /** @param fewestOffences from which on it is the source that offends: none where the request can be nobody else's */
    private RequestFinding hostile(double fewestOffences) {
        double offences = features.hit(features.key(HOSTILE_OF_SOURCE, source), OFFENCE_SLOWNESS);
        if (offences < fewestOffences) {
            return RequestFinding.HOSTILE;
        }
        if (isUser(source)) {
            return ofMachine();
        }
        // Before the alarm nobody was told from anybody: then other programs behind the address may be users.
        double others = features.now(features.key(SOURCE, source), RequestFeatures.SENDER_SLOWNESS)
                - features.now(sourceSoftwareKey(), RequestFeatures.SENDER_SLOWNESS);
        boolean isAlone = others < 0.5 || offences >= OFFENCES_OF_MANY;
        return isAlone ? RequestFinding.HOSTILE_SOURCE : RequestFinding.HOSTILE;
    }

    /** Where users share the address, only the machine may be judged, and only where none of theirs is like it. */
    private RequestFinding ofMachine() {
        double offences = features.hit(machineKey(HOSTILE_OF_MACHINE), OFFENCE_SLOWNESS);
        boolean isOfUsers = features.isKnown(machineKey(MACHINE))
                || features.now(machineKey(FAIR_OF_MACHINE), OFFENCE_SLOWNESS) > 0;
        return offences >= FEWEST_OFFENCES && !isOfUsers ? RequestFinding.HOSTILE_MACHINE : RequestFinding.HOSTILE;
    }

    private long machineKey(long kind) {
        return features.key(kind, source ^ shape.machine());
    }

    /** Whether users are at a source: it was there in peace, or has asked for something unobjectionable since. */
    public boolean isUser(long ofSource) {
        return features.isKnown(features.key(SOURCE, ofSource))
                || features.now(features.key(FAIR_OF_SOURCE, ofSource), OFFENCE_SLOWNESS) > 0;
    }

    /** Whether its source is known from peace, and sends no more than then. */
    private boolean isUsualSource() {
        long sourceKey = features.key(SOURCE, source);
        boolean isFromBefore = isKnown(sourceKey) || features.wasThere(sourceKey);
        return isFromBefore && features.isUsualRate(sourceKey, features.light());
    }

    private boolean isKnown(long sourceKey) {
        return isKnownBefore || features.isKnown(sourceKey);
    }

    /** All that can be told of the request is usual, but too many such come. */
    private RequestFinding contested() {
        if (isUsualSource()) {
            return fair();
        }
        int system = system();
        if (system == RequestFeatures.RARE_HOT) {
            return hostile();
        }
        if (!RequestFeatures.isHot(system)) {
            return calm();
        }
        double weight = weight(features.key(SOURCE, source));
        if (weight > features.ofPages(OFFENDER_PAGES)) {
            return hostile();
        }
        if (features.isNothingKnown()) {
            return ofStrangers(weight);
        }
        // Of datagrams nothing else is left to the users than what the class admits: each comes once.
        // Likewise while nobody has had the time to weigh anything: the first who are refused would be anybody.
        boolean isAll = connection == source || features.isYoung();
        double perSecond = isAll ? features.admitted() : features.usualPerSecond();
        boolean isAdmitted = features.admits(weight, perSecond);
        if (isReturning()) {
            return RequestFinding.USUAL; // before anybody whom nothing speaks for
        }
        if (isAdmitted) {
            return RequestFinding.FAIR;
        }
        boolean isTooHeavy = weight > Math.max(features.heaviest(), features.light());
        return isTooHeavy ? hostile() : RequestFinding.TOO_MANY;
    }

    /** Nothing was there before: all that the class admits passes, the lightest senders' first. */
    private RequestFinding ofStrangers(double weight) {
        double light = features.light();
        if (weight > light + features.settledPart() * (features.ofPages(OFFENDER_PAGES) - light)) {
            return hostile();
        }
        if (features.admits(weight, features.admitted())) {
            return RequestFinding.FAIR;
        }
        return weight > features.heaviest() ? RequestFinding.HOSTILE : RequestFinding.TOO_MANY;
    }

    /** Where nearly all sources are invented and come once each, those that come again are the others. */
    private boolean isReturning() {
        if (connection != source || features.heaviest() > 1) {
            return false;
        }
        double rank = returning.rank(returningKey(), networkKey());
        return rank > 0 && features.admitsReturning(rank);
    }

    /** How much its sender sends, in requests of eight seconds: who sends most loses first. */
    private double weight(long sourceKey) {
        if (!isKnown(sourceKey)) {
            return features.now(sourceKey, RequestFeatures.SENDER_SLOWNESS);
        }
        // Of whoever is known what is usual passes: the rest alone competes.
        if (connection == source) {
            return Math.max(1, features.beyondUsual(sourceKey, features.light()));
        }
        // Behind a known address that sends too much there may be users and bots: then each connection for itself.
        return features.hit(features.key(CONNECTION, connection), RequestFeatures.SENDER_SLOWNESS);
    }

    /** Judges an answer that nobody was seen to ask for, by its source alone. */
    public RequestFinding judgeAnswer(long ofSource, long onsetSinceStartNanos, double perSecond, int ofDefence) {
        features.beginJudging(1, onsetSinceStartNanos, perSecond, ofDefence, perSecond);
        long sourceKey = features.key(SOURCE, ofSource);
        features.hit(sourceKey, RequestFeatures.SENDER_SLOWNESS);
        boolean isHot = RequestFeatures.isHot(features.state(features.key(ANSWER, 0)));
        boolean isUsual = features.isKnown(sourceKey) && features.isUsualRate(sourceKey, features.light());
        return isHot && !isUsual ? RequestFinding.HOSTILE : RequestFinding.FAIR;
    }

    /** How its sender's system compares with peace. There are few: where hardly anything is known of peace none is rare. */
    private int system() {
        long key = features.key(SYSTEM, shape.system());
        if (features.isPeaceKnown()) {
            return features.state(key);
        }
        boolean isHot = features.isBeyond(key, features.peacePerSecond(key), 0);
        return isHot ? RequestFeatures.USUAL_HOT : RequestFeatures.USUAL_CALM;
    }

    private long sourceSoftwareKey() {
        return features.key(SOURCE_SOFTWARE, source ^ shape.software());
    }

    private long objectKey() {
        return features.key(OBJECT, shape.object() ^ destination);
    }

    private long bothKey(boolean isVaried) {
        return features.key(BOTH, (isVaried ? 0 : shape.software()) + 31 * (shape.object() ^ destination));
    }
}
