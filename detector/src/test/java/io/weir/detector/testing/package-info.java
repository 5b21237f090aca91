/** What several tests of this module share. */
@NullMarked
package io.weir.detector.testing;

import org.jspecify.annotations.NullMarked;
