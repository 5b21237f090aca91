package io.weir.detector.scrub;

import io.weir.detector.flood.FloodSignature;
import io.weir.filter.signature.Signature;

/**
 * A signature with what is known of its worth.
 *
 * @param attackShare of the samples of the attack that it hits
 * @param peaceBound upper 95 % bound of the share of peace that it hits
 */
record SignatureFinding(
        Signature signature,
        double attackShare,
        int attackSamples,
        double peaceBound,
        int peaceSamples,
        FloodSignature.Basis basis) {}
