/**
 * The daemon's HTTP API: over a Unix socket for the host's administrator, over TCP where the configuration says so. The
 * daemon implements {@link io.weir.detector.api.Control}; everything here runs on threads of its own, bounded in number,
 * connections, bytes and waiting, and asks the thread that judges through that interface alone.
 */
@NullMarked
package io.weir.detector.api;

import org.jspecify.annotations.NullMarked;
