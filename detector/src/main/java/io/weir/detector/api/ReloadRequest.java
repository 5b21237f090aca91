package io.weir.detector.api;

/**
 * How to read the configuration again.
 *
 * @param isDryRun whether it is only checked
 * @param isForced whether it may cut off whoever is logged in
 * @param confirmNanos after which it is rolled back unless confirmed; 0 for never
 */
public record ReloadRequest(boolean isDryRun, boolean isForced, long confirmNanos) {}
