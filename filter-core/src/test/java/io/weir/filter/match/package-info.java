/** Tests of what works on compiled rules, against trying every rule on every packet. */
@NullMarked
package io.weir.filter.match;

import org.jspecify.annotations.NullMarked;
