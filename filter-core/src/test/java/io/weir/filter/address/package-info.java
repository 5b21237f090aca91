/** Tests against oracles: the JDK's own address reader, and linear search. */
@NullMarked
package io.weir.filter.address;

import org.jspecify.annotations.NullMarked;
