package io.weir.capture.load;

/** Something that acts at points of virtual time, with at most one point ahead of it at any time. */
interface Actor {
    /** What {@link #act} answers when nothing is planned. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Acts now, sending at most one packet.
     *
     * @return when to act next, not before now; or {@link #NEVER}: then somebody else may plan it again
     */
    long act(long nowNanos, Tap tap);
}
