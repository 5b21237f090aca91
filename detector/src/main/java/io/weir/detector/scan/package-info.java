/**
 * Who looks for ways in: scans and brute force. They are told, and neither dropped nor counted as floods.
 *
 * <pre>
 *   SampleRing ──SYNs, odd segments, UDP, requests──▶ ScanWatch ──▶ SuspectReport ──▶ events, summary
 *   SessionRing ──connections opened──────────────────▲  │
 *   SweepRing ──ARP requests──────────────────────────┘  └──▶ SuspectTable (fixed size)
 * </pre>
 *
 * <p>The control step's part of the house: runs once a tick, reads what workers note. Neighbours: {@code
 * detector.window}, {@code filter.*}.
 */
@NullMarked
package io.weir.detector.scan;

import org.jspecify.annotations.NullMarked;
