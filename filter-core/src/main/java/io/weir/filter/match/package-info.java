/**
 * Which rule decides a packet: {@link io.weir.filter.match.Classifier} compiles rules into tables and reads them in
 * batches, {@link io.weir.filter.match.RuleSetPublisher} exchanges them while packets flow. And what is wrong with a rule
 * set: {@link io.weir.filter.match.RuleLint}. Tables are immutable and of any thread; one {@link
 * io.weir.filter.match.LookupScratch} belongs to one thread. Neighbours: {@code filter.rule}, {@code filter.packet}.
 */
@NullMarked
package io.weir.filter.match;

import org.jspecify.annotations.NullMarked;
