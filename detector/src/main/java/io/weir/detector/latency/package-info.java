/**
 * How long packets take. Batches are timed, two clock reads each, and every packet is booked with its batch's time: an
 * upper bound of its own. Live, each packet is booked once more from the moment that the kernel took it in to its verdict.
 * Neighbours: HdrHistogram.
 */
@NullMarked
package io.weir.detector.latency;

import org.jspecify.annotations.NullMarked;
