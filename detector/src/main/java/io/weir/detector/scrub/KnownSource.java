package io.weir.detector.scrub;

/**
 * A source and how far it is believed.
 *
 * @param high first half of its address, IPv4 mapped into IPv6
 * @param low second half
 */
public record KnownSource(long high, long low, Credibility credibility) {}
