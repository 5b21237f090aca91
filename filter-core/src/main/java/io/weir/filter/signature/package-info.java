/**
 * Signatures of floods in a language of one line, such as {@code tcp flags syn, window 512, options none}: reading,
 * printing, matching, and export to other filters.
 *
 * <p>Everything is immutable and safe for any number of threads; matching allocates nothing. Neighbours: {@code
 * filter.packet}, {@code filter.address}.
 */
@NullMarked
package io.weir.filter.signature;

import org.jspecify.annotations.NullMarked;
