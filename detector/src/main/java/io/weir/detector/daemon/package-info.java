/**
 * The way of a packet put together: {@code Pipeline} joins a source, a {@code Worker} and the sinks, {@code ControlLoop}
 * decides between runs. The only package besides the commands that sees {@code capture}.
 */
@NullMarked
package io.weir.detector.daemon;

import org.jspecify.annotations.NullMarked;
