package io.weir.detector.scrub.request;

/** What was found about a request under alarm. */
public enum RequestFinding {
    /** Usual in every respect, from a source known from peace. */
    USUAL,
    /** Nothing speaks against it. */
    FAIR,
    /** One of too many of which nothing tells the flood's from the users': this one is too much, the next may pass. */
    TOO_MANY,
    /** The flood's: nothing of the kind came in peace. */
    HOSTILE,
    /** The flood's, from a machine that sends nothing else, at an address that users share. */
    HOSTILE_MACHINE,
    /** The flood's, from a source that sends nothing else. */
    HOSTILE_SOURCE
}
