@NullMarked
package io.weir.detector.alert;

import org.jspecify.annotations.NullMarked;
