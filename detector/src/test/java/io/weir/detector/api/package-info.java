@NullMarked
package io.weir.detector.api;

import org.jspecify.annotations.NullMarked;
