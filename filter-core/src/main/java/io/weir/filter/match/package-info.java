/**
 * Which rule decides a packet: {@link io.weir.filter.match.Classifier} compiles rules into tables and reads them in
 * batches, {@link io.weir.filter.match.RuleSetPublisher} exchanges them while packets flow. Tables are immutable and of
 * any thread; one {@link io.weir.filter.match.LookupScratch} belongs to one thread. Neighbours: {@code filter.rule},
 * {@code filter.packet}.
 */
@NullMarked
package io.weir.filter.match;

import org.jspecify.annotations.NullMarked;
