/** Tests of reading and decoding together: the decoder held against tshark. */
@NullMarked
package io.weir.capture;

import org.jspecify.annotations.NullMarked;
