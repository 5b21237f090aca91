/** Tests of the package of the same name. */
@NullMarked
package io.weir.filter.rule;

import org.jspecify.annotations.NullMarked;
