/**
 * What becomes of a packet and why. Everything here is a value or a counter with a single writer; neighbours: the JDK
 * only.
 */
@NullMarked
package io.weir.filter.verdict;

import org.jspecify.annotations.NullMarked;
