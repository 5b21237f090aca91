/** Tests of admission against exact models. */
@NullMarked
package io.weir.detector.scrub;

import org.jspecify.annotations.NullMarked;
