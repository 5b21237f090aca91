/** Tests of what is written of latencies. */
@NullMarked
package io.weir.detector.latency;

import org.jspecify.annotations.NullMarked;
