/**
 * Traffic made to measure: profiles, and a simulator that knows which packet belongs to an attack. Seeded, so that one
 * seed gives one capture.
 *
 * <pre>
 *   LoadProfile (data) ──▶ TrafficSimulator ──▶ PacketConsumer | SyntheticSource ──▶ engine, or any PacketSink
 *                             EventQueue ─▶ Actors ─▶ Tap (frame, time, Label)
 * </pre>
 *
 * <p>The simulator doesn't know where its packets go. Threading: a simulator belongs to one thread. Neighbours: {@code
 * filter.packet}, {@code filter.verdict} (flood kinds), {@code capture.source} and {@code capture.sink}.
 */
@NullMarked
package io.weir.capture.load;

import org.jspecify.annotations.NullMarked;
