/**
 * Frames, columns and decoding.
 *
 * <pre>
 *   source ──fill──▶ PacketBatch (frame columns) ──FrameDecoder──▶ PacketBatch (decoded columns) ──▶ later stages
 * </pre>
 *
 * <p>Threading: a batch and its decoder belong to one worker. Nothing here allocates per packet or throws for a bad
 * frame. Neighbours: the JDK only.
 */
@NullMarked
package io.weir.filter.packet;

import org.jspecify.annotations.NullMarked;
