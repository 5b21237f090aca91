/** The walls between modules and packages, and the measures of the sources; each is shown to fail when it is broken. */
@NullMarked
package io.weir.detector.walls;

import org.jspecify.annotations.NullMarked;
