/**
 * What a daemon counts, for Prometheus. A scrape takes one status from {@link io.weir.detector.api.Control}; nothing is
 * measured for it that isn't counted anyway, and no packet waits for it.
 */
@NullMarked
package io.weir.detector.metrics;

import org.jspecify.annotations.NullMarked;
