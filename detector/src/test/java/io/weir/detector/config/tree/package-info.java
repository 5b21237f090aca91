/** Tests of the package of the same name. */
@NullMarked
package io.weir.detector.config.tree;

import org.jspecify.annotations.NullMarked;
