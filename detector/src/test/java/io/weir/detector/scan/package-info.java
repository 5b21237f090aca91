@NullMarked
package io.weir.detector.scan;

import org.jspecify.annotations.NullMarked;
