/** Tests of alerts, with receivers that are real. */
@NullMarked
package io.weir.detector.alert;

import org.jspecify.annotations.NullMarked;
