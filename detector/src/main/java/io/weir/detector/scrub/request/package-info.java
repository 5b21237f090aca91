/**
 * How requests of a flood are told from those of users: what programs, names and sources were usual in peace, and what
 * of them is unusually frequent now.
 *
 * <p>One worker owns all of it; nothing is shared. Neighbours: {@code filter.packet} reads the shapes, {@code
 * detector.scrub} turns the answers into verdicts.
 */
@NullMarked
package io.weir.detector.scrub.request;

import org.jspecify.annotations.NullMarked;
