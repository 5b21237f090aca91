package io.weir.detector.scrub;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.SignatureMatcher;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.List;

/** The signatures that stand in the configuration, for every destination and by protected prefix. Immutable. */
public final class ConfiguredSignatures {
    private static final int DROP = Verdict.of(Reason.SIGNATURE);

    private final SignatureMatcher[] everywhere;
    private final SignatureMatcher[][] ofPrefix;
    private final int firstPrefixTarget;
    private final boolean isEmpty;

    /**
     * @param ofPrefix by position of the protected prefix
     * @param firstPrefixTarget target number of the first of them
     */
    public ConfiguredSignatures(List<Signature> everywhere, List<List<Signature>> ofPrefix, int firstPrefixTarget) {
        this.everywhere = matchers(everywhere);
        this.ofPrefix = ofPrefix.stream().map(ConfiguredSignatures::matchers).toArray(SignatureMatcher[][]::new);
        this.firstPrefixTarget = firstPrefixTarget;
        this.isEmpty = everywhere.isEmpty() && ofPrefix.stream().allMatch(List::isEmpty);
    }

    private static SignatureMatcher[] matchers(List<Signature> signatures) {
        return signatures.stream().map(SignatureMatcher::of).toArray(SignatureMatcher[]::new);
    }

    boolean isEmpty() {
        return isEmpty;
    }

    /** @param group target of the packet's prefix, or -1 */
    int judge(PacketBatch batch, int i, int group) {
        if (isEmpty) {
            return Scrubber.NO_OBJECTION;
        }
        boolean isMeant = isMeant(everywhere, batch, i)
                || ofPrefix.length > 0 && isMeant(ofPrefix[group - firstPrefixTarget], batch, i);
        return isMeant ? DROP : Scrubber.NO_OBJECTION;
    }

    private static boolean isMeant(SignatureMatcher[] matchers, PacketBatch batch, int i) {
        for (int k = 0; k < matchers.length; k++) {
            if (matchers[k].matches(batch, i)) {
                return true;
            }
        }
        return false;
    }
}
