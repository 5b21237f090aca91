/** Tests of windows and sketches against exact models. */
@NullMarked
package io.weir.detector.window;

import org.jspecify.annotations.NullMarked;
