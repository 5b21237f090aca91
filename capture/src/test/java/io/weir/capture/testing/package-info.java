/** What the tests of this module share: captures built byte by byte, captures read whole, the corpus. */
@NullMarked
package io.weir.capture.testing;

import org.jspecify.annotations.NullMarked;
