/**
 * Counting: sliding windows per target, sketches for what has no window of its own, samples.
 *
 * <p>Everything has a fixed size, one writer, and no idea of what its columns mean: classes of traffic are plain
 * indexes here. Neighbours: the JDK, {@code filter.*}.
 */
@NullMarked
package io.weir.detector.window;

import org.jspecify.annotations.NullMarked;
