/** Tests of flow tracking. */
@NullMarked
package io.weir.filter.flow;

import org.jspecify.annotations.NullMarked;
