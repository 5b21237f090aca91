package io.weir.detector.scrub.request;

import io.weir.filter.packet.RequestShape;

/**
 * Judges what hardly anybody asked for in peace, which counts together where it belongs together: random names of a zone,
 * made-up paths of a host. Users ask for such, too, above all where peace was short: of what is rare and hot, that part
 * passes which isn't hot by itself, by how the name is built, by the system that asks, by how little its source asks.
 */
final class RareObjects {
    /** What is to be made of a request. */
    enum Finding {
        CALM,
        FAIR,
        HOSTILE,
        TOO_MANY
    }

    private static final long GROUP = 12;
    private static final long RARE_OBJECT = 11;
    private static final long RARE_OF_SOURCE = 14;
    private static final long RARE_AGAIN = 15;
    private static final long FORM = 16;
    private static final long OTHER_FORMS = 17;
    private static final long OF_FEW = 18;
    private static final long SELDOM = 26;
    private static final long NEW = 27;

    /** Rare names that a known resolver may ask for in eight seconds, whatever it did in peace. */
    private static final double RARE_REQUESTS = 2;
    /** Who asks for no more of them in eight seconds may be anybody. */
    private static final double FEW_REQUESTS = 2;
    /** Lengths drawn from up to thirty: none of them has less. */
    private static final double FORM_PART = 0.03;
    /** Where so much of peace was new, it tells nothing that something is. */
    private static final double NEW_PART = 0.05;
    /** In a short peace most is new at first, however little there is to ask for. */
    private static final double NEW_PART_OF_SHORT = 0.5;
    /** Of random numbers a hundredth is two digits shorter than most. */
    private static final int NEAR_LENGTHS = 2;

    private final RequestFeatures features;

    // The request that is being judged.
    private RequestShape shape = new RequestShape();
    private long source;
    private long destination;

    RareObjects(RequestFeatures features) {
        this.features = features;
    }

    /** Names the request that the next calls are about. */
    void of(RequestShape request, long ofSource, long ofDestination) {
        shape = request;
        source = ofSource;
        destination = ofDestination;
    }

    /**
     * Learns from a request in peace.
     *
     * @param isSeldom whether the object isn't new and yet rare
     */
    void learn(boolean isNewObject, boolean isSeldom) {
        if (isSeldom) {
            features.note(seldomKey(), 0);
        }
        if (isNewObject) {
            features.note(newKey(), 0);
            double ofSource = count(features.key(RARE_OF_SOURCE, source), RequestFeatures.SENDER_SLOWNESS);
            count(key(false), 0);
            count(formKey(shape.form()), 0);
            if (ofSource <= FEW_REQUESTS) {
                count(features.key(OF_FEW, 0), 0);
            }
        }
        features.note(groupKey(), 0);
    }

    /** What comes for the first time is news only after a while; of a flood that hasn't been noticed it counts at once. */
    private double count(long key, int slowness) {
        if (!features.isNews()) {
            return features.hit(key, slowness);
        }
        features.note(key, slowness);
        return features.now(key, slowness);
    }

    /**
     * Random names come once each. One that comes again is counted among those that do: so who means it gets it on the
     * second try, unless the flood tries twice as well.
     *
     * @param isConnected whether its source can't be invented
     */
    Finding judge(boolean isRepeated, boolean isConnected) {
        long rareKey = key(isRepeated);
        int state = features.state(rareKey);
        if (!RequestFeatures.isHot(state)) {
            return Finding.CALM;
        }
        long sender = features.key(RARE_OF_SOURCE, source);
        double ofSource = features.hit(sender, RequestFeatures.SENDER_SLOWNESS);
        double usual = features.isNews() ? features.peacePerSecond(rareKey) : features.peacePerSecond();
        boolean isOtherForm = isOtherForm(rareKey, usual);
        boolean isOfFew = ofSource <= FEW_REQUESTS && !features.isBeyond(features.key(OF_FEW, 0), usual, 0);
        boolean isKnown = features.isKnown(features.key(RequestJudge.SOURCE, source));
        double newPerSecond = features.peacePerSecond(features.isNews() ? key(false) : newKey());
        double newPart = features.isNews() ? NEW_PART : NEW_PART_OF_SHORT;
        boolean isNewUsual = isConnected && newPerSecond > newPart * features.peacePerSecond();
        // People mistype: a source known from peace may ask for a few names that nobody asked for.
        if (isKnown && features.isUsualRate(sender, isNewUsual ? features.light() : RARE_REQUESTS)) {
            return Finding.FAIR;
        }
        if (isOtherForm || isOfFew) {
            return Finding.CALM;
        }
        if (state == RequestFeatures.RARE_HOT && !isNewUsual) {
            return Finding.HOSTILE;
        }
        // Too many names that weren't asked for before, where such come in peace as well; a stranger asks again.
        double inPeace = isNewUsual ? newPerSecond : features.peacePerSecond(rareKey);
        double perSecond = RequestFeatures.USUAL_FACTOR * inPeace + RARE_REQUESTS;
        boolean isAdmitted = isNewUsual
                ? ofSource <= features.light() && features.admitsNew(ofSource, perSecond)
                : isKnown && features.admitsRare(ofSource, perSecond);
        return isAdmitted ? Finding.FAIR : Finding.TOO_MANY;
    }

    private long newKey() {
        return features.key(NEW, destination);
    }

    /** How what was asked for in peace, but rarely, compares with then, all of a group together. */
    int seldom() {
        return features.state(seldomKey());
    }

    private long seldomKey() {
        return features.key(SELDOM, shape.group() ^ destination);
    }

    /** Whether the name isn't built as the flood's are; all that aren't may not be too many together. */
    private boolean isOtherForm(long rareKey, double usual) {
        long form = shape.form();
        double most = FORM_PART * features.now(rareKey, 0);
        features.hit(formKey(form), 0);
        for (int longer = -NEAR_LENGTHS; longer <= NEAR_LENGTHS; longer++) {
            long near = formKey(form + longer);
            if (features.now(near, 0) > features.beyond(features.peacePerSecond(near), most)) {
                return false;
            }
        }
        return !features.isBeyond(features.key(OTHER_FORMS, 0), usual, 0);
    }

    private long groupKey() {
        return features.key(GROUP, shape.group() ^ destination);
    }

    private long formKey(long form) {
        return features.key(FORM, form ^ destination);
    }

    /** What is rare in one group. The groups that are rare themselves count as one. */
    private long key(boolean isRepeated) {
        long group = groupKey();
        return features.key(isRepeated ? RARE_AGAIN : RARE_OBJECT, features.isSeen(group) ? group : 0);
    }
}
