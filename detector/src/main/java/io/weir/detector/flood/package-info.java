/**
 * Floods: the classes of traffic that are counted, and how much of each is too much. Immutable values, safe for any
 * number of threads; neighbours: {@code filter.verdict}.
 */
@NullMarked
package io.weir.detector.flood;

import org.jspecify.annotations.NullMarked;
