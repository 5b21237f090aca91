/** Tests of the package of the same name. */
@NullMarked
package io.weir.detector.flood;

import org.jspecify.annotations.NullMarked;
