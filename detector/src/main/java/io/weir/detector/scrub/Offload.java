package io.weir.detector.scrub;

import java.util.List;

/** Who drops what is condemned before the worker sees it: the kernel. Called by the control step; never waits. */
public interface Offload {
    /** Whether it can tell which packets of a class have a signature. */
    boolean isPossible(OffloadedSignature wanted);

    /** Drops these from now on, and nothing else that was asked for before. */
    void drop(List<OffloadedSignature> wanted);

    /** Packets of banned sources that it dropped so far. */
    long bannedPackets();

    /** Bytes of those. */
    long bannedBytes();
}
