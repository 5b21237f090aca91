package io.weir.detector.daemon;

import io.weir.detector.config.View;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.scrub.Condemn;
import io.weir.detector.scrub.RateBucket;
import io.weir.detector.scrub.Scrubber;
import io.weir.detector.scrub.SourceWatch;
import io.weir.detector.window.PeaceSamples;
import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SessionRing;
import io.weir.detector.window.SweepRing;
import io.weir.detector.window.TargetTable;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.verdict.ReasonCounters;
import java.util.List;

/**
 * What a worker works with, each its own.
 *
 * @param views by position of the protected prefix
 * @param control lets control traffic through
 */
record WorkerParts(
        PrefixTable prefixes,
        List<View> views,
        FlowTracker flows,
        TargetWindows windows,
        TargetTable addresses,
        ProtectedTargets targets,
        SampleRing samples,
        SessionRing sessions,
        PeaceSamples peace,
        SweepRing sweeps,
        Condemn condemn,
        Scrubber scrubber,
        SourceWatch sources,
        RateBucket control,
        RuleStage rules,
        ReasonCounters reasons,
        TrafficWays ways) {}
