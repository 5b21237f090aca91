/**
 * Faults of input: what every reader of rules and configuration returns instead of stopping at the first. Immutable;
 * neighbours: the JDK only.
 */
@NullMarked
package io.weir.filter.fault;

import org.jspecify.annotations.NullMarked;
