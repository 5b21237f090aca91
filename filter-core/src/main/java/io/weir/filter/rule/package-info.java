/**
 * Rules as values: what a security group says, in the order in which it decides. Nothing here looks at packets or is
 * fast; {@code filter.match} compiles it. Immutable, so of any thread; neighbours: {@code filter.address}.
 */
@NullMarked
package io.weir.filter.rule;

import org.jspecify.annotations.NullMarked;
