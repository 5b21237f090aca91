/**
 * What is dropped: the mitigation plan, and admission by it.
 *
 * <p>The control step makes plans, immutable but for the buckets that workers draw on; workers read the plan of their
 * run. Neighbours: {@code detector.flood}, {@code detector.window}, {@code filter.*}.
 */
@NullMarked
package io.weir.detector.scrub;

import org.jspecify.annotations.NullMarked;
