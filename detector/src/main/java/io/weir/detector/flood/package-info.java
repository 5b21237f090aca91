/**
 * What a flood is: traffic classes and their thresholds, one detector per kind, the life of an alarm.
 *
 * <pre>
 *   TargetWindows ──each tick──▶ FloodMonitor ──asks──▶ SynFlood, AckFlood, UdpFlood … ──▶ Flood ──▶ FloodListener
 *   SampleRing ────names the vector──▲
 * </pre>
 *
 * <p>The control step's part of the house: it may allocate, runs once a tick, and reads what workers count. Neighbours:
 * {@code detector.window}, {@code filter.*}.
 */
@NullMarked
package io.weir.detector.flood;

import org.jspecify.annotations.NullMarked;
