/**
 * What works on compiled rules: which rule decides, and what is wrong with a rule set. Compiled values are immutable,
 * so of any thread; neighbours: {@code filter.rule}, {@code filter.address}.
 */
@NullMarked
package io.weir.filter.match;

import org.jspecify.annotations.NullMarked;
