/** Tests of how requests of a flood are told from those of users. */
@NullMarked
package io.weir.detector.scrub.request;

import org.jspecify.annotations.NullMarked;
