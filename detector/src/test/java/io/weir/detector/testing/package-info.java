/** What tests of several packages share. */
@NullMarked
package io.weir.detector.testing;

import org.jspecify.annotations.NullMarked;
