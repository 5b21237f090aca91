/** Tests of the whole engine on simulated traffic whose truth is known. */
@NullMarked
package io.weir.detector.daemon;

import org.jspecify.annotations.NullMarked;
