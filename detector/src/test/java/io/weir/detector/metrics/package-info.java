@NullMarked
package io.weir.detector.metrics;

import org.jspecify.annotations.NullMarked;
